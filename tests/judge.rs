//! What a run came to: systemd's words for its end on the left, ours on the right.

use chrono::DateTime;
use process_control::config::Config;
use process_control::history::{Cause, End, Exit, Outcome, Tally};
use process_control::job::{Job, JobName, TimeSpan};
use process_control::pause::{Hold, Marker, Scope};
use process_control::run::after;
use process_control::run::judge::{Order, ServiceEnd, Verdict, service, signal_name, signal_number};
use process_control::run::{BAD_JOB, BUSY, Skip, WRONG_USER};

fn job() -> Job {
    let text = b"name: A\ncommand: /bin/true\ntimeout: 10\nsuccess_exit_codes: [3, 75]\n";
    let Config { defaults, ceilings, .. } = Config::default();
    Job::read(&JobName::new("a").unwrap(), text, &defaults, &ceilings).0.unwrap()
}

fn end(result: &str, exit: Option<Exit>, took: u64) -> ServiceEnd {
    ServiceEnd { result: result.to_owned(), exit, took: TimeSpan::from_secs(took), order: Order::Unknown }
}

#[test]
fn the_end_of_a_service_is_judged() {
    use Exit::{Code, Signal};
    use Outcome::{Failure, Stopped, Success, Timeout};
    let table = [
        ("success", Some(Code(0)), 1, Success, ""),
        ("exit-code", Some(Code(1)), 1, Failure, ""),
        ("exit-code", Some(Code(3)), 1, Success, ""),
        ("success", Some(Code(75)), 1, Success, ""),
        // for systemd a clean end; for cron, and so for us, somebody ended the run
        ("success", Some(Signal(15)), 1, Stopped, "by SIGTERM"),
        ("success", Some(Signal(1)), 1, Stopped, "by SIGHUP"),
        ("success", Some(Signal(2)), 1, Stopped, "by SIGINT"),
        ("success", Some(Signal(13)), 1, Failure, "killed by SIGPIPE"),
        ("signal", Some(Signal(9)), 1, Failure, "killed by SIGKILL"),
        ("core-dump", Some(Signal(11)), 1, Failure, "killed by SIGSEGV"),
        ("signal", Some(Signal(34)), 1, Failure, "killed by signal 34"),
        ("timeout", Some(Signal(15)), 600, Timeout, ""),
        ("timeout", Some(Code(0)), 601, Timeout, ""),
        // the start record comes after systemd has begun to count
        ("timeout", Some(Signal(15)), 599, Timeout, ""),
        ("timeout", Some(Signal(9)), 30, Stopped, "killed, as it did not end when told to"),
        ("oom-kill", Some(Signal(9)), 1, Failure, "out of memory"),
        ("resources", None, 0, Failure, "systemd says resources"),
        ("start-limit-hit", None, 0, Failure, "systemd says start-limit-hit"),
        ("success", None, 0, Failure, "systemd says success"),
        ("new\nword\u{1b}[2J", None, 0, Failure, "systemd says new word[2J"),
    ];
    for (result, exit, took, outcome, reason) in table {
        let verdict = service(&end(result, exit, took), Some(&job()));
        let said = (verdict.outcome, verdict.reason.as_deref().unwrap_or_default());
        assert_eq!(said, (outcome, reason), "{result} {exit:?} after {took} s");
    }
}

#[test]
fn each_failure_has_its_cause() {
    let cause = |result, exit| service(&end(result, exit, 1), Some(&job())).cause;
    assert_eq!(cause("exit-code", Some(Exit::Code(1))), Some(Cause::ExitCode));
    assert_eq!(cause("signal", Some(Exit::Signal(9))), Some(Cause::Signal));
    assert_eq!(cause("oom-kill", Some(Exit::Signal(9))), Some(Cause::OutOfMemory));
    assert_eq!(cause("resources", None), Some(Cause::NotStarted));
    assert_eq!(Verdict::before_the_command(BAD_JOB.into()).cause, Some(Cause::NotStarted));
    assert_eq!(Verdict::not_started("no such thing", 127).cause, Some(Cause::NotStarted));
    for (result, exit) in [("success", Exit::Code(3)), ("success", Exit::Signal(15)), ("timeout", Exit::Signal(15))] {
        assert_eq!(cause(result, Some(exit)), None, "{result} {exit:?}");
    }
}

