//! Whom a run is told to, and in which words.

use chrono::{DateTime, TimeDelta, Utc};
use process_control::config::Config;
use process_control::history::{Cause, Command, End, Exit, Outcome, Run, Tally, Trigger};
use process_control::job::hook::{Event, Url};
use process_control::job::{Job, JobName};
use process_control::notice::{Circumstances, News, Notice, Receiver, letter, notices, ping};

const BEGIN: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
const MAIL: &str = "failmail: {from_address: a@example.org, to_address: b@example.org}\n";

fn job(more: &str) -> Job {
    let text = format!("name: Tea\ncommand: /bin/true\n{more}");
    let Config { defaults, ceilings, .. } = Config::default();
    let (job, problems) = Job::read(&JobName::new("tea").unwrap(), text.as_bytes(), &defaults, &ceilings);
    job.unwrap_or_else(|| panic!("{problems:?}"))
}

fn about(failures_in_a_row: u32, failed_before: u32) -> Circumstances<'static> {
    Circumstances {
        host: "db1",
        now: BEGIN,
        tally: Tally { failures_in_a_row, ..Tally::default() },
        failure_mailed: false,
        failed_before,
        paused: None,
        log: None,
    }
}

fn ended(outcome: Outcome, cause: Option<Cause>, exit: Option<Exit>, reason: Option<&str>) -> News {
    let id = "0c8a435742714bec98b26b513e691b74".to_owned();
    let end = End { at: BEGIN + TimeDelta::seconds(5), outcome, cause, exit, reason: reason.map(str::to_owned) };
    let run = Run::begun(id, Trigger::Timer, Command::Normal, BEGIN, String::new());
    News::Ended(Run { end: Some(end.clone()), ..run }, end)
}

fn failure() -> News {
    ended(Outcome::Failure, Some(Cause::ExitCode), Some(Exit::Code(3)), None)
}

fn is_mail(notice: &Notice) -> bool {
    notice.to.iter().any(|to| matches!(to, Receiver::Mail { .. }))
}

#[test]
fn mail_goes_out_from_the_threshold_on_and_when_the_job_is_paused() {
    let patient = job(&format!("{MAIL}failure_threshold_for_mail: 3\n"));
    let mails =
        |about: &Circumstances<'_>| notices(&patient, &failure(), about).iter().filter(|it| is_mail(it)).count();
    assert_eq!([2, 3, 4].map(|failures| mails(&about(failures, failures - 1))), [0, 1, 1]);
    assert_eq!(mails(&Circumstances { paused: Some("an unrecoverable code"), ..about(1, 0) }), 1);
    assert!(notices(&job(""), &failure(), &about(9, 8)).is_empty(), "nobody is to be told");
}

#[test]
fn a_recovery_is_mailed_after_a_mailed_failure_alone() {
    let job = job(&format!("{MAIL}on_success: /bin/a\non_recovery: /bin/b\n"));
    let success = ended(Outcome::Success, None, Some(Exit::Code(0)), None);
    let told = |about: &Circumstances<'_>| {
        let notices = notices(&job, &success, about);
        notices.iter().map(|it| (it.facts.event, it.to.len(), is_mail(it))).collect::<Vec<_>>()
    };
    assert_eq!(told(&about(0, 0)), [(Event::Success, 1, false)]);
    assert_eq!(told(&about(0, 2)), [(Event::Success, 1, false), (Event::Recovery, 1, false)]);
    let mailed = Circumstances { failure_mailed: true, ..about(0, 2) };
    assert_eq!(told(&mailed), [(Event::Success, 1, false), (Event::Recovery, 2, true)]);
}

/// Whoever resumes a job begins a new count, but the job has not recovered by that.
#[test]
fn a_job_that_was_resumed_recovers_too() {
    let mut tally = Tally::default();
    for outcome in [Outcome::Failure, Outcome::Timeout] {
        tally.count(outcome);
    }
    tally.begin_again();
    assert_eq!((tally.failures_in_a_row, tally.failures_since_success), (0, 2));
    tally.count(Outcome::Success);
    assert_eq!(tally.failures_since_success, 0);
}

#[test]
fn who_stops_a_run_tells_nobody() {
    let job = job(&format!("{MAIL}on_failure: /bin/a\non_success: /bin/a\n"));
    for outcome in [Outcome::Stopped, Outcome::Interrupted] {
        assert!(notices(&job, &ended(outcome, None, None, None), &about(0, 3)).is_empty(), "{outcome}");
    }
}

/// The sentences of the original where it had one.
#[test]
fn each_end_has_its_sentence() {
    let job = job(&format!("{MAIL}timeout: 10\n"));
    let of = |news| notices(&job, &news, &about(1, 0))[0].facts.message.clone();
    let failed = |cause, exit, reason| ended(Outcome::Failure, Some(cause), exit, reason);
    assert_eq!(of(failure()), "Tea failed with code 3");
    assert_eq!(
        of(failed(Cause::ExitCode, Some(Exit::Code(1)), Some("command 2 of 3"))),
        "Tea failed with code 1: command 2 of 3"
    );
    assert_eq!(
        of(failed(Cause::Signal, Some(Exit::Signal(11)), Some("killed by SIGSEGV"))),
        "Tea failed: killed by SIGSEGV"
    );
    assert_eq!(of(failed(Cause::OutOfMemory, None, Some("out of memory"))), "Tea ran out of memory");
    let missing = failed(Cause::NotStarted, Some(Exit::Code(127)), Some("/x: command not found"));
    assert_eq!(of(missing), "Tea could not start: /x: command not found");
    assert_eq!(of(ended(Outcome::Timeout, None, None, None)), "Tea timed out after 10min");
}

