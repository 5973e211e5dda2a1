//! What the history gets to know of a run.

use super::Gate;
use crate::app::book::{Book, ended};
use crate::history::{History, Run, Seen, Trigger};
use crate::notice::News;
use crate::run::judge::Verdict;
use crate::sys::clock;
use crate::sys::history::PATIENCE;

impl Gate {
    /// Changes the history; a run goes on without one, and says so.
    pub(super) fn record(&self, change: impl FnOnce(&mut History, Run) -> News) {
        let run = Run::begun(
            self.invocation.id().to_owned(),
            if self.elapsed.is_some() { Trigger::Timer } else { Trigger::Manual },
            self.command,
            clock::now(),
            clock::boot_id(),
        );
        let seen = self.elapsed.map(|at| Seen { timing: self.job.timing.record(self.job.zone.as_ref()), at });
        let book = Book {
            config: &self.config,
            name: &self.job.name,
            job: Some(&self.job),
            voice: self.voice,
            patience: PATIENCE,
        };
        book.write(|history| {
            let news = change(history, run);
            history.seen = seen.or(history.seen.take());
            news
        });
    }

    /// The end of the run that this is.
    pub(super) fn record_end(&self, verdict: &Verdict) {
        let end = verdict.at(clock::now());
        self.record(|history, run| ended(history, &run.id, end));
    }

    /// A run that never came to its command. Gives `code` back, to exit with.
    pub(super) fn not_started(&self, reason: &str, code: u8) -> u8 {
        let end = Verdict::not_started(reason, code).at(clock::now());
        self.record(|history, run| {
            if history.run(&run.id).is_none() {
                history.add(run.clone());
            }
            ended(history, &run.id, end)
        });
        code
    }
}
