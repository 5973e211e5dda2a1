//! Jobs with a past and a future, for tests of pages.
#![allow(dead_code, reason = "each test program uses its own part")]

use chrono::{DateTime, TimeDelta, Utc};
use process_control::config::Config;
use process_control::history::{Command, End, Exit, History, Outcome, Recent, Run, Tally, Trigger};
use process_control::job::schedule::Zone;
use process_control::job::{Job, JobName, Problem};
use process_control::page::{Header, Page};
use process_control::status::{Facts, Service, Timer};

/// A Friday, eight o'clock.
pub(crate) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

/// A job of these keys, of which nothing else is known.
pub(crate) fn facts(name: &str, keys: &str) -> Facts {
    let name = JobName::new(name).unwrap();
    let Config { defaults, ceilings, .. } = Config::default();
    let command = if keys.contains("command:") { "" } else { "command: /bin/true\n" };
    let text = format!("name: Job {name}\n{command}{keys}\n");
    let (job, problems) = Job::read(&name, text.as_bytes(), &defaults, &ceilings);
    let error = problems.into_iter().find(Problem::is_error);
    let timer = if job.as_ref().is_some_and(Job::is_scheduled) { Timer::On(None) } else { Timer::Off };
    Facts {
        name,
        job,
        error,
        running: None,
        pause: None,
        left_out: None,
        timer,
        service: Service::Quiet,
        recent: Recent::default(),
        late: None,
        retry: None,
        lock_wait: None,
        waits_for: None,
    }
}

/// A run that ended so long ago, and took so long.
pub(crate) fn run(outcome: Outcome, exit: Option<Exit>, ago: TimeDelta, took: TimeDelta) -> Run {
    let end = NOW - ago;
    let id = format!("{:032x}", 0xabcd_0000_0000_u64 + ago.num_seconds().unsigned_abs());
    // the beginning is what people look at
    let id: String = id.chars().rev().collect();
    let mut run = Run::begun(id, Trigger::Timer, Command::Normal, end - took, String::new());
    run.end = Some(End { at: end, outcome, cause: None, exit, reason: None });
    run
}

/// The job after this run.
pub(crate) fn ran(mut facts: Facts, outcome: Outcome, ago: TimeDelta, took: TimeDelta) -> Facts {
    facts.recent.last_outcome = Some(outcome);
    facts.recent.run = Some(run(outcome, Some(Exit::Code(0)), ago, took));
    facts
}

/// The job whose timer elapses so soon.
pub(crate) fn next(facts: Facts, after: TimeDelta) -> Facts {
    Facts { timer: Timer::On(Some(NOW + after)), ..facts }
}

/// A history of runs, the oldest first.
pub(crate) fn history(runs: Vec<Run>) -> History {
    History { tally: Tally::of(&runs), runs, ..History::default() }
}

pub(crate) fn page(width: Option<usize>, zone: &Zone) -> Page<'_> {
    Page { width, header: Header::Shown, now: NOW, zone }
}

/// Without colours.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Whether a page keeps to its width.
#[track_caller]
pub(crate) fn fits(page: &str, width: usize) {
    let fits = |line: &str| line.chars().count() <= width && !line.ends_with(' ');
    assert!(page.lines().all(fits), "{width}:\n{page}");
}

pub(crate) fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings
}