#[test]
fn a_mail_says_what_a_person_must_know() {
    let job = job(MAIL);
    let about = Circumstances {
        paused: Some("3 failures in a row"),
        log: Some("/var/log/process-control/tea/tea-x.log".to_owned()),
        ..about(3, 2)
    };
    let notice = notices(&job, &failure(), &about).remove(0);
    let lines = ["one".to_owned(), ".".to_owned(), "two\u{1b}[2J\nBcc: x@example.org".to_owned()];
    let letter = letter(&notice.facts, Ok(&lines));
    assert_eq!(letter.subject, "Fail Mail (db1) run-job: Tea failed with code 3, and is paused: 3 failures in a row");
    assert_eq!(
        letter.body,
        "\
Tea failed with code 3, and is paused: 3 failures in a row

job      tea
host     db1
outcome  failure, exit code, exit status 3
failures 3 in a row
paused   3 failures in a row
start    2027-01-15T08:00:00.000000Z
end      2027-01-15T08:00:05.000000Z
took     5.0 s
by       timer
run      0c8a435742714bec98b26b513e691b74
log      /var/log/process-control/tea/tea-x.log

The last lines of the run:

  one
  .
  two[2J Bcc: x@example.org

More:

  jobctl status tea
  jobctl logs tea --run 0c8a435742714bec98b26b513e691b74
  jobctl resume tea
"
    );
}

/// healthchecks.io: `/start`, `/fail`, `/EXITCODE`, `/log`.
#[test]
fn a_ping_says_by_its_address_what_happened() {
    let job = job(
        "on_start: {ping: 'https://hc/x'}\non_success: {ping: 'https://hc/x'}\non_failure: {ping: 'https://hc/x'}\non_skip: {ping: 'https://hc/x'}\n",
    );
    let url = Url::parse("https://hc/x").unwrap();
    let asked = |news: News| {
        let address = ping(&url, &notices(&job, &news, &about(0, 0))[0].facts).to_string();
        address.strip_suffix("?rid=0c8a4357-4271-4bec-98b2-6b513e691b74").map(str::to_owned).unwrap_or(address)
    };
    let failed = |cause, exit| asked(ended(Outcome::Failure, Some(cause), Some(exit), None));
    assert_eq!(asked(failure()), "https://hc/x/3");
    assert_eq!(failed(Cause::Signal, Exit::Signal(9)), "https://hc/x/fail");
    assert_eq!(failed(Cause::NotStarted, Exit::Code(127)), "https://hc/x/fail");
    // a code that healthchecks.io would take for success, or does not know
    assert_eq!(failed(Cause::ExitCode, Exit::Code(0)), "https://hc/x/fail");
    assert_eq!(asked(ended(Outcome::Timeout, None, None, None)), "https://hc/x/fail");
    assert_eq!(asked(ended(Outcome::Success, None, Some(Exit::Code(0)), None)), "https://hc/x");
    let News::Ended(run, _) = failure() else { unreachable!() };
    assert_eq!(asked(News::Started(run.clone())), "https://hc/x/start");
    assert_eq!(asked(News::Skipped(run)), "https://hc/x/log");
}

#[test]
fn hooks_that_say_nothing_or_too_much_are_refused() {
    for (text, what) in [
        ("on_start: {}", "this tells nobody"),
        ("on_start: {ping: 'https://a/', webhook: 'https://a/'}", "several hooks in one"),
        ("on_start: {webhook: 'https://a/', method: GET}", "method is for a ping"),
        ("on_start: {ping: 'https://me:secret@a/'}", "no address of the web"),
        ("on_start: {ping: 'https://a/', method: PUT}", "no method of a ping"),
        ("on_start: {mail: 'a@b'}", "an unknown key"),
        ("on_start: ''", "the command is empty"),
        ("on_start: [['a']]", "a list in a list"),
        ("failmail: {smtp: 'a b'}", "no mail server"),
        ("unrecoverable_exit_codes: 0", "0 is a success"),
    ] {
        let text = format!("name: A\ncommand: 'true'\n{text}\n");
        let Config { defaults, ceilings, .. } = Config::default();
        let (job, problems) = Job::read(&JobName::new("a").unwrap(), text.as_bytes(), &defaults, &ceilings);
        assert!(job.is_none() && problems.iter().any(|it| it.to_string().contains(what)), "{text}: {problems:?}");
        assert!(problems.iter().all(|problem| !problem.to_string().contains("secret")), "{problems:?}");
    }
}

/// A job's own hooks for an event replace those of the defaults; those for other events stay.
#[test]
fn hooks_are_inherited_event_by_event() {
    let (config, mut problems) = ("default_job_config:\n  on_start: /bin/a\n  on_failure: /bin/b\n", Vec::new());
    let config = process_control::config::read(None, config.as_bytes(), &mut problems).unwrap();
    let text = b"name: A\ncommand: 'true'\non_start: /bin/c\n";
    let job = Job::read(&JobName::new("a").unwrap(), text, &config.defaults, &config.ceilings).0.unwrap();
    let of = |event| format!("{:?}", job.hooks.of(event));
    assert!(of(Event::Start).contains("/bin/c") && of(Event::Failure).contains("/bin/b"));
    assert!(job.hooks.of(Event::Skip).is_empty());
}
