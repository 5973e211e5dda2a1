#!/bin/sh
# demo.sh PROGRAMS: three example jobs for one minute on a throw-away host: one succeeds, one fails, one runs too long.
# Where no host can be booted: the units that would be generated, and the same jobs in the foreground.
# Exits with 0 when the three outcomes are what they should be.
# shellcheck disable=SC2016,SC2094 # the script in single quotes runs on the host
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
programs=$(CDPATH='' cd -- "$1" && pwd)
examples=$root/packaging/demo
host=$root/tests/hosts/host
name=demo-$$

heading() {
    printf '\n== %s\n' "$*"
}

# expect JOB OUTCOME HISTORY: the job's history knows this outcome
expect() {
    if printf '%s\n' "$3" | grep -qw "$2"; then
        echo "$1: $2, as expected"
    else
        echo "$1: no '$2' in its history"
        failed=yes
    fi
}

on_a_host() {
    on() { "$host" exec "$name" "$@"; }

    heading 'A throw-away Debian 12 host, with three jobs'
    trap '"$host" end "$name" 2>/dev/null || :' EXIT
    trap 'exit 130' INT TERM
    "$host" boot "$name" bookworm --install "$programs" >/dev/null
    for example in "$examples"/*.yaml; do
        on sh -c 'cat >"/var/lib/process-control/$1"' sh "$(basename "$example")" <"$example"
    done
    # users, folders and the target are there since the boot: once more, as an administrator would do it by hand
    on systemd-sysusers
    on systemd-tmpfiles --create
    on systemctl daemon-reload
    on systemctl enable --quiet --now process-control.target
    on ls -l /var/lib/process-control

    heading 'systemctl list-timers'
    on systemctl list-timers --no-pager 'job@*'

    heading 'Waiting for the next full minute, and for the timeout'
    sleep $((60 - $(date +%s) % 60 + 15))

    heading 'systemctl list-timers, after the minute'
    on systemctl list-timers --no-pager 'job@*'

    heading 'jobctl'
    on jobctl

    for job in heartbeat failing overrun; do
        history=$(on cat /var/lib/process-control-state/$job.yaml 2>&1) || :
        heading "$job: journalctl -u job@$job.service"
        on journalctl --no-pager --output=short --unit=job@$job.service || :
        heading "$job: systemctl show"
        on systemctl show --property=ActiveState,Result,ExecMainCode,ExecMainStatus job@$job.service || :
        heading "$job: its history"
        echo "$history"
    done

    heading 'Outcomes'
    for pair in heartbeat:success failing:failure overrun:timeout; do
        expect ${pair%:*} ${pair#*:} "$(on cat /var/lib/process-control-state/${pair%:*}.yaml 2>&1 || :)"
    done
}

in_the_foreground() {
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' INT TERM
    mkdir "$folder/jobs" "$folder/state" "$folder/run" "$folder/log" "$folder/bin"
    cp "$examples"/*.yaml "$folder/jobs"
    find "$programs" -maxdepth 1 -type f -exec cp {} "$folder/bin" \;
    # no job runs as root: then an account without rights does it, which owns what it reads and writes
    user=$(id -un)
    as=''
    if [ "$(id -u)" = 0 ]; then
        user=nobody
        as="setpriv --reuid=$user --clear-groups"
    fi
    cat >"$folder/process-control.yaml" <<CONFIG
job_directory: $folder/jobs
run_directory: $folder/run
state_directory: $folder/state
output_directory: $folder/log
runner_path: $folder/bin/run-job
user: $user
CONFIG
    [ -z "$as" ] || chown -R "$user" "$folder"
    on() { $as env PROCESS_CONTROL_CONFIG="$folder/process-control.yaml" "$@"; }

    for job in heartbeat failing overrun; do
        heading "$job: the units that would be generated (jobctl show)"
        on "$folder/bin/jobctl" show $job || failed=yes
    done
    # without systemd, run-job itself sees to the timeout
    for pair in heartbeat:0 failing:3 overrun:124; do
        job=${pair%:*} status=0
        heading "$job: run-job --job=$job"
        on "$folder/bin/run-job" --job="$job" || status=$?
        echo "exit code $status"
        [ $status = ${pair#*:} ] || {
            echo "expected ${pair#*:}"
            failed=yes
        }
    done
}

umask 022 # a configuration that others may write is refused
failed=no
if reasons=$("$host" why-not); then
    on_a_host
else
    echo "No host can be booted here:"
    printf '%s\n' "$reasons" | sed 's/^/  /'
    in_the_foreground
fi
[ $failed = no ]
