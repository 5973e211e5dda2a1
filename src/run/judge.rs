//! What a run came to, from what systemd says of it or from what the supervisor saw.

use crate::history::{Cause, End, Exit, Outcome};
use crate::job::{Job, TimeSpan};
use chrono::{DateTime, Utc};
use std::fmt;
use std::time::Duration;

/// `$SERVICE_RESULT`, `$EXIT_CODE` and `$EXIT_STATUS` of systemd.exec(5), as `ExecStopPost=` gets
/// them, and how long the run took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEnd {
    /// systemd's word for the result.
    pub result: String,
    /// How the main process ended; none when there was none.
    pub exit: Option<Exit>,
    /// From the start record to now.
    pub took: TimeSpan,
    /// Whether the end was ordered.
    pub order: Order,
}

/// Whether somebody told systemd to end the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// A person, or the host's shutdown.
    Stop,
    /// Nobody.
    None,
    /// systemd did not answer, or was not asked.
    Unknown,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// What made it a failure, if it is one.
    pub cause: Option<Cause>,
    /// The status, if a command ran.
    pub exit: Option<Exit>,
    /// More than the outcome says.
    pub reason: Option<String>,
}

impl Verdict {
    /// What a command's own end means for the job.
    pub fn of_exit(exit: Exit, job: Option<&Job>) -> Verdict {
        let (outcome, cause, reason) = match exit {
            Exit::Code(code) if job.map_or(code == 0, |job| job.succeeds_with(code)) => (Outcome::Success, None, None),
            Exit::Code(_) => (Outcome::Failure, Some(Cause::ExitCode), None),
            Exit::Signal(signal @ (HUP | INT | TERM)) => {
                (Outcome::Stopped, None, Some(format!("by {}", signal_name(signal))))
            }
            Exit::Signal(signal) => {
                (Outcome::Failure, Some(Cause::Signal), Some(format!("killed by {}", signal_name(signal))))
            }
        };
        Verdict { outcome, cause, exit: Some(exit), reason }
    }

    /// It took too long.
    pub fn timeout() -> Verdict {
        Verdict { outcome: Outcome::Timeout, cause: None, exit: None, reason: None }
    }

    /// It never came to a command; `code` is what `run-job` exits with.
    pub fn not_started(reason: &str, code: u8) -> Verdict {
        Verdict {
            outcome: Outcome::Failure,
            cause: Some(Cause::NotStarted),
            exit: Some(Exit::Code(code.into())),
            reason: Some(crate::job::text::one_line(reason)),
        }
    }

    /// `run-job` ended before it came to a command, with a code of its own.
    pub fn before_the_command(code: i32) -> Verdict {
        let not_started = Some(Cause::NotStarted);
        let (outcome, cause, reason) = match u8::try_from(code) {
            Ok(super::BUSY) => (Outcome::Skipped, None, "the previous run is still going on"),
            Ok(super::WRONG_USER) => (Outcome::Failure, not_started, "not started: the wrong user"),
            _ => (Outcome::Failure, not_started, "not started: the job file or the configuration has an error"),
        };
        Verdict { outcome, cause, exit: Some(Exit::Code(code)), reason: Some(reason.to_owned()) }
    }

    /// Somebody told the run to end, whatever the command made of it.
    #[must_use]
    pub fn stopped(self) -> Verdict {
        Verdict { outcome: Outcome::Stopped, cause: None, ..self }
    }

    /// Says which command it was, where there are several and it matters.
    #[must_use]
    pub fn about(self, which: Option<String>) -> Verdict {
        if self.outcome == Outcome::Success {
            return self;
        }
        let reason = [which, self.reason].into_iter().flatten().collect::<Vec<_>>().join(", ");
        Verdict { reason: (!reason.is_empty()).then_some(reason), ..self }
    }

    /// As the end of a run, for the history.
    pub fn at(&self, at: DateTime<Utc>) -> End {
        End { at, outcome: self.outcome, cause: self.cause, exit: self.exit, reason: self.reason.clone() }
    }

    /// Whether the unit should be failed though systemd would call this clean.
    pub fn contradicts(&self, result: &str) -> bool {
        result == "success" && matches!(self.outcome, Outcome::Failure | Outcome::Timeout)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.outcome)?;
        match self.exit {
            Some(Exit::Code(code)) => write!(f, ", exit code {code}")?,
            Some(Exit::Signal(_)) | None => {}
        }
        match &self.reason {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}

/// The signals with which people, terminals and shutdowns end programs.
const HUP: i32 = 1;
const INT: i32 = 2;
const TERM: i32 = 15;
/// What nobody survives.
pub const KILL: i32 = 9;

/// The outcome of a run that systemd watched; `job` is none when its file has gone meanwhile.
pub fn service(end: &ServiceEnd, job: Option<&Job>) -> Verdict {
    let failure = |cause, reason: String| Verdict {
        outcome: Outcome::Failure,
        cause: Some(cause),
        exit: end.exit,
        reason: Some(reason),
    };
    match (end.result.as_str(), end.exit) {
        ("timeout", exit) if timed_out(end, job) => Verdict { exit, ..Verdict::timeout() },
        ("timeout", exit) => Verdict {
            outcome: Outcome::Stopped,
            cause: None,
            exit,
            reason: Some("killed, as it did not end when told to".to_owned()),
        },
        ("oom-kill", _) => failure(Cause::OutOfMemory, "out of memory".to_owned()),
        ("success" | "exit-code" | "signal" | "core-dump", Some(exit)) => match Verdict::of_exit(exit, job) {
            // a command that is told to end may say so with a code of its own
            verdict if verdict.outcome == Outcome::Failure && end.order == Order::Stop => verdict.stopped(),
            verdict => verdict,
        },
        (result, _) => failure(Cause::NotStarted, format!("systemd says {}", crate::job::text::one_line(result))),
    }
}

/// From systemd's start of the clock to our start record: the history may be locked, PID 1 asked, the host busy.
const HEAD_START: Duration = Duration::from_secs(5);

/// systemd says `timeout` both when the job took too long and when it ignored a stop.
fn timed_out(end: &ServiceEnd, job: Option<&Job>) -> bool {
    // the file may have another timeout by now than the run had
    let too_long = |timeout: TimeSpan| end.took.duration() + HEAD_START >= timeout.duration();
    match end.order {
        Order::Stop => false,
        Order::None => true,
        Order::Unknown => job.is_none_or(|job| job.timeout.is_some_and(too_long)),
    }
}

/// Signals 1 to 31, as most architectures number them.
const SIGNALS: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
    "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
    "PWR", "SYS",
];
/// The first real-time signal that programs have, after those that the C library keeps for itself.
const RTMIN: i32 = 34;

/// The usual name of a signal.
pub fn signal_name(signal: i32) -> String {
    let known = usize::try_from(signal - 1).ok().and_then(|at| SIGNALS.get(at));
    known.map_or_else(|| format!("signal {signal}"), |name| format!("SIG{name}"))
}

/// A signal by the name that `$EXIT_STATUS` has for it, without `SIG`, or by its number.
pub fn signal_number(name: &str) -> Option<i32> {
    if let Some(more) = name.strip_prefix("RTMIN") {
        let more: i32 = if more.is_empty() { 0 } else { more.strip_prefix('+')?.parse().ok()? };
        return (0..=30).contains(&more).then_some(RTMIN + more);
    }
    name.parse().ok().or_else(|| (1..).zip(SIGNALS).find(|(_, known)| *known == name).map(|(signal, _)| signal))
}
