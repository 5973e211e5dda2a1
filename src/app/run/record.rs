//! What the history gets to know of a run.

use super::{Gate, Turn};
use crate::app::again;
use crate::app::book::{Book, Kept};
use crate::history::{History, Outcome, Run, Seen, Trigger};
use crate::job::retries::TRY_AGAIN;
use crate::notice::News;
use crate::run::book::{Unwritten, ended};
use crate::run::judge::Verdict;
use crate::run::retry::Over;
use crate::sys::clock;
use crate::sys::history::PATIENCE;
use crate::sys::invocation::Invocation;
use crate::sys::voice::Priority;

impl Gate {
    /// This run, or the start that is to become one.
    pub(super) fn run(&self) -> Run {
        if let Some(begun) = &self.begun {
            return begun.clone();
        }
        let run = Run::begun(
            self.invocation.id().to_owned(),
            match self.series.before() {
                Some(before) => before.trigger,
                _ if self.elapsed.is_some() => Trigger::Timer,
                _ if self.turn == Turn::Now => Trigger::After,
                _ => Trigger::Manual,
            },
            self.command,
            clock::now(),
            clock::boot_id(),
        );
        Run { attempt: self.number(), ..run }
    }

    /// Changes the history; a run goes on without one, and says so.
    pub(super) fn record(&self, change: impl FnOnce(&mut History, Run) -> News) -> Kept {
        let run = self.run();
        let seen = self.elapsed.map(|at| Seen { timing: self.job.timing.record(self.job.zone.as_ref()), at });
        let book = Book {
            config: &self.config,
            name: &self.job.name,
            job: Some(&self.job),
            voice: self.voice,
            patience: PATIENCE,
            unwritten: match self.invocation {
                Invocation::Unit { .. } => Unwritten::ToldByFinish,
                Invocation::Hand { .. } => Unwritten::ToldNow,
            },
        };
        book.write(|history| {
            let news = change(history, run);
            history.seen = seen.or(history.seen.take());
            news
        })
    }

    /// Which attempt it is, from 1 on.
    fn number(&self) -> u32 {
        self.series.before().map_or(1, |before| before.attempt.saturating_add(1))
    }

    /// The end of the run that this is. Gives the code to exit with: `code`, unless systemd must be told whether to
    /// start the job again.
    pub(super) fn record_end(&self, verdict: &Verdict, code: u8) -> u8 {
        let end = verdict.at(clock::now());
        let mut again = Err(Over::Settled);
        let kept = self.record(|history, run| {
            match (&self.invocation, history.run(&run.id)) {
                (Invocation::Unit { .. }, Some(run)) => again = again::next(&self.job, run, &end),
                // its start could not be written, and nobody comes after who would find that
                (Invocation::Hand { .. }, None) => history.add(run.clone()),
                (Invocation::Unit { .. }, None) | (Invocation::Hand { .. }, Some(_)) => {}
            }
            let end = again.err().map_or(end.clone(), |over| over.on(end));
            ended(history, &run.id, end, again.ok())
        });
        if kept == Kept::No {
            again = Err(Over::Settled);
        }
        let Some(retries) = self.job.retries.filter(|_| verdict.outcome != Outcome::Success) else { return code };
        let (name, of) = (&self.job.name, retries.most.saturating_add(1));
        match again {
            Ok(at) => {
                let (number, at) = (self.number() + 1, at.format("%Y-%m-%d %H:%M:%S UTC"));
                self.voice.say(Priority::Warning, &format!("{name}: attempt {number} of {of} comes at {at}"));
                TRY_AGAIN
            }
            Err(why) => {
                if why != Over::Settled {
                    self.voice.say(Priority::Error, &format!("{name}: no other attempt: {why}"));
                }
                // what asks systemd for another attempt has no other meaning
                if code == TRY_AGAIN { 1 } else { code }
            }
        }
    }

    /// A run that never came to its command. Gives the code to exit with: see [`Gate::record_end`].
    pub(super) fn not_started(&self, reason: &str, code: u8) -> u8 {
        self.record(|history, run| {
            if history.run(&run.id).is_none() {
                history.add(run);
            }
            News::Other
        });
        self.record_end(&Verdict::not_started(reason, code), code)
    }
}
