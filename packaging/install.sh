#!/bin/sh
# install.sh DESTDIR [PROGRAMS]: stages everything below DESTDIR. The only list of what goes where, with mode;
# packages and tests use it too. PROGRAMS is the folder that packaging/build.sh filled.
set -eu
umask 022
[ $# -ge 1 ] || { echo "usage: install.sh DESTDIR [PROGRAMS]" >&2; exit 64; }

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
destdir=$1
programs=${2:-${CARGO_TARGET_DIR:-$root/target}/programs-release}

# put MODE FOLDER FILE...
put() {
    mode=$1 folder=$2
    shift 2
    for file; do
        install -D -m "$mode" "$file" "$destdir$folder/$(basename "$file")"
    done
}

put 0755 /usr/lib/systemd/system-generators "$programs/process-control-generator"
put 0755 /usr/bin "$programs/run-job" "$programs/jobctl" "$programs/check-jobs-icinga" "$programs/cron-generate" \
    "$programs/process-control-notify"
put 0644 /usr/lib/systemd/system "$root"/units/*
put 0644 /usr/lib/systemd/system-preset "$root"/packaging/preset/*.preset
put 0644 /usr/lib/sysusers.d "$root"/packaging/sysusers.d/*.conf
put 0644 /usr/lib/tmpfiles.d "$root"/packaging/tmpfiles.d/*.conf
put 0644 /usr/share/polkit-1/rules.d "$root"/packaging/polkit/*.rules
put 0644 /usr/share/doc/process-control/examples "$root"/packaging/*.example.yaml "$root"/examples/README.md "$root"/examples/*.yaml
put 0644 /usr/share/doc/process-control/examples/jobs "$root"/examples/jobs/*.yaml
# everything in it is commented out; an administrator's own is kept
[ -e "$destdir/etc/process-control.yaml" ] ||
    install -D -m 0644 "$root/packaging/process-control.example.yaml" "$destdir/etc/process-control.yaml"
# what the manual pages refer to
put 0644 /usr/share/doc/process-control "$root/docs/json.md" "$root/docs/moving.md" "$root/docs/security.md"
# cargo's own folder has no more than programs
if [ -d "$programs/man" ]; then
    for section in 1 5 8; do
        put 0644 "/usr/share/man/man$section" "$programs/man/man$section"/*
    done
    put 0644 /usr/share/bash-completion/completions "$programs"/completions/bash/*
    put 0644 /usr/share/zsh/vendor-completions "$programs"/completions/zsh/*
    put 0644 /usr/share/fish/vendor_completions.d "$programs"/completions/fish/*
    put 0644 /usr/share/process-control "$programs"/schema/*
else
    echo "install.sh: no manual pages, completions and schemas in $programs; packaging/build.sh makes them" >&2
fi
