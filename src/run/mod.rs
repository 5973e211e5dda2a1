//! What `run-job` decides; what it does is in `sys`.
//!
//! One gate stands before every command: paused? due? running already? Each has its own answer
//! here, as data. The end of a run is judged here too.

pub mod after;
pub mod book;
pub mod due;
pub mod group;
pub mod judge;
pub mod keep;
pub mod late;
pub mod retry;
pub mod trigger;
pub mod turn;

use crate::history::{End, Outcome};
use crate::job::{JobName, Overtime};
use crate::pause::Hold;
use chrono::{DateTime, Utc};
use std::fmt;

/// Why a start was skipped. All are the outcome `skipped`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// A marker pauses the job.
    Paused(Hold),
    /// A marker says that this very slot is to be left out.
    LeftOut(Hold),
    /// Nothing was due: the timer elapsed for another reason than a slot.
    NotDue(due::NotDue),
    /// systemd makes an attempt that nobody waits for any more.
    GivenUp,
    /// The job is running.
    Busy,
    /// Others have all places of a group, and had them for as long as the job waits.
    Full(group::Group),
    /// A job runs that must not run together with it, and did so for as long as the job waits.
    Conflict(JobName),
}

impl Skip {
    /// As the end of a start, for the history.
    pub fn at(&self, at: DateTime<Utc>) -> End {
        End { at, outcome: Outcome::Skipped, cause: None, exit: None, reason: Some(self.to_string()) }
    }

    /// The exit status of `run-job`: 75 only where a person should hear of it.
    pub fn exit_code(&self, overtime: Overtime) -> u8 {
        match (self, overtime) {
            (Skip::Busy | Skip::Full(_) | Skip::Conflict(_), Overtime::Told) => crate::run::BUSY,
            _ => 0,
        }
    }
}

/// Exit status of a start that found the job running (`EX_TEMPFAIL` of sysexits.h).
pub const BUSY: u8 = 75;
/// Exit status for a user who may not run jobs (`EX_NOPERM`).
pub const WRONG_USER: u8 = 77;
/// Exit status for a job or a configuration with an error (`EX_CONFIG`).
pub const BAD_JOB: u8 = 78;
/// Exit status of a run by hand that took too long, as timeout(1) has it.
pub const TIMEOUT: u8 = 124;
/// Exit status when the program cannot be executed, as shells have it.
pub const NOT_EXECUTABLE: u8 = 126;
/// Exit status when there is no such program, as shells have it.
pub const NOT_FOUND: u8 = 127;

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Skip::Paused(hold) => write!(f, "paused {hold}"),
            Skip::LeftOut(hold) => write!(f, "left out {hold}"),
            Skip::NotDue(why) => why.fmt(f),
            Skip::GivenUp => {
                f.write_str("the attempts after a failure are over: the job has run since, or somebody gave them up")
            }
            Skip::Full(group) => group.fmt(f),
            Skip::Conflict(other) => write!(f, "the job {other} runs, and the two must not run together"),
            Skip::Busy => f.write_str("the previous run is still going on"),
        }
    }
}
