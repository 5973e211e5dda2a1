//! Jobs and runs as JSON; the shapes are documented in `docs/json.md`. Written as it goes, not built
//! first: a host may have ten thousand jobs.

use super::{Facts, LockWait, Timer};
use crate::history::{Cause, Exit, Tally};
use crate::job::{self, JobName};
use crate::page::words::rfc3339 as time;
use crate::pause::{Hold, What};
use chrono::TimeDelta;
use serde::{Serialize, Serializer};

/// All jobs: `jobctl status --json`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Jobs<'a> {
    /// In the order in which they are shown.
    #[serde(serialize_with = "each_job")]
    pub jobs: &'a [Facts],
}

fn each_job<S: Serializer>(jobs: &[Facts], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(jobs.iter().map(JobEntry::of))
}

/// Every run of a job that is known: `jobctl history --json`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Runs<'a> {
    /// The job name.
    #[serde(serialize_with = "name")]
    pub job: &'a JobName,
    /// The last one first.
    #[serde(serialize_with = "each_run")]
    pub runs: &'a [super::Numbered<'a>],
}

fn each_run<S: Serializer>(runs: &[super::Numbered<'_>], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Entry<'a> {
        number: Option<usize>,
        #[serde(flatten)]
        run: RunEntry<'a>,
    }
    to.collect_seq(runs.iter().map(|entry| Entry { number: entry.number, run: RunEntry::of(entry.run) }))
}

fn name<S: Serializer>(name: &JobName, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(name.as_str())
}

#[derive(Serialize)]
struct JobEntry<'a> {
    job: &'a str,
    name: Option<&'a str>,
    state: &'static str,
    error: Option<String>,
    paused: Option<Paused<'a>>,
    pid: Option<u32>,
    running_since: Option<String>,
    last: Option<RunEntry<'a>>,
    timer: Option<&'static str>,
    next: Option<String>,
    left_out: Option<String>,
    timing: Option<String>,
    tags: Option<&'a [String]>,
    counts: Tally,
    history_error: Option<&'a str>,
    late: Option<String>,
    retry: Option<String>,
    waits_for: Option<Vec<&'a str>>,
    lock_wait: Option<Waits<'a>>,
}

impl<'a> JobEntry<'a> {
    fn of(facts: &'a Facts) -> Self {
        let job = facts.job.as_ref();
        JobEntry {
            job: facts.name.as_str(),
            name: job.map(|job| job.title.as_str()),
            state: facts.state().word(),
            error: facts.error.as_ref().map(ToString::to_string),
            paused: facts.pause.as_ref().map(Paused::of),
            pid: facts.running.and_then(|running| running.pid),
            running_since: facts.running.and_then(|running| running.since).map(time),
            last: facts.last_run().map(RunEntry::of),
            timer: match facts.timer {
                Timer::Unknown => None,
                Timer::Off => Some("inactive"),
                Timer::On(_) => Some("active"),
            },
            next: facts.next().map(time),
            left_out: facts.left_out.map(time),
            timing: job.map(|job: &job::Job| job.timing.record(job.zone.as_ref())),
            tags: job.map(|job| job.tags.as_slice()),
            counts: facts.recent.tally,
            history_error: facts.recent.unreadable.as_deref(),
            late: facts.late.map(super::late),
            retry: facts.retry.map(time),
            waits_for: facts.waits_for.as_ref().map(|others| others.iter().map(JobName::as_str).collect()),
            lock_wait: facts.lock_wait.as_ref().map(Waits::of),
        }
    }
}

#[derive(Serialize)]
struct Waits<'a> {
    reason: &'a str,
    jobs: Vec<&'a str>,
}

impl<'a> Waits<'a> {
    fn of(wait: &'a LockWait) -> Self {
        Waits { reason: &wait.why, jobs: wait.by.iter().map(JobName::as_str).collect() }
    }
}

#[derive(Serialize)]
struct Paused<'a> {
    by: &'a str,
    scope: &'static str,
    since: String,
    until: Option<String>,
    reason: Option<&'a str>,
}

impl<'a> Paused<'a> {
    fn of(hold: &'a Hold) -> Self {
        let until = match hold.marker.what {
            What::Until(end) => Some(time(end)),
            What::All | What::Slot(_) => None,
        };
        let reason = Some(hold.marker.reason.as_str()).filter(|reason| !reason.is_empty());
        Paused { by: &hold.by, scope: hold.scope.word(), since: time(hold.since), until, reason }
    }
}

/// One run, as every command that writes JSON has it.
#[derive(Serialize)]
struct RunEntry<'a> {
    run: &'a str,
    trigger: &'static str,
    command: &'static str,
    slot: Option<String>,
    start: Option<String>,
    end: Option<String>,
    duration: Option<f64>,
    outcome: Option<String>,
    cause: Option<Cause>,
    exit_status: Option<i32>,
    reason: Option<&'a str>,
    attempt: u32,
    retry: Option<String>,
}

impl<'a> RunEntry<'a> {
    fn of(run: &'a crate::history::Run) -> Self {
        let end = run.end.as_ref();
        RunEntry {
            run: &run.id,
            trigger: run.trigger.word(),
            command: run.command.key(),
            slot: run.slot.map(time),
            start: run.start.map(time),
            end: end.map(|end| time(end.at)),
            duration: run.took().map(TimeDelta::as_seconds_f64),
            outcome: end.map(|end| end.outcome.to_string()),
            cause: end.and_then(|end| end.cause),
            exit_status: end.and_then(|end| end.exit).map(Exit::status),
            reason: end.and_then(|end| end.reason.as_deref()),
            attempt: run.attempt,
            retry: run.retry.map(time),
        }
    }
}
