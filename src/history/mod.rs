//! What became of a job's runs.
//!
//! The file is the original's: a list `history` of entries with `status` and `time`, and
//! `last_completion_status`, so that its tools can read on. One entry is one run here, and has more
//! keys. Every job can write the history of every other, so what is read is taken for nothing more
//! than it is: text of a bounded length.

mod file;
mod outcome;
mod recent;
mod tally;

pub use file::{parse, render};
pub use outcome::{Cause, Exit, Outcome};
pub use recent::Recent;
pub use tally::Tally;

use chrono::{DateTime, TimeDelta, Utc};

/// How many runs are kept, and how many skipped starts besides.
pub const KEPT: usize = 20;

/// The history of one job, the oldest run first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Runs and skipped starts.
    pub runs: Vec<Run>,
    /// The timing under which a timer last started the job, and when that was.
    pub seen: Option<Seen>,
    /// What all runs came to, also those that have left the list.
    pub tally: Tally,
    /// When somebody last resumed the job, as far as the counts know of it.
    pub resumed: Option<DateTime<Utc>>,
    /// When a run last ended with a success, also if it has left the list.
    pub succeeded: Option<DateTime<Utc>>,
}

/// The timing under which a timer last started the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// [`crate::job::Timing::record`]: the timing with its zone.
    pub timing: String,
    /// When the timer elapsed.
    pub at: DateTime<Utc>,
}

/// One run, or one start that was skipped.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// systemd's invocation id, or one of our own by hand; empty in entries of the original.
    pub id: String,
    /// Who started it.
    pub trigger: Trigger,
    /// Which command.
    pub command: Command,
    /// The slot that it was for.
    pub slot: Option<DateTime<Utc>>,
    /// When it began.
    pub start: Option<DateTime<Utc>>,
    /// How it ended; none while it runs.
    pub end: Option<End>,
    /// The boot in which it began (`/proc/sys/kernel/random/boot_id`).
    pub boot: String,
    /// Which attempt it is, of those for one start: 1 for most.
    pub attempt: u32,
    /// It failed, and this is when the next attempt was to come. While none has come it counts for nothing.
    pub retry: Option<DateTime<Utc>>,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub outcome: Outcome,
    /// What made it a failure, if it is one.
    pub cause: Option<Cause>,
    /// With which status, if a command ran.
    pub exit: Option<Exit>,
    /// Why, in a few words, where the outcome does not say it all.
    pub reason: Option<String>,
}

/// Who started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Its timer.
    Timer,
    /// The success of others that it comes after.
    After,
    /// A person, another unit, or the boot.
    Manual,
}

/// Which of a job's commands a run runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `command`
    Normal,
    /// `slow_start_command`
    SlowStart,
}

/// Whether the end of a run was news to its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was.
    Yes,
    /// There is no such run, or its end was known.
    No,
}

impl Trigger {
    /// In a word, in files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Trigger::Timer => "timer",
            Trigger::After => "after",
            Trigger::Manual => "manual",
        }
    }
}

impl Command {
    /// The key of the job file.
    pub fn key(self) -> &'static str {
        match self {
            Command::Normal => "command",
            Command::SlowStart => "slow_start_command",
        }
    }
}

impl Run {
    /// A run that begins now.
    pub fn begun(id: String, trigger: Trigger, command: Command, start: DateTime<Utc>, boot: String) -> Run {
        Run { id, trigger, command, slot: None, start: Some(start), end: None, boot, attempt: 1, retry: None }
    }

    /// How long it took; none while it runs, and where nobody knows.
    pub fn took(&self) -> Option<TimeDelta> {
        let end = self.end.as_ref().filter(|end| end.outcome.lasted())?;
        Some(end.at - self.start?).filter(|took| *took >= TimeDelta::zero())
    }

    /// Whether it is a start that was skipped.
    pub fn is_skipped(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.outcome == Outcome::Skipped)
    }
}

fn success(end: &End) -> Option<DateTime<Utc>> {
    (end.outcome == Outcome::Success).then_some(end.at)
}

impl History {
    /// The run with this id.
    pub fn run(&self, id: &str) -> Option<&Run> {
        self.runs.iter().rev().find(|run| run.id == id && !id.is_empty())
    }

    /// Adds a run or a skipped start. What comes instead of an attempt that was announced means that none comes: see
    /// [`History::announced`].
    pub fn add(&mut self, run: Run) {
        self.succeeded = self.succeeded.max(run.end.as_ref().and_then(success));
        if run.attempt == 1 || run.is_skipped() {
            self.give_up();
        }
        if let Some(end) = &run.end {
            self.tally.count(end.outcome);
        }
        self.runs.push(run);
        // a job that is skipped every minute must not push its last real run out of sight
        for skipped in [false, true] {
            let count = self.runs.iter().filter(|run| run.is_skipped() == skipped).count();
            let mut surplus = count.saturating_sub(KEPT);
            self.runs.retain(|run| {
                let drop = surplus > 0 && run.is_skipped() == skipped;
                surplus -= usize::from(drop);
                !drop
            });
        }
    }

