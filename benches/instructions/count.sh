#!/bin/sh
# count.sh [--accept]: counts the instructions of the hot paths with callgrind, and fails where one differs from the baseline by
# more than two in a hundred. --accept writes the baseline anew. Counts depend on the compiler, the C library and what it finds, so
# the baseline names its own, and others are not compared.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"
baseline=benches/instructions/baseline
target=${CARGO_TARGET_DIR:-target}
command -v valgrind >/dev/null || {
    echo "instructions: valgrind is missing, so nothing is counted" >&2
    exit 1
}
# valgrind hides the pages of the kernel that rustix would call without libc
RUSTFLAGS="${RUSTFLAGS:-} --cfg=rustix_use_libc" cargo build --quiet --profile counted --bin process-control-generator --bin run-job --example schedules
programs=$(CDPATH='' cd -- "$target/counted" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
# root steps down, as run-job refuses to run anything as root
user=$(id -un) as_user=''
if [ "$user" = root ]; then
    user=nobody as_user='setpriv --reuid=nobody --clear-groups'
fi
for folder in jobs run state pauses notices units; do
    mkdir -m 777 "$work/$folder"
done
# a build folder may be closed to others
cp "$programs/process-control-generator" "$programs/run-job" "$programs/examples/schedules" "$work"
for number in $(seq 100 199); do
    cat >"$work/jobs/job-$number.yaml" <<JOB
name: Job number $number
description: One of many.
schedule: "30 $((number % 24)) * * 1-5"
timeout: 10
command:
  - /bin/echo one
  - /bin/sh -c 'echo two; exit 0'
environment:
  LANG: C.UTF-8
JOB
done
printf 'name: Tea\ncommand: /usr/bin/true\n' >"$work/jobs/tea.yaml"
cat >"$work/config.yaml" <<CONFIG
user: $user
job_directory: $work/jobs
run_directory: $work/run
state_directory: $work/state
pause_directory: $work/pauses
notice_directory: $work/notices
CONFIG
chmod 644 "$work"/*.yaml "$work"/jobs/*

# count NAME PROGRAM [ARG]...
count() {
    name=$1
    shift
    # one core: what threads do to each other is no property of ours
    # shellcheck disable=SC2086 # a list of words
    env -i PATH="$PATH" PROCESS_CONTROL_CONFIG="$work/config.yaml" $as_user taskset --cpu-list 0 \
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" >"$work/run/said" 2>&1 || {
        cat "$work/run/said" >&2
        exit 1
    }
    instructions=$(sed -n 's/.*Collected : \([0-9]*\)$/\1/p' "$work/run/said" | tail -n 1)
    echo "$name $instructions"
}
# what the counts depend on beside our code
ground() {
    rustc --version
    getconf GNU_LIBC_VERSION
    grep '^passwd:' /etc/nsswitch.conf || :
    grep -o -w -m 1 -e avx2 /proc/cpuinfo | head -n 1
}
{
    echo "# $(ground | tr -s '\n ' ' ')"
    count generator-of-101-jobs "$work/process-control-generator" "$work/units"
    # the first run makes the history
    count run-job-by-hand "$work/run-job" tea >/dev/null
    count run-job-by-hand "$work/run-job" tea
    count a-thousand-schedules "$work/schedules"
} >"$work/counted"

if [ "${1:-}" = --accept ]; then
    cat "$work/counted" >"$baseline"
    cat "$baseline"
    exit 0
fi
[ "$(head -n 1 "$baseline")" = "$(head -n 1 "$work/counted")" ] || {
    echo "instructions: not compared, as the baseline is of another ground: $(head -n 1 "$baseline")"
    cat "$work/counted"
    exit 0
}
awk 'NR == FNR { known[$1] = $2; next }
    FNR == 1 { next }
    {
        change = ($2 / known[$1] - 1) * 100
        beyond = change > 2 || change < -2
        failed = failed || beyond
        printf "%-24s %12d, baseline %12d, %+.2f %%%s\n", $1, $2, known[$1], change, beyond ? ": more than two in a hundred" : ""
    }
    END { if (failed) print "instructions: if that is meant, benches/instructions/count.sh --accept"; exit failed }' "$baseline" "$work/counted"
