#!/bin/sh
# lint.sh PACKAGE: what lintian or rpmlint says of it, beyond what is explained in deb/lintian-overrides and rpm/rpmlint.toml.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case $1 in
*.deb) set -- lintian --allow-root --fail-on error,warning,info "$1" ;;
*.rpm) set -- rpmlint --config "$here/rpm/rpmlint.toml" "$1" "$here/rpm/process-control.spec" ;;
*)
    echo "usage: lint.sh FILE.deb|FILE.rpm" >&2
    exit 64
    ;;
esac
command -v "$1" >/dev/null || {
    echo "lint.sh: not looked at, as there is no $1 here" >&2
    exit 0
}
"$@" >&2