#[test]
fn a_job_that_fails_is_paused_as_it_says() {
    let job = |more: &str| {
        let text = format!("name: A\ncommand: /bin/true\n{more}");
        let Config { defaults, ceilings, .. } = Config::default();
        Job::read(&JobName::new("a").unwrap(), text.as_bytes(), &defaults, &ceilings).0.unwrap()
    };
    let of = |job: &Job, verdict: Verdict, failures_in_a_row| {
        let end: End = verdict.at(DateTime::UNIX_EPOCH);
        after::pause(job, &end, &Tally { failures_in_a_row, ..Tally::default() })
    };
    let exit = |code| Verdict::of_exit(Exit::Code(code), None);
    let patient = job("pause_after_failures: 3\nunrecoverable_exit_codes: [64, 78]\n");
    assert_eq!(of(&patient, exit(1), 2), None);
    assert_eq!(of(&patient, exit(1), 3).as_deref(), Some("3 failures in a row (the last: exit code)"));
    assert_eq!(of(&patient, Verdict::timeout(), 4).as_deref(), Some("4 failures in a row (the last: timeout)"));
    assert_eq!(of(&patient, exit(64), 1).as_deref(), Some("exit code 64, which is unrecoverable"));
    assert_eq!(of(&patient, exit(0), 3), None, "a success pauses nothing");
    assert_eq!(of(&patient, Verdict::of_exit(Exit::Signal(15), None), 3), None, "nor does who stops it");
    // a code of ours says nothing of the command
    assert_eq!(of(&patient, Verdict::not_started("no lock", 78), 1), None);
    assert_eq!(of(&job("pause_after_failures: 0\n"), exit(1), 1000), None);
    assert_eq!(of(&job(""), exit(1), 1000), None);
}

#[test]
fn a_job_starts_slowly_until_it_has_succeeded_often_enough() {
    let job = |more: &str| {
        let text = format!("name: A\ncommand: /bin/true\nslow_start_command: /bin/true\n{more}");
        let Config { defaults, ceilings, .. } = Config::default();
        Job::read(&JobName::new("a").unwrap(), text.as_bytes(), &defaults, &ceilings).0.unwrap()
    };
    let three = job("slow_start: {until_successes: 3}\n");
    let slowly = |job: &Job, slow_start, successes_in_a_row, paused| {
        after::starts_slowly(job, &Tally { slow_start, successes_in_a_row, ..Tally::default() }, paused)
    };
    assert!(slowly(&three, false, 0, Some("2 failures in a row")), "after a pause");
    assert!(slowly(&three, true, 0, None) && slowly(&three, true, 2, None));
    assert!(!slowly(&three, true, 3, None), "often enough");
    assert!(!slowly(&three, false, 0, None), "nobody asked for it");
    assert!(!slowly(&job(""), true, 0, Some("x")), "the key has gone");
}

#[test]
fn without_its_file_a_run_is_judged_by_the_usual_rules() {
    let verdict = |result, exit| service(&end(result, Some(exit), 30), None).outcome;
    assert_eq!(verdict("exit-code", Exit::Code(3)), Outcome::Failure);
    assert_eq!(verdict("success", Exit::Code(0)), Outcome::Success);
    assert_eq!(verdict("timeout", Exit::Signal(15)), Outcome::Timeout);
}

#[test]
fn a_unit_fails_where_systemd_would_call_it_clean() {
    let contradicts = |result, exit| service(&end(result, Some(exit), 1), Some(&job())).contradicts(result);
    assert!(contradicts("success", Exit::Signal(13)));
    assert!(!contradicts("success", Exit::Code(0)));
    assert!(!contradicts("success", Exit::Signal(15)), "who stops a job is told nothing");
    assert!(!contradicts("exit-code", Exit::Code(1)), "it has failed already");
    assert!(!contradicts("timeout", Exit::Signal(9)));
}

