# `make demo` and `make test` set up everything they need (as root on Debian: also packages and images).
target := $(or $(CARGO_TARGET_DIR),target)
root := $(filter 0,$(shell id -u))

.PHONY: demo test build check bench programs setup
.NOTPARALLEL:

# Three jobs on a throw-away host: one succeeds, one fails, one runs too long.
demo: setup programs
	packaging/demo.sh $(target)/programs

# All tests. As root a host that cannot be booted is a failure; otherwise those tests are skipped, and say so.
test: setup programs
	PROCESS_CONTROL_TEST_PROGRAMS=$(abspath $(target)/programs) \
	PROCESS_CONTROL_TEST_HOSTS=$(if $(root),required,optional) cargo test

# The programs as they are shipped.
build:
	packaging/build.sh release

# What a change must pass beside the tests.
check:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps
	cargo deny check licenses bans sources

# What the shipped programs cost, as ratios; see BENCHMARKS.md.
bench: build
	PROCESS_CONTROL_BENCH_PROGRAMS=$(abspath $(target)/programs-release) cargo bench --bench generator
	PROCESS_CONTROL_BENCH_PROGRAMS=$(abspath $(target)/programs-release) cargo bench --bench status

programs: setup
	packaging/build.sh dev

setup:
	packaging/setup-tests.sh
	$(if $(root),tests/hosts/host sweep)
	$(if $(root),! tests/hosts/host why-not >/dev/null || { tests/hosts/host image bookworm && tests/hosts/host image trixie; })
