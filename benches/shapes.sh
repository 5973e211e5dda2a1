#!/bin/sh
# shapes.sh SUITE JOBS [SHAPE]...: how long a reload of systemd takes with units of other shapes than ours: the study behind
# docs/reload.md. Each shape has a host of its own, where our generator has written its units once and is masked then; what a
# shape changes is done to the files. Prints the best of three reloads, with all timers active and none firing.
set -eu

cd "$(dirname -- "$0")/.."
suite=$1 jobs=$2
shift 2
all='as-it-is one-slice no-slice slices-16 slices-64 slices-1024 slices-nested no-default-dependencies no-sandbox no-run-folder
    no-source bare plain-names wants-links timers-of-ten'
host=tests/hosts/host
programs=${CARGO_TARGET_DIR:-target}/programs-release
# shellcheck disable=SC2016 # for the shell in the host
measure='
set -eu
shape=$1 jobs=$2 units=/run/systemd/system
cd /var/lib/process-control
i=0
while [ $i -lt "$jobs" ]; do
    printf "name: Job number %s\nschedule: \"%s %s 29 2 *\"\ntimeout: 20\ncommand: /bin/echo one\n" $i $((i % 60)) $((i / 60 % 24)) >job-$i.yaml
    i=$((i + 1))
done
mkdir -p $units /run/systemd/system-generators
ln -s /dev/null /run/systemd/system-generators/process-control-generator
/usr/lib/systemd/system-generators/process-control-generator $units
cd $units
services() { find . -maxdepth 1 -name "job@job-*.service" -print0 | xargs -0 -n 500 "$@"; }
both() { find . -maxdepth 1 -name "job@job-*" -print0 | xargs -0 -n 500 "$@"; }
# slices EXPRESSION: the slice of a job, from its number n
slices() {
    for file in job@job-*.service; do
        n=${file#job@job-}
        n=${n%.service}
        eval "slice=$1"
        sed -i "s/^Slice=.*/Slice=process-control-$slice.slice/" "$file"
    done
}
case $shape in
as-it-is) ;;
one-slice) services sed -i "s/^Slice=.*/Slice=process-control.slice/" ;;
no-slice) services sed -i "/^Slice=/d" ;;
slices-16) slices "\$((n % 16))" ;;
slices-64) slices "\$((n % 64))" ;;
slices-1024) slices "\$((n % 1024))" ;;
slices-nested) slices "\$((n % 16))-\$((n / 16 % 16))" ;;
no-default-dependencies) both sed -i "/^\[Unit\]/a DefaultDependencies=no" ;;
no-sandbox) services sed -i -E "/^(NoNewPrivileges|Restrict|Capability|Protect|Private|Lock|System)/d" ;;
no-run-folder) services sed -i "/^RuntimeDirectory/d" ;;
no-source) both sed -i "/^SourcePath=/d" ;;
bare) services sed -i -E "/^(\[|ExecStart=|User=|Slice=)/!d" ;;
plain-names)
    for file in job@job-*; do
        mv "$file" "plain${file#job@job-}"
    done
    sed -i "s/job@job-/plain/" process-control.target.d/50-timers.conf
    ;;
wants-links)
    sed -i "/job@job-/d" process-control.target.d/50-timers.conf
    mkdir process-control.target.wants
    find . -maxdepth 1 -name "job@job-*.timer" -printf "../%f\0" | xargs -0 ln -s -t process-control.target.wants
    ;;
timers-of-ten)
    # not the same thing: one timer for ten services, to see what a timer costs
    find . -maxdepth 1 -name "job@job-*[1-9].timer" -delete
    sed -i "/job@job-.*[1-9].timer/d" process-control.target.d/50-timers.conf
    ;;
esac
systemctl daemon-reload
# with many jobs it takes longer than systemctl waits for an answer
systemctl start --no-block process-control.target || :

wanted=$(find . -maxdepth 1 -name "*.timer" | wc -l)
tries=0
while [ "$(systemctl list-units --state=active --plain --no-legend "job@*.timer" "plain*.timer" | grep -c "timer ")" -lt "$wanted" ] && [ $tries -lt 120 ]; do
    sleep 1
    tries=$((tries + 1))
done
for round in 1 2 3; do
    begun=$(date +%s%N)
    systemctl daemon-reload
    echo $((($(date +%s%N) - begun) / 1000000))
done | sort -n | head -n 1'

best=''
for shape in ${*:-$all}; do
    name=shape-$$
    $host boot $name "$suite" --install "$programs" >/dev/null
    took=$($host exec $name sh -c "$measure" _ "$shape" "$jobs" | tail -n 1) || took=failed
    $host end $name
    [ -n "$best" ] || best=$took
    echo "$suite $jobs $shape: $took ms, $(echo "$took $best" | awk '{ printf "%.2f", $1 / $2 }') of the first"
done
