#!/bin/sh
# pictures.sh PROGRAMS: makes docs/pictures anew: what jobctl shows of the jobs of examples/ on a throw-away host. Needs root.
# What these jobs would run is not there; programs of the same names succeed, fail or take their time. Nobody waits for days
# to see a picture, so the runs of the days before are written into the histories.
# shellcheck disable=SC2016,SC2094 # scripts in single quotes run on the host
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
programs=$(CDPATH='' cd -- "$1" && pwd)
host=$root/tests/hosts/host
pictures=$root/docs/pictures
name=host-$$

on() { "$host" exec "$name" "$@"; }

# program NAME SCRIPT: what a job of the examples runs
program() {
    printf '#!/bin/sh\n%s\n' "$2" | on sh -c 'cat >"/usr/local/bin/$1"; chmod 0755 "/usr/local/bin/$1"' sh "$1"
}

# past JOB TIME MINUTES: it ran on the last three days, from this time on, for about so long
past() {
    {
        echo 'history:'
        for ago in 3 2 1; do
            start=$(($(date -u -d "$2 $ago days ago" +%s)))
            end=$((start + $3 * 60 + ago * 7))
            at() { date -u -d "@$1" +'"%F %T.000000"'; }
            printf '%s\n' '- status: completed' "  time: $(at $end)" '  trigger: timer' "  start: $(at $start)" "  end: $(at $end)" \
                "  duration: $((end - start))" '  outcome: success' '  exit_status: 0'
        done
        echo 'last_completion_status: success'
    } | on runuser -u process-control -- sh -c 'cat >"/var/lib/process-control-state/$1.yaml"' sh "$1"
}

# state JOB STATE: waits until it is
state() {
    tries=100
    until on jobctl status --no-header --state "$2" | grep -q "^$1 "; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "pictures.sh: $1 is not $2" >&2; on jobctl >&2; exit 1; }
        sleep 0.2
    done
}

trap '"$host" end "$name" 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM
"$host" boot "$name" trixie --install "$programs" >/dev/null

on mkdir -p /srv/backup /srv/orders /srv/rates
on chown process-control: /srv/backup /srv/orders /srv/rates
on useradd --groups process-control-operators olga
for each in openssl rsync export-orders import-orders report-orders clamscan import-feed; do
    program "$each" 'exec sleep 3'
done
program pg_dump 'exec sleep 600'
program sales-report 'sleep 2; echo "no such table: sales_2026" >&2; exit 3'
program curl 'echo "curl: (28) Connection timed out after 60001 milliseconds" >&2; exit 28'

past check-certificate 08:00 1
past database-backup 02:30 41
past export-orders 01:00 18
past import-orders 01:18 56
past report-orders 02:14 7
past sales-report 06:00 22
past scan-uploads 22:00 4
past sync-photos 13:00 95
past fetch-rates 16:10 1

for example in "$root"/examples/jobs/*.yaml; do
    on sh -c 'cat >"/var/lib/process-control/$1"' sh "$(basename "$example")" <"$example"
done
# it has the longest words of all, and leaves the others no room
on rm /var/lib/process-control/send-queue.yaml
on sh -c 'echo "disabled: true" >>/var/lib/process-control/sync-photos.yaml'
on systemctl daemon-reload
on runuser -u olga -- jobctl pause tidy-logs --reason 'a new disk' >&2
on jobctl start check-certificate export-orders scan-uploads import-feed --yes --follow >&2
on jobctl start sales-report --wait >&2 || :
state import-orders waiting
on jobctl start database-backup --yes >&2
sleep 12
on jobctl start fetch-rates >&2 || :
state sales-report failed
state database-backup running
state fetch-rates retrying
sleep 5

# picture FILE TITLE COMMAND...: what a person sees who types this
picture() {
    file=$pictures/$1 title=$2
    shift 2
    { echo "$ $*"; on env CLICOLOR_FORCE=1 COLUMNS=122 "$@"; } | "$root/packaging/pictures/terminal.py" "$title" >"$file"
}

mkdir -p "$pictures"
picture status.svg 'jobctl: all jobs with their states' jobctl
picture timeline.svg 'jobctl timeline: the coming day' jobctl timeline
ls -l "$pictures"/*.svg
