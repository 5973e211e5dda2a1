#!/bin/sh
# deb.sh PROGRAMS FOLDER [REVISION]: FOLDER/process-control_VERSION-REVISION_ARCHITECTURE.deb, from what stage.sh makes.
# The same bytes from the same commit and programs; its name is printed.
set -eu
umask 022
[ $# -ge 2 ] || { echo "usage: deb.sh PROGRAMS FOLDER [REVISION]" >&2; exit 64; }

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
mkdir -p "$2"
folder=$(CDPATH='' cd -- "$2" && pwd)
version=$("$root/packaging/version.sh")-${3:-1}
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=$("$root/packaging/version.sh" --epoch)
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
"$root/packaging/stage.sh" "$tree" "$1"
doc=$tree/usr/share/doc/process-control

# what Debian wants to be packed, in its own places
install -m 0644 "$root/packaging/deb/copyright" "$doc/copyright"
install -D -m 0644 "$root/packaging/deb/lintian-overrides" "$tree/usr/share/lintian/overrides/process-control"
install -m 0644 "$root/CHANGELOG.md" "$doc/changelog"
maintainer="${DEBFULLNAME:-process-control authors} <${DEBEMAIL:-process-control@localhost.localdomain}>"
cat >"$doc/changelog.Debian" <<CHANGELOG
process-control ($version) unstable; urgency=medium

  * What is new stands in changelog.gz.

 -- $maintainer  $(LC_ALL=C date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
CHANGELOG
gzip -9n "$doc/changelog" "$doc/changelog.Debian"

# the libraries that the programs are linked with, in the versions whose functions they call
mkdir "$work/debian"
echo 'Source: process-control' >"$work/debian/control"
# the two that are static have none, and are warned of
libraries=$(cd "$work" && dpkg-shlibdeps -O "$tree"/usr/bin/* 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$libraries" ] || { echo "deb.sh: dpkg-shlibdeps found no library" >&2; exit 1; }

mkdir "$tree/DEBIAN"
(
    cd "$tree"
    find etc -type f -printf '/%p\n' | LC_ALL=C sort >DEBIAN/conffiles
    find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums
)
sed -e "s/@VERSION@/$version/" -e "s/@MAINTAINER@/$maintainer/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@LIBRARIES@/$libraries/" \
    -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$tree" | cut -f 1)/" "$root/packaging/deb/control" >"$tree/DEBIAN/control"
for script in preinst postinst prerm postrm; do
    install -m 0755 "$root/packaging/deb/$script" "$tree/DEBIAN/$script"
done

find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
# tests have no time to compress
dpkg-deb --root-owner-group -Zxz -z"${COMPRESSION:-6}" --build "$tree" "$folder/process-control_${version}_$architecture.deb" >&2
echo "$folder/process-control_${version}_$architecture.deb"
