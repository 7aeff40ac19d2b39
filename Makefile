# Everything that is done with this repository; `make` alone prints the list. Needs Go and make, the rest is set up on the way.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Only the installed Go is used, and only the versions of modules that go.mod names.
export GOTOOLCHAIN := local
# Without the paths of this folder in what is built, every clone of the repository shares one build cache.
export GOFLAGS := $(GOFLAGS) -trimpath

bin := .cache/bin

# In CI a skipped test is a failed one.
suite_flags := -vault $(if $(CI),-no-skips)
race := -race
# For the tests of one package.
timeout := 20m
# The proofs that count: the more of them in a time the better, so the long tests run them without the race detector.
counting := TestWhateverHappens|TestWorkersThatAreKilledAtRandom

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: needs-postgresql build ## two employers' ads go to a simulated BA and back; args=--json ends with one JSON object
	@exec $(bin)/stellwerk demo $(args)

.PHONY: dev
dev: needs-postgresql build ## the same world to try things in: stays, and prints the API's address and a token
	@exec $(bin)/stellwerk dev $(args)

.PHONY: test
test: suite ## all tests with the race detector, in about ten minutes; race= leaves it out, and is twice as fast
	@exec $(bin)/suite $(suite_flags) -- $(race) -timeout $(timeout) ./...

.PHONY: test-long
test-long: export STELLWERK_TEST_LONG := 1
test-long: export STELLWERK_TEST_MUTATIONS ?= 50000
test-long: needs-long suite ## the same with the proofs that take long, then fuzzing; fuzztime=20s for each target; STELLWERK_TEST_SEED=N repeats a run
	@$(bin)/suite $(suite_flags) -- -race -timeout 20m -skip '$(counting)' ./...
	@$(bin)/suite $(suite_flags) -- -timeout 40m -run '$(counting)' ./internal/transfer ./cmd/stellwerk
	@internal/tools/fuzz.sh $(or $(fuzztime),20s)

.PHONY: bench
bench: needs-bench ## writing, checking and streaming, in ratios, which mean the same on every machine
	@internal/tools/bench.sh

.PHONY: lint
lint: needs-lint ## generated files are fresh, files are formatted, linters are content
	@internal/tools/lint.sh

.PHONY: fmt
fmt: needs-go ## format all Go files
	@go tool -modfile=internal/tools/go.mod golangci-lint fmt

.PHONY: generate
generate: needs-go ## write all generated files anew
	@go generate ./...

.PHONY: vuln
vuln: needs-go ## look for known vulnerabilities in what the programs call; asks vuln.go.dev
	@go tool -modfile=internal/tools/go.mod govulncheck ./...

.PHONY: clean
clean: ## remove what was built
	rm -rf .cache

# The programs, and the one that runs the tests.
.PHONY: build suite
build: needs-go
	@go build -o $(bin)/ ./cmd/...
suite: needs-all
	@go build -o $(bin)/ ./internal/suite

# What the machine needs is installed, or named; see the script.
.PHONY: needs-go needs-lint needs-postgresql needs-bench needs-all needs-long
needs-go:
	@internal/tools/setup.sh 'make $(MAKECMDGOALS)'
needs-lint:
	@internal/tools/setup.sh 'make $(MAKECMDGOALS)' cc libxml2 node
needs-postgresql:
	@internal/tools/setup.sh 'make $(MAKECMDGOALS)' postgresql
needs-bench:
	@internal/tools/setup.sh 'make $(MAKECMDGOALS)' postgresql cc libxml2
needs-all:
	@internal/tools/setup.sh 'make $(MAKECMDGOALS)' postgresql cc xmllint openssl curl
needs-long:
	@internal/tools/setup.sh 'make $(MAKECMDGOALS)' keytool certtool pk12util node
