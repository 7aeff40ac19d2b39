# Everything that is done with this repository; `make` alone prints the list. Needs Go and make, the rest is set up on the way.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Only the installed Go is used, and only the versions of modules that go.mod names.
export GOTOOLCHAIN := local

bin := .cache/bin
setup := @internal/tools/setup.sh

# In CI a skipped test is a failed one.
suite_flags := $(if $(CI),-no-skips)
# A package whose tests take longer than this hangs.
timeout := 5m
timeout_long := 25m

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## two employers' ads go to a simulated BA and come back; args="--json" ends with one JSON object
	$(setup) "make demo" postgresql
	@exec $(bin)/stellwerk demo $(args)

.PHONY: dev
dev: build ## like demo, but stays: prints the API's address and a token
	$(setup) "make dev" postgresql
	@exec $(bin)/stellwerk dev $(args)

.PHONY: build
build:
	$(setup) "make"
	@go build -o $(bin)/ ./cmd/...

.PHONY: test
test: suite ## all tests with the race detector, a few minutes
	@exec $(bin)/suite $(suite_flags) -- -race -timeout $(timeout) ./...

.PHONY: test-long
test-long: export STELLWERK_TEST_LONG := 1
test-long: suite ## the same with the proofs that take long, and fuzzing
	@$(bin)/suite $(suite_flags) -- -race -timeout $(timeout_long) ./...
	@internal/tools/fuzz.sh $(or $(fuzztime),20s)

.PHONY: suite
suite:
	$(setup) "make test" postgresql cc xmllint openssl
	@go build -o $(bin)/ ./internal/suite

.PHONY: bench
bench: ## all benchmarks; they print ratios, which mean the same on every machine
	$(setup) "make bench" postgresql
	@go test -run '^$$' -bench . $$(internal/tools/packages-with.sh Benchmark)

.PHONY: generate
generate: ## write all generated files anew
	$(setup) "make generate"
	@go generate ./...

.PHONY: lint
lint: ## generated files are fresh, formatting, linters
	$(setup) "make lint"
	@internal/tools/lint.sh

.PHONY: vuln
vuln: ## look for known vulnerabilities in what the program calls; asks vuln.go.dev
	$(setup) "make vuln"
	@go tool -modfile=internal/tools/go.mod govulncheck ./...

.PHONY: clean
clean: ## remove what was built
	rm -rf .cache
