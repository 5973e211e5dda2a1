#!/bin/sh
# setup-tests.sh: installs what tests and demo need on a Debian machine that has a Rust toolchain and nothing else.
# Does nothing, quickly, when all is there. Without root it says what is missing and goes on: tests then skip.
set -eu

missing=''
need() { # PACKAGE TEST...: the package is needed unless the test passes
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
need build-essential command -v cc
need mmdebstrap command -v mmdebstrap
need systemd-container command -v systemd-nspawn
# newer suites are signed with newer keys
need debian-archive-keyring test -e /usr/share/keyrings/debian-archive-trixie-stable.gpg
# PyYAML read the original's job files: tests compare with it
need python3 command -v python3
need python3-yaml python3 -c 'import yaml'
# a bus of its own for each test of jobctl, and a terminal
need dbus-daemon command -v dbus-daemon
need tmux command -v tmux
# the manual pages are looked at as their readers do
need man-db command -v man
need groff command -v groff
need mandoc command -v mandoc
# bash is there; completion is tried in the others too
need zsh command -v zsh
need fish command -v fish
# a mail server for the tests, for the python of Debian
need python3-aiosmtpd /usr/bin/python3 -c 'import aiosmtpd'
# metrics are read as a store of them reads them
need python3-prometheus-client /usr/bin/python3 -c 'import prometheus_client'
# schemas are held against files, for the python of Debian
need python3-jsonschema /usr/bin/python3 -c 'import jsonschema'
# what the generator asks of the kernel, and the order of sync and rename
need strace command -v strace
# instructions are counted
need valgrind command -v valgrind
need openssl command -v openssl
# packages are built, and installed on booted hosts
need dpkg-dev command -v dpkg-shlibdeps
need rpm command -v rpmbuild
need tzdata test -e /usr/share/zoneinfo/Europe/Berlin

[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "setup: cannot install, so what needs these is skipped:$missing" >&2
    exit 0
fi
echo "setup: installing$missing" >&2
apt-get update -q
# shellcheck disable=SC2086 # a list of words
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing </dev/null
