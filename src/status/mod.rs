//! What a person sees of jobs: facts → state → text or JSON.

mod changes;
mod explain;
mod history;
mod host;
mod icinga;
mod json;
pub mod log;
mod metrics;
mod one;
mod original;
mod refused;
mod select;
mod starts;
mod table;

pub use changes::{Change, Fate, brought, changes, fates, joined};
pub use explain::{Explained, explained};
pub use history::{Next, Numbered, numbered, outcome, runs};
pub use host::{Host, Waiting};
pub use icinga::{Health, icinga, icinga_details};
pub use json::{Jobs, Runs};
pub use metrics::metrics;
pub use one::{About, one};
pub use original::{list, status};
pub use refused::refused;
pub use select::{Selection, Unknown};
pub use table::{Sort, sort, table};

use crate::history::{Outcome, Recent, Run};
use crate::job::{Activity, Job, JobName, Problem, Timing};
use crate::page::words::span;
use crate::pause::Hold;
use crate::run::late::Late;
use chrono::{DateTime, Utc};
use std::fmt;

/// What is known of one job at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its name.
    pub name: JobName,
    /// What its file says; none if that has an error.
    pub job: Option<Job>,
    /// The first error of its file; with a job, if all but people are kept from starting it.
    pub error: Option<Problem>,
    /// The run that goes on.
    pub running: Option<Running>,
    /// The marker that pauses it.
    pub pause: Option<Hold>,
    /// The next start is left out, with all slots up to this one, as a marker says.
    pub left_out: Option<DateTime<Utc>>,
    /// What systemd says of its timer.
    pub timer: Timer,
    /// What systemd says of its service.
    pub service: Service,
    /// What became of its last runs.
    pub recent: Recent,
    /// What did not come in time.
    pub late: Option<Late>,
    /// When the next attempt comes, after one that failed.
    pub retry: Option<DateTime<Utc>>,
    /// What its start waits for that has its lock and has not begun.
    pub lock_wait: Option<LockWait>,
    /// Of a job that comes after others: those that have not succeeded since it last started. None for any other job,
    /// and for one that is disabled.
    pub waits_for: Option<Vec<JobName>>,
}

/// A run that goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Running {
    /// The process that holds the job's lock; none if none is known to.
    pub pid: Option<u32>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
}

/// What keeps a start from its run that has the lock of its job: the job counts as running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockWait {
    /// In the words with which the start is skipped, if it waits too long.
    pub why: String,
    /// The jobs that it waits for, as far as they are known.
    pub by: Vec<JobName>,
}

/// What systemd says of a job's timer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timer {
    /// It was not asked, or did not answer.
    #[default]
    Unknown,
    /// It will start nothing: there is none, or it is stopped.
    Off,
    /// It will start the job; when, if that is known: by systemd, or as [`Facts::foresee`] works it out.
    On(Option<DateTime<Utc>>),
}

/// What systemd says of a job's service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Service {
    /// It was not asked, it did not answer, or there is nothing to say.
    #[default]
    Quiet,
    /// Its last start or run failed.
    Failed,
}

/// What a job does, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its file has an error.
    Invalid,
    /// Its last run was no success.
    Failed,
    /// A run goes on.
    Running,
    /// An attempt failed, and the next one is to come.
    Retrying,
    /// Somebody paused it.
    Paused,
    /// Its timer will start it.
    Waiting,
    /// Only people start it, or the boot.
    Manual,
    /// Key `disabled`.
    Disabled,
}

impl State {
    /// In the order in which a person must look at them.
    pub const ALL: [State; 8] = [
        State::Invalid,
        State::Failed,
        State::Running,
        State::Retrying,
        State::Paused,
        State::Waiting,
        State::Manual,
        State::Disabled,
    ];

    /// In a word, in tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            State::Invalid => "invalid",
            State::Failed => "failed",
            State::Running => "running",
            State::Retrying => "retrying",
            State::Paused => "paused",
            State::Waiting => "waiting",
            State::Manual => "manual",
            State::Disabled => "disabled",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is late, for people and Icinga: `its start of 03:00:00 UTC did not come`.
pub fn late(late: Late) -> String {
    match late {
        Late::Missing(slot) => format!("its start of {} did not come", slot.format("%Y-%m-%d %H:%M:%S UTC")),
        Late::Began(late) => format!("its last run began {} late", span(late)),
        Late::Long(over) => format!("it runs {} longer than expected", span(over)),
    }
}

impl Facts {
    /// What the job does. What a person must know first comes first.
    pub fn state(&self) -> State {
        let Some(job) = &self.job else { return State::Invalid };
        if self.running.is_some() {
            State::Running
        } else if self.error.is_some() {
            State::Invalid
        } else if self.pause.is_some() {
            State::Paused
        } else if self.retry.is_some() {
            State::Retrying
        } else if job.activity == Activity::Disabled {
            State::Disabled
        } else if self.has_failed() {
            State::Failed
        } else if matches!(job.timing, Timing::Manual | Timing::AtBoot) {
            State::Manual
        } else {
            State::Waiting
        }
    }

    /// The last run that has ended, skipped starts left out.
    pub fn last_run(&self) -> Option<&Run> {
        self.recent.run.as_ref()
    }

    /// What became of the attempt that the last run announced.
    pub fn next_attempt(&self) -> Next {
        match (self.retry, &self.recent.open) {
            (Some(_), None) => Next::ToCome,
            (_, Some(_)) => Next::Made,
            (None, None) => Next::Missed,
        }
    }

    /// Whether no timer starts it, as its file says.
    pub fn has_no_timer(&self) -> bool {
        self.job.as_ref().is_none_or(|job| !job.has_timer())
    }

    /// Whether it should have a timer that runs, and has none.
    pub fn lacks_timer(&self) -> bool {
        self.timer == Timer::Off && self.job.as_ref().is_some_and(Job::has_timer)
    }

    /// systemd knows of a failed start that never came to a run, and history of failures that systemd
    /// has forgotten.
    fn has_failed(&self) -> bool {
        let outcome = self.last_run().and_then(|run| Some(run.end.as_ref()?.outcome));
        self.service == Service::Failed
            || matches!(outcome, Some(Outcome::Failure | Outcome::Timeout | Outcome::Interrupted))
    }
}
