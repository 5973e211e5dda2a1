//! `run-job` by hand, by callers who leave it everything that a caller can leave, or want of it what it must not do.

use crate::hosts::{Host, Output, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use crate::soak::{row, times};
use process_control::history::Outcome;

on_both_suites!(
    a_run_by_hand_ends_whatever_signals_are_blocked,
    a_run_by_hand_hands_no_descriptor_down,
    what_the_caller_has_closed_or_limited_costs_no_history,
    nobody_is_talked_into_running_a_job,
    whatever_lies_in_place_of_a_lock_hangs_nobody,
);

/// As the service user, with the caller's environment as it is.
const AS_SERVICE: &str = "setpriv --reuid process-control --regid process-control --init-groups";

/// Runs a line of bash; a run that hangs has status 137.
fn call(host: &Host, script: &str) -> Output {
    let script = script.replace("SERVICE ", &format!("{AS_SERVICE} "));
    host.run(&["timeout", "--signal=KILL", "30", "bash", "-c", &script])
}

/// Runs a line of bash, which must end with this status, and gives what it said on both streams.
#[track_caller]
fn ends(host: &Host, status: i32, script: &str) -> String {
    let ended = call(host, script);
    assert_eq!(ended.status, status, "{:?}: {script}: {ended:?}", host.suite);
    ended.stdout + &ended.stderr
}

fn a_run_by_hand_ends_whatever_signals_are_blocked(suite: Suite) {
    let jobs = [
        ("tea", format!("{FAR}command: grep -E ^Sig(Blk|Ign) /proc/self/status\n")),
        ("short", format!("{FAR}timeout: 500ms\nkill_grace: 1s\ncommand: sleep 100\n")),
        ("long", shell(FAR, "touch /srv/begun; sleep 100")),
    ];
    let host = host_with(suite, &jobs.each_ref().map(|(name, text)| (*name, text.as_str())));
    host.sh("chmod 777 /srv");
    let rounds = times(1, 20);
    let callers = ["--block-signal", "--ignore-signal=CHLD", "--ignore-signal=PIPE", "--ignore-signal=TERM"];
    for caller in callers.repeat(rounds) {
        let said = ends(&host, 0, &format!("exec SERVICE env {caller} run-job tea"));
        assert!(said.contains("SigBlk:\t0000000000000000"), "{caller}: {said}");
        // bits 12, 14 and 16: a command never begins with SIGPIPE, SIGTERM or SIGCHLD ignored
        let ignored = said.lines().find_map(|line| line.strip_prefix("SigIgn:\t")).unwrap();
        assert_eq!(u64::from_str_radix(ignored, 16).unwrap() & 0x15000, 0, "{caller}: {said}");
        ends(&host, 124, &format!("exec SERVICE env {caller} run-job short"));
        let stop = "until [ -e /srv/begun ]; do sleep 0.05; done; kill $!; wait $!";
        ends(&host, 143, &format!("rm -f /srv/begun; SERVICE env {caller} run-job long & {stop}"));
    }
    assert_eq!(host.run(&["sh", "-c", "ps -eo args | grep -c '^sleep 100'"]).stdout.trim(), "0");
    let count = callers.len() * rounds;
    row(suite, "run by hand with signals blocked or ignored", count, "it ends, by itself, by timeout and by SIGTERM");
}

fn a_run_by_hand_hands_no_descriptor_down(suite: Suite) {
    let list = "for fd in /proc/$$/fd/*; do readlink $fd || true; done";
    let twice = format!("{FAR}command: [\"sh -c '{list}'\", \"sh -c '{list}'\"]\n");
    let host = host_with(suite, &[("tea", &shell(FAR, list)), ("twice", &twice)]);
    let before = ends(&host, 0, "ulimit -n 2000; SERVICE run-job tea </dev/null");
    let rounds = times(1, 20);
    for job in ["tea", "twice"].repeat(rounds) {
        let open = "ulimit -n 2000; for fd in $(seq 3 1000); do eval \"exec $fd</etc/shadow\"; done";
        let said = ends(&host, 0, &format!("{open}; SERVICE run-job {job} </dev/null"));
        assert!(!said.contains("shadow"), "{job}: {said}");
        assert!(said.lines().count() <= 2 * before.lines().count(), "{job}: {said}");
    }
    row(suite, "998 descriptors of a secret left open by the caller", 2 * rounds, "no command has one of them");
}

fn what_the_caller_has_closed_or_limited_costs_no_history(suite: Suite) {
    let host = host_with(suite, &[("tea", &shell(FAR, "pwd >/dev/null"))]);
    host.sh("mkdir -m 700 /srv/closed");
    let ways = [
        (0, "SERVICE run-job tea <&- >&- 2>&-"),
        (0, "mkdir -m 755 /srv/gone; cd /srv/gone; rmdir /srv/gone; SERVICE run-job tea"),
        (0, "cd /srv/closed; SERVICE run-job tea"),
        (0, "umask 0777; SERVICE run-job tea"),
        (0, "umask 0; SERVICE run-job tea"),
        (0, "ulimit -n 11; SERVICE run-job tea"),
        (0, "export A=$(head -c 100000 /dev/zero | tr '\\0' a) B=$(seq 20000); SERVICE run-job tea"),
        (
            0,
            "export LD_PRELOAD=/srv/no.so LD_LIBRARY_PATH=/srv IFS=/ BASH_ENV=/srv/no ENV=/srv/no TZ=:/etc/shadow \
             LC_ALL=../../etc/shadow TMPDIR=/srv/no 2>/dev/null; SERVICE run-job tea",
        ),
        (
            0,
            "INVOCATION_ID=0123456789abcdef0123456789abcdef JOURNAL_STREAM=1:1 TRIGGER_UNIT=job@tea.timer \
             SYSTEMD_EXEC_PID=1 SERVICE run-job tea",
        ),
        (0, "SERVICE_RESULT=timeout EXIT_CODE=killed EXIT_STATUS=9 NOTIFY_SOCKET=/srv/no SERVICE run-job tea"),
        (0, "export A=$(seq 17000) B=$(seq 17000) C=$(seq 17000) D=$(seq 17000) E=$(seq 17000); SERVICE run-job tea"),
        (0, "export HOME=/home/nobody USER=root LOGNAME=root SHELL=/srv/no; SERVICE run-job tea"),
    ];
    let rounds = times(1, 20);
    for (number, (status, way)) in ways.repeat(rounds).into_iter().enumerate() {
        host.sh("rm -f /run/process-control/tea.lock");
        ends(&host, status, way);
        let history = host.history("tea");
        let run = history.runs.last().unwrap();
        assert_eq!(run.end.as_ref().unwrap().outcome, Outcome::Success, "{way}: {run:?}");
        assert_ne!(run.id, "0123456789abcdef0123456789abcdef");
        assert_eq!(history.runs.len(), (number + 1).min(20), "{way}");
        let modes = host.sh("stat -c %a /run/process-control/tea.lock /var/lib/process-control-state/tea.yaml");
        assert_eq!(modes, "600\n644\n", "{way}");
    }
    // nothing can be written, and that is said: run-job does not die of it
    let said = ends(&host, 0, "ulimit -f 0; SERVICE run-job tea 2>&1 | cat; exit ${PIPESTATUS[0]}");
    assert!(said.contains("lock file cannot be written") && said.contains("history"), "{said}");
    row(
        suite,
        "by hand with closed streams, no folder, odd umask, limits, environment",
        (ways.len() + 1) * rounds,
        "the run is as ever, and recorded where it can be",
    );
}

fn nobody_is_talked_into_running_a_job(suite: Suite) {
    let host = host_with(suite, &[("tea", &shell(FAR, "id -un"))]);
    host.people();
    host.sh("cp /usr/bin/run-job /home/fred/mine; ln -s /usr/bin/run-job /home/fred/jobctl; chmod 755 /home/fred
        printf 'user: fred\\njob_directory: /home/fred\\n' >/home/fred/own.yaml; chown fred: /home/fred/own.yaml
        printf 'user: fred\\n' >/srv/open.yaml; chmod 666 /srv/open.yaml
        cp /srv/open.yaml /srv/service.yaml; chmod 644 /srv/service.yaml; chown process-control: /srv/service.yaml");
    let ways = [
        (77, "run-job tea"),
        (77, "runuser -u fred -- run-job tea"),
        (77, "runuser -u fred -- /home/fred/mine tea"),
        (77, "runuser -u fred -- /home/fred/jobctl tea"),
        (78, "PROCESS_CONTROL_CONFIG=/home/fred/own.yaml SERVICE run-job tea"),
        (78, "PROCESS_CONTROL_CONFIG=/srv/open.yaml SERVICE run-job tea"),
        (78, "PROCESS_CONTROL_CONFIG=own.yaml SERVICE run-job tea"),
        (77, "PROCESS_CONTROL_CONFIG=/srv/service.yaml SERVICE run-job tea"),
        (78, "SERVICE run-job ../tea"),
        (78, "SERVICE run-job a/b"),
        (78, "SERVICE run-job -"),
        (2, "SERVICE run-job $'t\\xff'"),
        (78, "SERVICE run-job ''"),
        (78, "SERVICE run-job $'tea\\nother'"),
        (78, "SERVICE run-job $(head -c 300 /dev/zero | tr '\\0' a)"),
        (78, "SERVICE run-job -- --config=/home/fred/own.yaml"),
        (2, "SERVICE run-job --config=/home/fred/own.yaml tea"),
    ];
    let rounds = times(1, 20);
    for (status, way) in ways.repeat(rounds) {
        ends(&host, status, way);
        assert!(host.history("tea").runs.is_empty(), "{way}");
    }
    // a copy and a name of one's own change nothing for who may
    for way in ["/home/fred/mine", "/home/fred/jobctl"] {
        assert_eq!(ends(&host, 0, &format!("SERVICE {way} tea")), "process-control\n", "{way}");
    }
    row(suite, "run-job by the wrong user, configuration or name", ways.len() * rounds, "refused, with its status");
}

fn whatever_lies_in_place_of_a_lock_hangs_nobody(suite: Suite) {
    let host = host_with(suite, &[("tea", &shell(FAR, "true")), ("long", &shell(FAR, "sleep 100"))]);
    host.sh("systemctl start job@long.service; touch /srv/elsewhere; chown process-control /srv/elsewhere");
    host.wait_for_start("long", SOON);
    let ways = [
        (126, "ln -s /srv/elsewhere $lock"),
        (126, "mkdir $lock"),
        (126, "mknod $lock c 1 3; chown root $lock"),
        (126, "install -m 600 /dev/null $lock"),
        // the lock of a job that runs: then this one seems to run
        (75, "ln /run/process-control/long.lock $lock"),
        (0, "install -m 644 -o process-control /srv/elsewhere $lock"),
    ];
    let rounds = times(1, 20);
    for (status, way) in ways.repeat(rounds) {
        host.sh(&format!("lock=/run/process-control/tea.lock; rm -rf $lock; {way}"));
        ends(&host, status, "SERVICE run-job tea");
    }
    // a pipe is a file that can be locked: what counts is that nobody waits for its other end
    host.sh("rm -f /run/process-control/tea.lock; mkfifo -m 600 /run/process-control/tea.lock
        chown process-control /run/process-control/tea.lock");
    let piped = call(&host, "SERVICE run-job tea");
    assert!([0, 126].contains(&piped.status), "{piped:?}");
    host.sh("mv /run/process-control /run/away");
    ends(&host, 126, "SERVICE run-job tea");
    host.sh("mv /run/away /run/process-control");
    assert!(host.is_active("job@long.service"));
    assert_eq!(host.sh("stat -c %s /srv/elsewhere").trim(), "0");
    let count = (ways.len() + 2) * rounds;
    row(
        suite,
        "something else in place of a lock, or no folder",
        count,
        "refused, or locked; nothing hangs or is written",
    );
}
