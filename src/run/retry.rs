//! Whether a run that failed is tried again. systemd does that when `run-job` asks for it, which decides after each
//! attempt, and announces the next one in the history: what cannot be announced is not asked for.

use super::due::Slot;
use crate::history::{Cause, Command, End, Exit, History, Outcome, Run};
use crate::job::Job;
use crate::job::retries::Growth;
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;

/// Why there is no other attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// There is nothing to try again: no failure, or a job without `retries`.
    Settled,
    /// It was tried so often.
    Spent(u32),
    /// The exit code says that it would fail again.
    Unrecoverable(i32),
    /// The next start comes first, and it is for a slot of its own.
    NextStart(DateTime<Utc>),
}

/// What is known when an attempt has ended.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The job.
    pub job: &'a Job,
    /// Which attempt it was, from 1 on.
    pub number: u32,
    /// How it ended.
    pub end: &'a End,
    /// When the job's timer starts it next.
    pub next: Slot,
    /// How systemd reckons the delay.
    pub growth: Growth,
}

impl Attempt<'_> {
    /// When the next attempt comes.
    ///
    /// # Errors
    /// Why none does.
    pub fn next(&self) -> Result<DateTime<Utc>, Over> {
        let failed = matches!(self.end.outcome, Outcome::Failure | Outcome::Timeout);
        let Some(retries) = self.job.retries.filter(|_| failed) else { return Err(Over::Settled) };
        match (self.end.cause, self.end.exit) {
            (Some(Cause::ExitCode), Some(Exit::Code(code))) if self.job.gives_up_at(code) => {
                return Err(Over::Unrecoverable(code));
            }
            _ => {}
        }
        if self.number > retries.most {
            return Err(Over::Spent(self.number));
        }
        let at = self.end.at + retries.delay_after(self.number, self.growth).delta();
        match self.next {
            Some(next) if next <= at => Err(Over::NextStart(next)),
            _ => Ok(at),
        }
    }
}

impl Over {
    /// The end of a run that would have been tried again, with why it is not.
    pub fn on(self, end: End) -> End {
        if self == Over::Settled {
            return end;
        }
        let before = end.reason.map(|reason| format!("{reason}; ")).unwrap_or_default();
        End { reason: Some(format!("{before}no other attempt: {self}")), ..end }
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Over::Settled => f.write_str("there is nothing to try again"),
            Over::Spent(attempts) => write!(f, "it was tried {attempts} times"),
            Over::Unrecoverable(code) => write!(f, "exit code {code} is unrecoverable"),
            Over::NextStart(at) => write!(f, "the next start comes first, at {}", at.format("%Y-%m-%d %H:%M:%S UTC")),
        }
    }
}

/// systemd makes an attempt a little later than it was announced; what has not come by then does not come.
pub const LATE: TimeDelta = TimeDelta::seconds(30);

/// A start that a person or systemd makes may be that much later than the attempt that was announced.
const GRACE: TimeDelta = TimeDelta::minutes(1);

/// What a start is that no timer made.
#[derive(Clone, Debug, PartialEq)]
pub enum Series {
    /// The first attempt of a start of its own.
    First,
    /// The attempt after this run.
    Next(Box<Run>),
    /// An attempt that systemd makes though those that were to come were given up: by a run by hand, for one.
    Over,
}

impl Series {
    /// The run before, if this is another attempt.
    pub fn before(&self) -> Option<&Run> {
        match self {
            Series::Next(run) => Some(run),
            Series::First | Series::Over => None,
        }
    }
}

/// Who starts a job that waits for its next attempt makes that, unless they want the slow start of it. `restarts` asks systemd
/// how often it has started the unit again (`NRestarts=`), none if it does not answer; a host that slept makes the attempt
/// when it wakes.
pub fn series(
    (job, command): (&Job, Command),
    history: &History,
    boot: &str,
    now: DateTime<Utc>,
    restarts: impl Fn() -> Option<u32>,
) -> Series {
    let announced = history.announced().filter(|(run, _)| run.boot == boot);
    let is_same = |run: &Run| command == Command::Normal || run.command == command;
    match announced {
        Some((run, at)) if is_same(run) && (now <= at + GRACE || restarts() != Some(0)) => {
            Series::Next(Box::new(run.clone()))
        }
        None if job.retries.is_some() && restarts().is_some_and(|restarts| restarts > 0) => Series::Over,
        _ => Series::First,
    }
}

