//! What is written when a run begins, ends or is skipped, and what follows from that: the history, the pause of a job
//! that fails too often, and the notices for those who want to know.

use crate::config::Config;
use crate::history::{History, Run};
use crate::job::{Job, JobName};
use crate::notice::{News, Notice, Receiver};
use crate::run::book::{Entry, Unwritten, enter};
use crate::sys::history::{InHand, Ready, Store};
use crate::sys::pause::{self, Markers, Owners};
use crate::sys::replace::Lasting;
use crate::sys::spool::{Queue, Spool};
use crate::sys::voice::{Priority, Voice};
use crate::sys::{clock, host, run_log};
use std::io;
use std::time::Duration;

/// The book of one job.
pub(super) struct Book<'a> {
    pub(super) config: &'a Config,
    pub(super) name: &'a JobName,
    /// None when its file has gone meanwhile.
    pub(super) job: Option<&'a Job>,
    pub(super) voice: Voice,
    /// How long to wait for others who write into it.
    pub(super) patience: Duration,
    /// Who tells of an end that cannot be written.
    pub(super) unwritten: Unwritten,
}

/// Whether the history knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It does.
    Yes,
    /// It could not be written.
    No,
}

impl Book<'_> {
    /// Changes the history, which says what the news is, and does what follows. A run goes on without a
    /// history, and its loss is said; but then it is not tried again, as nobody would know how often it was.
    ///
    /// What the history knows is told to nobody again. So all that follows is on the disk before the history is put in its
    /// place: who is cut off in between leaves a run without an end, which is recorded and told once more, and never one
    /// whose end is known and that nobody hears of. And the history is written beside its place before anything follows:
    /// of an end that cannot be written another process may have to tell.
    pub(super) fn write(&self, change: impl FnOnce(&mut History) -> News) -> Kept {
        let store = Store::new(&self.config.state_directory);
        let mut taken = store.take(self.name, self.patience);
        // who wants to know is told all the same
        let mut empty = History::default();
        let history = taken.as_mut().map_or(&mut empty, |taken| &mut taken.history);
        let resumed = Markers::new(self.config, Owners::Numbered).resumed(self.name);
        let mut entry = enter(history, self.job, resumed, change);
        if let Some(said) = taken.as_ref().ok().and_then(|taken| taken.said.as_deref()) {
            self.say(Priority::Warning, said);
        }
        let ready = taken.and_then(InHand::beside);
        if ready.is_err() {
            entry = entry.unwritten(self.unwritten);
        }
        if let Some(reason) = &entry.paused {
            self.pause(reason);
        }
        if let Some(job) = self.job {
            self.tell(job, &entry);
        }
        match ready.and_then(Ready::put) {
            Ok(lasting) => {
                self.warn_of("the history", &lasting);
                Kept::Yes
            }
            Err(error) => {
                self.say(Priority::Error, &format!("the history could not be written: {error}"));
                Kept::No
            }
        }
    }

    fn pause(&self, reason: &str) {
        match pause::put_automatic(self.config, self.name, reason) {
            Ok(lasting) => {
                let cure = format!("jobctl resume {} starts it by its timer again", self.name);
                self.say(Priority::Error, &format!("paused: {reason}; {cure}"));
                self.warn_of("the pause", &lasting);
            }
            Err(error) => {
                let what = format!("should be paused ({reason}), and the marker cannot be written: {error}");
                self.say(Priority::Error, &what);
            }
        }
    }

    /// Writes down who is to be told what. Somebody else tells them: no run waits for that.
    fn tell(&self, job: &Job, entry: &Entry) {
        let folder = self.config.output_directory.as_deref();
        // as far as can be told from when it began
        let log = |run: &Run| Some(run_log::path(folder?, self.name, run.start?).display().to_string());
        for notice in entry.notices(job, &host::name(), clock::now(), log) {
            if let Err(error) = self.spool(&notice) {
                let folder = self.config.notice_directory.display();
                self.say(Priority::Error, &format!("nobody can be told of this run: {folder}: {error}"));
            }
        }
    }

    fn spool(&self, notice: &Notice) -> io::Result<()> {
        let spool = Spool::new(&self.config.notice_directory);
        let (commands, post): (Vec<_>, Vec<_>) = notice.to.iter().cloned().partition(Receiver::is_command);
        for (queue, to) in [(Queue::Post, post), (Queue::Commands, commands)] {
            if !to.is_empty() {
                let lasting = spool.put(queue, &Notice { to, ..notice.clone() })?;
                self.warn_of("what is to be told", &lasting);
            }
        }
        Ok(())
    }

    fn warn_of(&self, what: &str, lasting: &Lasting) {
        if let Some(doubt) = lasting.doubt() {
            self.say(Priority::Warning, &format!("{what} is {doubt}"));
        }
    }

    fn say(&self, priority: Priority, what: &str) {
        self.voice.say(priority, &format!("{}: {what}", self.name));
    }
}
