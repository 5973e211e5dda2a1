#!/bin/sh
# build.sh dev|release: builds the programs as they are shipped, into TARGET/programs (dev) or TARGET/programs-release,
# and beside them the manual pages (man/) and the scripts for completion (completions/).
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-target}
case ${1:-} in
dev) profile=dev built=$target/debug to=$target/programs ;;
release) profile=release built=$target/release to=$target/programs-release ;;
*)
    echo "usage: build.sh dev|release" >&2
    exit 64
    ;;
esac

# the same bytes wherever it is built: no path of the machine that builds gets into a program
if [ "$profile" = release ]; then
    cargo_home=${CARGO_HOME:-$HOME/.cargo}
    RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$root=process-control --remap-path-prefix=$cargo_home=cargo"
    CFLAGS="${CFLAGS:-} -ffile-prefix-map=$root=process-control -ffile-prefix-map=$cargo_home=cargo"
    export RUSTFLAGS CFLAGS
fi

mkdir -p "$to"
cargo build --profile "$profile" --bins
# a name is replaced at once: a booted host may be running the old file
keep() {
    install -m 0755 "$built/$1" "$to/$1.new"
    mv "$to/$1.new" "$to/$1"
}
keep jobctl
keep check-jobs-icinga
keep cron-generate
keep process-control-notify
# These two start often, early and in other people's images: static, but still at a random address (static-pie).
# The flag goes to the last step only, so that both linkages share every compiled dependency.
for program in process-control-generator run-job; do
    cargo rustc --profile "$profile" --bin $program -- -C target-feature=+crt-static
    keep $program
done
# made anew, so that none stays whose source has gone
rm -rf "$to/man" "$to/completions" "$to/schema"
cargo run --quiet --profile "$profile" --example manual -- "$to"
