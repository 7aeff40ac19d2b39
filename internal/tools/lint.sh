#!/bin/sh
# Fails when a generated file is stale, a file is not formatted, or a linter complains.
set -eu

bin=$PWD/.cache/bin
config=$PWD/.golangci.yml
mkdir -p "$bin"

# state prints a checksum of every file, so that only what generating changes counts and not what was changed before.
state() {
	find . -type f ! -path './.git/*' ! -path './.cache/*' -exec cksum {} + | sort -k 3
}

echo 'lint: generated files'
state >"$bin/../before"
go generate ./...
state >"$bin/../after"
if ! diff "$bin/../before" "$bin/../after" >"$bin/../stale"; then
	echo 'these files were stale and are fresh now; commit them:' >&2
	sed -n 's/^> [0-9]* [0-9]* /  /p' "$bin/../stale" >&2
	exit 1
fi

echo 'lint: the contract'
internal/web/install.sh
(cd internal/web && npm run --silent lint)

echo 'lint: scripts'
for script in internal/tools/*.sh internal/web/*.sh; do
	sh -n "$script"
done
bash -n .ci/run

echo 'lint: Go (building the linters takes some minutes the first time)'
go build -C internal/tools -o "$bin/" github.com/golangci/golangci-lint/v2/cmd/golangci-lint
for module in $(find . -name go.mod ! -path './.cache/*' ! -path './internal/tools/*' -exec dirname {} +); do
	(
		cd "$module"
		go vet ./...
		"$bin/golangci-lint" run --config "$config" ./...
	)
done
