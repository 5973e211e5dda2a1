//! What is written when a run begins, ends or is skipped, and what follows from that: the history, and the pause
//! of a job that fails too often.

use crate::config::Config;
use crate::history::{End, History, Tally};
use crate::job::{Job, JobName};
use crate::run::after;
use crate::sys::history::Store;
use crate::sys::pause::{self, Markers, Owners};
use crate::sys::voice::{Priority, Voice};
use std::io;

/// The book of one job.
pub(super) struct Book<'a> {
    pub(super) config: &'a Config,
    pub(super) name: &'a JobName,
    /// None when its file has gone meanwhile.
    pub(super) job: Option<&'a Job>,
    pub(super) voice: Voice,
}

/// What a change of the history was.
pub(super) enum News {
    /// A real run has ended, and nobody had written so before.
    Ended(End),
    /// Anything else.
    Other,
}

impl Book<'_> {
    /// Changes the history, which says what the news is, and does what follows. A run goes on without a
    /// history, and its loss is said.
    pub(super) fn write(&self, change: impl FnOnce(&mut History) -> News) {
        let resumed = Markers::new(self.config, Owners::Numbered).resumed(self.name);
        let mut news = News::Other;
        let mut tally = Tally::default();
        let done = Store::new(&self.config.state_directory).update(self.name, |history| {
            let last = history.last_run().and_then(|run| Some(run.end.as_ref()?.at));
            if resumed.zip(last).is_some_and(|(resumed, last)| resumed > last) {
                history.tally.begin_again();
            }
            news = change(history);
            tally = history.tally;
        });
        match done {
            Ok(None) => {}
            Ok(Some(said)) => self.say(Priority::Warning, &said),
            Err(error) => self.say(Priority::Error, &format!("the history could not be written: {error}")),
        }
        if let (News::Ended(end), Some(job)) = (&news, self.job)
            && let Some(reason) = after::pause(job, end, &tally)
        {
            self.pause(&reason);
        }
    }

    fn pause(&self, reason: &str) {
        match pause::put_automatic(self.config, self.name, reason) {
            Ok(()) => {
                let cure = format!("jobctl resume {} starts it by its timer again", self.name);
                self.say(Priority::Error, &format!("paused: {reason}; {cure}"));
            }
            Err(error) => self.not_paused(reason, &error),
        }
    }

    fn not_paused(&self, reason: &str, error: &io::Error) {
        self.say(Priority::Error, &format!("should be paused ({reason}), and the marker cannot be written: {error}"));
    }

    fn say(&self, priority: Priority, what: &str) {
        self.voice.say(priority, &format!("{}: {what}", self.name));
    }
}
