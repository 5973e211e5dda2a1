//! How a run ended.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How a run ended, in the words of history, JSON and mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every command ended with an exit code that counts as success.
    Success,
    /// A command ended otherwise, or could not be started.
    Failure,
    /// It took longer than `timeout`.
    Timeout,
    /// A person or the host's shutdown ended it.
    Stopped,
    /// It was not started, on purpose.
    Skipped,
    /// The host or `run-job` went away, and nobody saw the end.
    Interrupted,
}

impl Outcome {
    /// Whether the time from start to end is how long the run took: a skipped start took none, and when an
    /// interrupted run ended nobody knows.
    pub fn lasted(self) -> bool {
        !matches!(self, Outcome::Skipped | Outcome::Interrupted)
    }

    /// The original's word for an event.
    pub fn original_status(self) -> &'static str {
        match self {
            Outcome::Success => "completed",
            Outcome::Skipped => "skipped",
            _ => "failed",
        }
    }

    /// The original's word in `last_completion_status`.
    pub fn original_completion(self) -> &'static str {
        match self {
            Outcome::Success => "success",
            Outcome::Skipped => "skipped",
            _ => "failure",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Success => "success",
            Outcome::Failure => "failure",
            Outcome::Timeout => "timeout",
            Outcome::Stopped => "stopped",
            Outcome::Skipped => "skipped",
            Outcome::Interrupted => "interrupted",
        })
    }
}

/// What made a run fail, where its outcome is `failure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// An exit code that is no success.
    ExitCode,
    /// A signal ended it.
    Signal,
    /// The kernel ended it, as it needed more memory than it may have.
    OutOfMemory,
    /// It never came to its command: there is none, or the user is gone, or the lock cannot be made.
    NotStarted,
}

impl Cause {
    /// As a program reads it.
    pub fn word(self) -> &'static str {
        match self {
            Cause::ExitCode => "exit-code",
            Cause::Signal => "signal",
            Cause::OutOfMemory => "out-of-memory",
            Cause::NotStarted => "not-started",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cause::ExitCode => "exit code",
            Cause::Signal => "signal",
            Cause::OutOfMemory => "out of memory",
            Cause::NotStarted => "not started",
        })
    }
}

/// How a program ended, as wait(2) tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with a code.
    Code(i32),
    /// By a signal.
    Signal(i32),
}

impl Exit {
    /// As a shell says it: the code, or 128 and the signal.
    pub fn status(self) -> i32 {
        match self {
            Exit::Code(code) => code,
            Exit::Signal(signal) => signal.saturating_add(128),
        }
    }
}
