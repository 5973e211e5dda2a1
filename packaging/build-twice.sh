#!/bin/sh
# Builds the release twice, in two folders with other names and other targets, and compares every file byte by byte.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
unset CARGO_TARGET_DIR
# what is copied has no commit
SOURCE_DATE_EPOCH=$(packaging/version.sh --epoch)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# both before the first build: who works here meanwhile changes neither
for place in one another-place/two; do
    mkdir -p "$work/$place"
    git ls-files -z | xargs -0 cp --parents -t "$work/$place"
done
for place in one another-place/two; do
    programs=$work/$place/target/programs-release
    "$work/$place/packaging/build.sh" release
    for kind in deb rpm static; do
        "$work/$place/packaging/$kind.sh" "$programs" "$programs/packages"
    done
done
one=$work/one/target/programs-release another=$work/another-place/two/target/programs-release
diff -r "$one" "$another" || {
    echo "build-twice: the two differ" >&2
    exit 1
}
count=$(find "$one" -type f | wc -l)
echo "build-twice: $count files, the same bytes twice"