/// Without a start record the code is run-job's own; with one it is the command's, and judged as such.
#[test]
fn codes_before_the_command_are_ours() {
    let said = |code: u8| {
        let verdict = Verdict::before_the_command(code.into());
        (verdict.outcome, verdict.reason.unwrap())
    };
    assert_eq!(said(BUSY), (Outcome::Skipped, "the previous run is still going on".to_owned()));
    assert_eq!(said(WRONG_USER), (Outcome::Failure, "not started: the wrong user".to_owned()));
    assert_eq!(said(BAD_JOB).0, Outcome::Failure);
}

#[test]
fn a_busy_start_is_told_or_not() {
    use process_control::job::Overtime;
    assert_eq!(Skip::Busy.exit_code(Overtime::Told), 75);
    assert_eq!(Skip::Busy.exit_code(Overtime::Quiet), 0);
    let hold =
        Hold { marker: Marker::default(), by: "olga".to_owned(), since: DateTime::UNIX_EPOCH, scope: Scope::Job };
    assert_eq!(Skip::Paused(hold).exit_code(Overtime::Told), 0);
}

#[test]
fn signals_have_their_names() {
    for signal in 1..=15 {
        let name = signal_name(signal);
        assert_eq!(signal_number(name.strip_prefix("SIG").unwrap()), Some(signal));
    }
    assert_eq!(signal_name(15), "SIGTERM");
    assert_eq!(signal_number("34"), Some(34));
    assert_eq!(signal_number("NONSENSE"), None);
    // beyond the table systemd still says names
    for (name, number) in [("STKFLT", 16), ("CHLD", 17), ("XCPU", 24), ("XFSZ", 25), ("SYS", 31), ("RTMIN+1", 35)] {
        assert_eq!(signal_number(name), Some(number), "{name}");
    }
}

#[test]
fn a_verdict_reads_as_a_sentence() {
    let of = |exit| Verdict::of_exit(exit, Some(&job()));
    assert_eq!(of(Exit::Code(1)).to_string(), "failure, exit code 1");
    assert_eq!(of(Exit::Signal(9)).to_string(), "failure: killed by SIGKILL");
    assert_eq!(
        of(Exit::Code(1)).about(Some("command 2 of 3".into())).to_string(),
        "failure, exit code 1: command 2 of 3"
    );
    assert_eq!(of(Exit::Code(0)).about(Some("command 2 of 3".into())).to_string(), "success, exit code 0");
    assert_eq!(Verdict::timeout().to_string(), "timeout");
}

/// Many programs answer SIGTERM with an exit of their own.
#[test]
fn a_command_that_exits_as_it_is_told_to_end_is_stopped() {
    let told = ServiceEnd { order: Order::Stop, ..end("exit-code", Some(Exit::Code(143)), 5) };
    assert_eq!(service(&told, None).outcome, Outcome::Stopped);
    let by_itself = end("exit-code", Some(Exit::Code(143)), 5);
    assert_eq!(service(&by_itself, None).outcome, Outcome::Failure);
    let done = ServiceEnd { order: Order::Stop, ..end("success", Some(Exit::Code(0)), 5) };
    assert_eq!(service(&done, None).outcome, Outcome::Success);
}

/// The file may say something else by then.
#[test]
fn a_timeout_is_one_whatever_the_file_says_now() {
    let asked =
        |order| service(&ServiceEnd { order, ..end("timeout", Some(Exit::Signal(15)), 5) }, Some(&job())).outcome;
    assert_eq!(asked(Order::None), Outcome::Timeout);
    assert_eq!(asked(Order::Stop), Outcome::Stopped);
    assert_eq!(asked(Order::Unknown), Outcome::Stopped);
}
