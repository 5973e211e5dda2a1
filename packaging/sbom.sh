#!/bin/sh
# sbom.sh TARGET: what the programs are made of, as CycloneDX, into TARGET/programs-release/process-control.cdx.json.
# Fails when a package that cargo would build is not in it.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
target=$1
cd "$root"
version=0.5.9
PATH=$target/tools/bin:$PATH
[ "$(cargo cyclonedx --version 2>/dev/null)" = "cargo-cyclonedx-cyclonedx $version" ] ||
    cargo install cargo-cyclonedx --locked --version $version --root "$target/tools" --target-dir "$target/tools/build"

# it is written beside the manifest, where nothing of ours is called so
written=process-control.cdx
cargo cyclonedx --quiet --format json --no-build-deps --target all --override-filename $written
mkdir -p "$target/programs-release"
mv $written.json "$target/programs-release/"
listed=$target/programs-release/$written.json

missing=0 count=0
for package in $(cargo tree --locked --edges normal --target all --prefix none --format '{p}' | awk '{ print $1 "@" substr($2, 2) }' | sort -u); do
    count=$((count + 1))
    [ "$package" = "process-control@$(cargo pkgid | sed 's/.*[@#]//')" ] ||
        grep -q "\"purl\": \"pkg:cargo/$package\"" "$listed" || {
        echo "sbom: $package is not in it" >&2
        missing=1
    }
done
[ $missing = 0 ] || exit 1
echo "sbom: $count packages in $listed"
