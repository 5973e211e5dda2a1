#!/bin/sh
# rpm.sh PROGRAMS FOLDER [RELEASE]: FOLDER/process-control-VERSION-RELEASE.MACHINE.rpm, from what stage.sh makes.
# Its name is printed.
set -eu
umask 022
[ $# -ge 2 ] || { echo "usage: rpm.sh PROGRAMS FOLDER [RELEASE]" >&2; exit 64; }

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
mkdir -p "$2"
folder=$(CDPATH='' cd -- "$2" && pwd)
SOURCE_DATE_EPOCH=$("$root/packaging/version.sh" --epoch)
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/packaging/stage.sh" "$work/tree" "$1"
# tests have no time to compress; the same name whoever builds it, wherever
rpmbuild -bb --quiet --define "_topdir $work/rpm" --define "_dbpath $work/db" --define "_rpmdir $folder" --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define "_binary_payload w${COMPRESSION:-6}.xzdio" --define "our_version $("$root/packaging/version.sh")" --define "our_release ${3:-1}" \
    --define "our_tree $work/tree" --define "our_root $root" --define '_buildhost localhost' \
    --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' \
    "$root/packaging/rpm/process-control.spec" >&2
echo "$folder/process-control-$("$root/packaging/version.sh")-${3:-1}.$(rpm --eval '%{_target_cpu}').rpm"
