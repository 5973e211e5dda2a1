#!/bin/sh
# static.sh PROGRAMS FOLDER: FOLDER/process-control-VERSION-MACHINE-static.tar.gz with the two programs that need nothing of
# the system they run on, in their places: for other systems with systemd, old ones, images. Says how large they are.
set -eu
umask 022
[ $# -eq 2 ] || { echo "usage: static.sh PROGRAMS FOLDER" >&2; exit 64; }

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
mkdir -p "$2"
folder=$(CDPATH='' cd -- "$2" && pwd)
name=process-control-$("$root/packaging/version.sh")-$(uname -m)-static

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/$name
"$root/packaging/stage.sh" "$work/all" "$1"
for path in usr/bin/run-job usr/lib/systemd/system-generators/process-control-generator; do
    # a program that asks for a loader needs the libraries of this machine
    if readelf --program-headers "$work/all/$path" | grep -q INTERP; then
        echo "static.sh: $path is not static" >&2
        exit 1
    fi
    install -D -m 0755 "$work/all/$path" "$tree/$path"
done
install -m 0644 "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$tree"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$("$root/packaging/version.sh" --epoch)" \
    --directory "$work" "$name" | gzip -9n >"$folder/$name.tar.gz"

(cd "$tree" && find usr -type f -printf '%s /%p\n') | sort -k 2 | while read -r size path; do
    echo "$path: $((size / 1024)) KiB" >&2
done
echo "$folder/$name.tar.gz: $(($(stat -c %s "$folder/$name.tar.gz") / 1024)) KiB" >&2
echo "$folder/$name.tar.gz"