    /// The last run, if it failed and another attempt is to come, and when.
    pub fn announced(&self) -> Option<(&Run, DateTime<Utc>)> {
        let last = self.last_run()?;
        Some((last, last.retry?))
    }

    /// The attempt that was announced does not come: so the failure before it is one.
    pub fn give_up(&mut self) {
        let last = self.runs.iter_mut().rev().find(|run| !run.is_skipped());
        let Some(last) = last.filter(|last| last.retry.is_some()) else { return };
        last.retry = None;
        if let Some(end) = &last.end {
            self.tally.retries = self.tally.retries.saturating_sub(1);
            self.tally.count(end.outcome);
        }
    }

    /// Writes the end of a run, and when it is tried again, if it is. An end that is there already stays, except
    /// `interrupted`, which was a guess that this knows better.
    pub fn end(&mut self, id: &str, end: End, retry: Option<DateTime<Utc>>) -> Written {
        let Some(run) = self.runs.iter_mut().rev().find(|run| run.id == id && !id.is_empty()) else {
            return Written::No;
        };
        match &run.end {
            Some(known) if known.outcome != Outcome::Interrupted => return Written::No,
            Some(_) => self.tally.uncount_interrupted(),
            None => {}
        }
        match retry {
            None => self.tally.count(end.outcome),
            Some(_) => self.tally.retries = self.tally.retries.saturating_add(1),
        }
        run.retry = retry;
        let succeeded = success(&end);
        run.end = Some(end);
        self.succeeded = self.succeeded.max(succeeded);
        Written::Yes
    }

    /// Marks runs without an end as interrupted. Only for who holds the job's lock, and so knows
    /// that no other run goes on.
    pub fn settle(&mut self, now: DateTime<Utc>) {
        for run in self.runs.iter_mut().filter(|run| run.end.is_none()) {
            let outcome = Outcome::Interrupted;
            self.tally.count(outcome);
            run.end = Some(End { at: now, outcome, cause: None, exit: None, reason: None });
        }
    }

    /// Marks runs without an end that began in another boot than this one as interrupted, for whoever reads: they are
    /// over, and only when is not known.
    pub fn settle_other_boots(&mut self, boot: &str) {
        let gone = |run: &&mut Run| run.end.is_none() && ![boot, ""].contains(&&*run.boot) && !boot.is_empty();
        for run in self.runs.iter_mut().filter(gone) {
            let (at, outcome) = (run.start.unwrap_or_default(), Outcome::Interrupted);
            self.tally.count(outcome);
            run.end = Some(End { at, outcome, cause: None, exit: None, reason: Some("the host went away".to_owned()) });
        }
    }

    /// The entry that has ended last: not the last entry, where a start was skipped during a run.
    pub fn last_ended(&self) -> Option<(&Run, &End)> {
        self.runs.iter().filter_map(|run| Some((run, run.end.as_ref()?))).max_by_key(|(_, end)| end.at)
    }

    /// Whether a run began for this slot.
    pub fn has_run(&self, slot: DateTime<Utc>) -> bool {
        self.runs.iter().any(|run| run.slot == Some(slot) && !run.is_skipped())
    }

    /// The last run that was no skipped start.
    pub fn last_run(&self) -> Option<&Run> {
        self.runs.iter().rev().find(|run| !run.is_skipped())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_start_does_not_hide_the_failure_of_the_run_that_it_met() {
        let after = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let begun = |id: &str, at| Run::begun(id.to_owned(), Trigger::Timer, Command::Normal, after(at), String::new());
        let end = |at, outcome| End { at: after(at), outcome, cause: None, exit: None, reason: None };
        let mut history = History::default();
        history.add(begun("long", 0));
        history.add(Run { end: Some(end(60, Outcome::Skipped)), ..begun("met", 60) });
        history.end("long", end(90, Outcome::Failure), None);
        assert_eq!(history.last_ended().unwrap().1.outcome, Outcome::Failure);
    }

    #[test]
    fn an_attempt_counts_only_when_none_follows() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let begun = |id: &str, attempt| Run {
            attempt,
            ..Run::begun(id.to_owned(), Trigger::Timer, Command::Normal, at(0), String::new())
        };
        let failed = || End { at: at(5), outcome: Outcome::Failure, cause: None, exit: None, reason: None };
        let counts = |history: &History| (history.tally.failure, history.tally.retries);
        let mut history = History::default();
        history.add(begun("a", 1));
        history.end("a", failed(), Some(at(10)));
        assert_eq!((counts(&history), history.announced().map(|(_, at)| at)), ((0, 1), Some(at(10))));
        history.add(begun("b", 2));
        assert_eq!(counts(&history), (0, 1), "the attempt came");
        history.end("b", failed(), Some(at(20)));
        assert_eq!(counts(&history), (0, 2));
        let read = parse(&render(&history).unwrap()).unwrap();
        assert_eq!(read, history, "the file tells it");
        // another start came instead
        history.add(begun("c", 1));
        assert_eq!((counts(&history), history.announced()), ((1, 1), None));
        assert_eq!(history.run("b").unwrap().retry, None);
    }
}
