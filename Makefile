# `make demo` and `make test` set up everything they need (as root on Debian: also packages and images).
target := $(or $(CARGO_TARGET_DIR),target)
root := $(filter 0,$(shell id -u))

.PHONY: demo pictures test build check deb rpm static bench instructions fuzz reproducible sbom soak programs setup
.NOTPARALLEL:

# Three jobs on a throw-away host: one succeeds, one fails, one runs too long.
demo: setup programs
	packaging/demo.sh $(target)/programs

# The pictures of README, from what the programs show on a throw-away host. Needs root.
pictures: setup programs
	packaging/pictures.sh $(target)/programs

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

# Packages, and the two programs that need nothing of a system, for others: in TARGET/packages. docs/packages.md.
packages := $(target)/packages
deb: build
	packaging/lint.sh $$(packaging/deb.sh $(target)/programs-release $(packages))
	ls -l $(packages)/*.deb

rpm: build
	packaging/lint.sh $$(packaging/rpm.sh $(target)/programs-release $(packages))
	ls -l $(packages)/*.rpm

static: build
	packaging/static.sh $(target)/programs-release $(packages)

# What the shipped programs cost, as ratios; see BENCHMARKS.md.
bench: setup build
	tests/hosts/host unpack trixie $(abspath $(target))/hosts/peers systemd-cron python3-yaml
	PROCESS_CONTROL_BENCH_PROGRAMS=$(abspath $(target)/programs-release) \
	PROCESS_CONTROL_BENCH_PEERS=$(abspath $(target))/hosts/peers \
	PROCESS_CONTROL_BENCH_JSON=$(abspath $(target))/bench.json cargo bench --bench bench

# The instructions of the hot paths, compared with a baseline.
instructions: setup
	benches/instructions/count.sh

# Bytes without end for the readers of files and the generator, so many seconds for each; what breaks a promise is kept in
# fuzz/artifacts. `make test` does the same for some seconds, from the same corpus.
FUZZ_SECONDS ?= 600
fuzz_version := 0.13.2
fuzz: setup
	[ "$$($(target)/tools/bin/cargo-fuzz --version 2>/dev/null)" = "cargo-fuzz $(fuzz_version)" ] || \
		cargo install cargo-fuzz --locked --version $(fuzz_version) --root $(target)/tools --target-dir $(target)/tools/build
	for checked in spec schedule quoting folder; do \
		mkdir -p $(target)/fuzz/$$checked; \
		PATH=$(abspath $(target))/tools/bin:$$PATH cargo fuzz run --sanitizer none $$checked \
			$(abspath $(target))/fuzz/$$checked fuzz/corpus/$$checked -- \
			-max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 || exit 1; \
	done

# The release built twice, in different folders: the same bytes.
reproducible:
	packaging/build-twice.sh

# What the programs are made of, as CycloneDX.
sbom:
	packaging/sbom.sh $(abspath $(target))

# Hundreds of kills, storms and reloads on booted hosts; the table of SECURITY.md. Needs root.
SOAK_PERCENT ?= 100
soak: setup build
	packaging/soak.sh $(abspath $(target)/programs-release) $(abspath $(target)) $(SOAK_PERCENT)

programs: setup
	packaging/build.sh dev

setup:
	packaging/setup-tests.sh
	$(if $(root),tests/hosts/host sweep)
	$(if $(root),! tests/hosts/host why-not >/dev/null || { tests/hosts/host image bookworm && tests/hosts/host image trixie; })
