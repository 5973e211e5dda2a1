#!/bin/sh
# Breaks things hundreds of times on booted hosts, and puts what came of it into the table of SECURITY.md.
set -eu
cd "$(dirname -- "$0")/.."
programs=$1
log=$2/soak.log

# the modules of tests/booted whose tests print rows
modules='callers:: crowds:: durable:: faults:: hostile_folder::'

status=0
# shellcheck disable=SC2086 # a list of words
PROCESS_CONTROL_SOAK=${3:-100} PROCESS_CONTROL_TEST_HOSTS=required PROCESS_CONTROL_TEST_PROGRAMS=$programs \
    cargo test --test booted --no-fail-fast -- --nocapture --test-threads=2 $modules >"$log" 2>&1 || status=$?
rows=$(grep -o '^soak | .*' "$log" | sed 's/^soak //' | sort) || true
if [ -z "$rows" ] || [ "$status" != 0 ]; then
    grep -E '^test .*FAILED|panicked' -A 3 "$log" >&2 || true
    echo "soak: something broke, and SECURITY.md stays as it was: see $log" >&2
    exit 1
fi
table=$(printf '| what is done | on | times | what came of it |\n| --- | --- | --- | --- |\n%s' "$rows")
awk -v table="$table" '
    /^<!-- soak: / { print; print ""; print table; print ""; inside = 1 }
    /^<!-- end of soak / { inside = 0 }
    !inside && !/^<!-- soak: / { print }
' SECURITY.md >"$log.md"
cat "$log.md" >SECURITY.md
printf '%s\n' "$table"