/// Whether the timer elapsed while the unit waited for its restart: then the start is for the timer's slot. systemd
/// 252 makes it when the wait is over, 257 at once. `last` is when the timer elapsed last, `seen` when it did for the
/// last start that is known, `wait` the longest that systemd may have waited.
pub fn elapsed_during_wait(
    last: Option<DateTime<Utc>>,
    seen: Option<DateTime<Utc>>,
    wait: TimeDelta,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let is_new =
        |last: &DateTime<Utc>| seen.is_none_or(|seen| *last > seen) && now - *last <= wait + super::trigger::FRESH;
    last.filter(is_new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Trigger;
    use crate::job::{Ceilings, JobName, Spec};

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn next(keys: &str, number: u32, outcome: Outcome, code: i32, next: Option<i64>) -> Result<i64, Over> {
        let text = format!("name: A\ncommand: 'true'\n{keys}");
        let name = JobName::new("a").unwrap();
        let (job, _) = Job::read(&name, text.as_bytes(), &Spec::default(), &Ceilings::default());
        let cause = (outcome == Outcome::Failure).then_some(Cause::ExitCode);
        let end = End { at: at(100), outcome, cause, exit: Some(Exit::Code(code)), reason: None };
        let (job, next) = (job.unwrap(), next.map(at));
        Attempt { job: &job, number, end: &end, next, growth: Growth::Steps }.next().map(|at| at.timestamp())
    }

    #[test]
    fn a_failure_is_tried_again_until_the_next_start() {
        let keys = "retries: 2\nretry_delay: 30s\nretry_backoff: 1min\nunrecoverable_exit_codes: 9\n";
        let failed = |number, soon| next(keys, number, Outcome::Failure, 1, soon);
        assert_eq!(failed(1, None), Ok(130));
        assert_eq!(failed(2, Some(161)), Ok(160));
        assert_eq!(failed(2, Some(160)), Err(Over::NextStart(at(160))));
        assert_eq!(failed(3, None), Err(Over::Spent(3)));
        assert_eq!(next(keys, 1, Outcome::Timeout, 0, None), Ok(130));
        assert_eq!(next(keys, 1, Outcome::Failure, 9, None), Err(Over::Unrecoverable(9)));
        for outcome in [Outcome::Success, Outcome::Stopped, Outcome::Skipped, Outcome::Interrupted] {
            assert_eq!(next(keys, 1, outcome, 0, None), Err(Over::Settled));
        }
        assert_eq!(next("", 1, Outcome::Failure, 1, None), Err(Over::Settled));
    }

    #[test]
    fn the_end_of_the_last_attempt_says_why_there_is_no_other() {
        let end = |reason: Option<&str>| End {
            at: at(0),
            outcome: Outcome::Failure,
            cause: None,
            exit: None,
            reason: reason.map(str::to_owned),
        };
        let on = |over: Over, reason| over.on(end(reason)).reason.unwrap_or_default();
        assert_eq!(on(Over::Spent(3), None), "no other attempt: it was tried 3 times");
        let both = "command 2 of 3; no other attempt: exit code 9 is unrecoverable";
        assert_eq!(on(Over::Unrecoverable(9), Some("command 2 of 3")), both);
        assert_eq!(on(Over::Settled, None), "");
    }

    #[test]
    fn a_start_is_an_attempt_only_if_one_was_announced() {
        let run = |id: &str, retry| {
            let run = Run::begun(id.to_owned(), Trigger::Timer, Command::Normal, at(90), "boot".to_owned());
            let end = End { at: at(100), outcome: Outcome::Failure, cause: None, exit: None, reason: None };
            Run { end: Some(end), retry, ..run }
        };
        let announced = History { runs: vec![run("a", Some(at(130)))], ..History::default() };
        let last = History { runs: vec![run("a", None)], ..History::default() };
        let unasked = || panic!("there is no need to ask");
        let job = |keys: &str| {
            let text = format!("name: A\ncommand: 'true'\n{keys}");
            let name = JobName::new("a").unwrap();
            Job::read(&name, text.as_bytes(), &Spec::default(), &Ceilings::default()).0.unwrap()
        };
        let (tried, plain) = (job("retries: 2\nslow_start_command: 'true'\n"), job(""));
        let normal = (&tried, Command::Normal);
        let attempt = Series::Next(Box::new(announced.runs[0].clone()));
        assert_eq!(series(normal, &announced, "boot", at(130), unasked), attempt);
        assert_eq!(series(normal, &announced, "boot", at(110), unasked), attempt, "somebody was faster");
        assert_eq!(series(normal, &announced, "boot", at(500), || Some(1)), attempt, "the host slept");
        assert_eq!(series(normal, &announced, "boot", at(500), || None), attempt, "nobody answers");
        assert_eq!(series(normal, &announced, "boot", at(500), || Some(0)), Series::First, "it was stopped meanwhile");
        assert_eq!(series(normal, &announced, "other", at(110), || Some(0)), Series::First, "the host booted");
        assert_eq!(series((&tried, Command::SlowStart), &announced, "boot", at(110), unasked), Series::First);
        assert_eq!(series(normal, &last, "boot", at(110), || Some(0)), Series::First);
        assert_eq!(series(normal, &last, "boot", at(110), || Some(1)), Series::Over, "it was given up");
        assert_eq!(series((&plain, Command::Normal), &last, "boot", at(110), unasked), Series::First);
        assert_eq!(series(normal, &History::default(), "boot", at(110), || None), Series::First);
    }

    #[test]
    fn a_timer_that_elapses_during_the_wait_is_believed_once() {
        let elapsed = |last, seen| elapsed_during_wait(last, seen, TimeDelta::seconds(60), at(200));
        assert_eq!(elapsed(Some(at(150)), Some(at(100))), Some(at(150)));
        assert_eq!(elapsed(Some(at(100)), Some(at(100))), None);
        assert_eq!(elapsed(None, Some(at(100))), None);
        assert_eq!(elapsed(Some(at(70)), Some(at(40))), None, "that was for another start");
    }
}
