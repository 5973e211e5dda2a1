//! What the history gets to know of a run.

use super::Gate;
use crate::history::{Exit, History, Outcome, Run, Seen, Trigger};
use crate::run::judge::Verdict;
use crate::sys::clock;
use crate::sys::voice::Priority;

impl Gate {
    /// Changes the history; a run goes on without one, and says so.
    pub(super) fn record(&self, change: impl FnOnce(&mut History, Run)) {
        let run = Run::begun(
            self.invocation.id().to_owned(),
            if self.elapsed.is_some() { Trigger::Timer } else { Trigger::Manual },
            self.command,
            clock::now(),
            clock::boot_id(),
        );
        let seen = self.elapsed.map(|at| Seen { timing: self.job.timing.record(self.job.zone.as_ref()), at });
        let done = self.store.update(&self.job.name, |history| {
            change(history, run);
            history.seen = seen.or(history.seen.take());
        });
        match done {
            Ok(None) => {}
            Ok(Some(said)) => self.voice.say(Priority::Warning, &format!("{}: {said}", self.job.name)),
            Err(error) => {
                let what = format!("{}: the history could not be written: {error}", self.job.name);
                self.voice.say(Priority::Error, &what);
            }
        }
    }

    /// The end of the run that this is.
    pub(super) fn record_end(&self, verdict: &Verdict) {
        self.record(|history, run| history.end(&run.id, verdict.at(clock::now())));
    }

    /// A run that never came to its command. Gives `code` back, to exit with.
    pub(super) fn not_started(&self, reason: &str, code: u8) -> u8 {
        let verdict = Verdict {
            outcome: Outcome::Failure,
            exit: Some(Exit::Code(code.into())),
            reason: Some(crate::job::text::one_line(reason)),
        };
        self.record(|history, run| {
            if history.run(&run.id).is_none() {
                history.add(run.clone());
            }
            history.end(&run.id, verdict.at(clock::now()));
        });
        code
    }
}
