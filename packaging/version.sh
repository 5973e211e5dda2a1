#!/bin/sh
# version.sh [--epoch]: the version, as Cargo.toml has it, or the time that packages give their files: SOURCE_DATE_EPOCH,
# else that of the commit, else that of the changelog.
set -eu
cd "$(dirname -- "$0")/.."
case ${1:-} in
--epoch) echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}" ;;
*) sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | sed -n 1p ;;
esac
