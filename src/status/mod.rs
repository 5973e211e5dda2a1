//! What a person sees of jobs: facts → state → text or JSON.

mod json;
mod original;
mod select;
mod table;

pub use json::json;
pub use original::{Health, icinga, list, status};
pub use select::select;
pub use table::{Header, Table, table};

use crate::history::{History, Outcome, Run};
use crate::job::{Activity, Job, JobName, Timing};
use chrono::{DateTime, Utc};
use std::fmt;

/// What is known of one job at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its name.
    pub name: JobName,
    /// What its file says; none if that has an error.
    pub job: Option<Job>,
    /// The process that runs it, if one does; 0 if it is not known which.
    pub pid: Option<u32>,
    /// What its pause marker says, if it has one.
    pub paused: Option<String>,
    /// When its timer elapses next, as systemd says.
    pub next: Option<DateTime<Utc>>,
    /// What became of its runs.
    pub history: History,
}

/// What a job does, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its file has an error.
    Invalid,
    /// A run goes on.
    Running,
    /// Somebody paused it.
    Paused,
    /// Key `disabled`.
    Disabled,
    /// Its last run was no success.
    Failed,
    /// Its timer will start it.
    Waiting,
    /// Only people start it, or the boot.
    Manual,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Invalid => "invalid",
            State::Running => "running",
            State::Paused => "paused",
            State::Disabled => "disabled",
            State::Failed => "failed",
            State::Waiting => "waiting",
            State::Manual => "manual",
        })
    }
}

impl Facts {
    /// What the job does. What a person must know first comes first.
    pub fn state(&self) -> State {
        let Some(job) = &self.job else { return State::Invalid };
        if self.pid.is_some() {
            State::Running
        } else if self.paused.is_some() {
            State::Paused
        } else if job.activity == Activity::Disabled {
            State::Disabled
        } else if self.last_failed() {
            State::Failed
        } else if matches!(job.timing, Timing::Manual | Timing::AtBoot) {
            State::Manual
        } else {
            State::Waiting
        }
    }

    /// The last run, skipped starts left out.
    pub fn last_run(&self) -> Option<&Run> {
        self.history.runs.iter().rev().find(|run| run.end.is_some() && !run.is_skipped())
    }

    fn last_failed(&self) -> bool {
        let outcome = self.last_run().and_then(|run| Some(run.end.as_ref()?.outcome));
        matches!(outcome, Some(Outcome::Failure | Outcome::Timeout | Outcome::Interrupted))
    }
}
