#!/bin/sh
# stage.sh FOLDER PROGRAMS: the tree that every package is made from: what install.sh puts there, as packages have it.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tree=$1

"$root/packaging/install.sh" "$tree" "$2"
# programs for tests carry what a debugger wants, ten times their size; a release has but the name of its compiler
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$tree"/usr/bin/* "$tree"/usr/lib/systemd/system-generators/*
gzip -9n "$tree"/usr/share/man/man*/*
find "$tree" -exec touch --no-dereference --date="@$("$root/packaging/version.sh" --epoch)" {} +
