//! What is written when a run begins, ends or is skipped, and what follows from that: the history, the pause of a job
//! that fails too often, and the notices for those who want to know.

use crate::config::Config;
use crate::history::{End, History, Outcome, Run, Tally, Written};
use crate::job::{Job, JobName};
use crate::notice::{Circumstances, News, Notice, Receiver, is_mailed, notices};
use crate::pause::Pace;
use crate::run::after;
use crate::sys::history::Store;
use crate::sys::pause::{self, Markers, Owners};
use crate::sys::replace::Lasting;
use crate::sys::spool::{Queue, Spool};
use crate::sys::voice::{Priority, Voice};
use crate::sys::{clock, host, run_log};
use chrono::{DateTime, Utc};
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

/// Who tells of an end that the history does not know: two of a run's processes would do it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unwritten {
    /// Who sees it.
    ToldNow,
    /// `--finish`, which comes after each run of a unit and finds it without an end.
    ToldByFinish,
}

/// Writes the end of a run into its history, and when it is tried again, if it is: news, unless it was known, or is no
/// end yet, or a skipped start, which is no run.
pub(super) fn ended(history: &mut History, id: &str, end: End, retry: Option<DateTime<Utc>>) -> News {
    match (history.end(id, end.clone(), retry), history.run(id)) {
        (Written::Yes, Some(run)) if retry.is_some() => News::TriedAgain(run.clone(), end),
        (Written::Yes, Some(run)) if end.outcome != Outcome::Skipped => News::Ended(run.clone(), end),
        _ => News::Other,
    }
}

/// The end of a run whose next attempt was announced, if it has become one.
fn given_up(history: &History, id: &str) -> Option<News> {
    let run = history.run(id).filter(|run| run.retry.is_none())?;
    Some(News::Ended(run.clone(), run.end.clone()?))
}

/// What was to be tried again and cannot be is a failure.
fn last_attempt(news: News, tally: &mut Tally) -> News {
    let News::TriedAgain(run, end) = news else { return news };
    tally.count(end.outcome);
    News::Ended(Run { retry: None, ..run }, end)
}

/// Whether the history knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It does.
    Yes,
    /// It could not be written.
    No,
}

/// The counts around a change.
#[derive(Clone, Copy, Default)]
struct Counts {
    before: Tally,
    after: Tally,
}

impl Book<'_> {
    /// Changes the history, which says what the news is, and does what follows. A run goes on without a
    /// history, and its loss is said; but then it is not tried again, as nobody would know how often it was.
    pub(super) fn write(&self, change: impl FnOnce(&mut History) -> News) -> Kept {
        let resumed = Markers::new(self.config, Owners::Numbered).resumed(self.name);
        let mut news = Vec::new();
        let mut counts = Counts::default();
        let mut paused = None;
        let mut change = Some(change);
        let mut write = |history: &mut History| {
            let Some(change) = change.take() else { return };
            counts.before = history.tally;
            if let Some(resumed) = resumed.filter(|it| it.is_news_to(history)) {
                history.resumed = Some(resumed.at);
                history.tally.begin_again();
                history.tally.slow_start |= resumed.pace == Pace::Slow;
            }
            let announced = history.announced().map(|(run, _)| run.id.clone());
            let changed = change(history);
            // the attempt that was to come does not, so the one before it was the last
            news = announced.and_then(|id| given_up(history, &id)).into_iter().chain([changed]).collect();
            let ends = news.iter().filter_map(|news| if let News::Ended(_, end) = news { Some(end) } else { None });
            for (end, job) in ends.zip(self.job.iter().cycle()) {
                paused = after::pause(job, end, &history.tally).or(paused.take());
                history.tally.slow_start = after::starts_slowly(job, &history.tally, paused.as_deref());
                match end.outcome {
                    Outcome::Success => history.tally.failure_mailed = false,
                    Outcome::Failure | Outcome::Timeout => {
                        history.tally.failure_mailed |= is_mailed(job, &history.tally, paused.as_deref());
                    }
                    Outcome::Stopped | Outcome::Skipped | Outcome::Interrupted => {}
                }
            }
            counts.after = history.tally;
        };
        let done = Store::new(&self.config.state_directory).update(self.name, self.patience, &mut write);
        if done.is_err() {
            // who wants to know is told all the same
            write(&mut History::default());
            news = news.into_iter().map(|news| last_attempt(news, &mut counts.after)).collect();
            if self.unwritten == Unwritten::ToldByFinish {
                news.retain(|news| !matches!(news, News::Ended(..)));
            }
        }
        let kept = if done.is_ok() { Kept::Yes } else { Kept::No };
        match done {
            Ok(None) => {}
            Ok(Some(said)) => self.say(Priority::Warning, &said),
            Err(error) => self.say(Priority::Error, &format!("the history could not be written: {error}")),
        }
        if let Some(reason) = &paused {
            self.pause(reason);
        }
        for (job, news) in self.job.iter().cycle().zip(&news) {
            self.tell(job, news, counts, paused.as_deref());
        }
        kept
    }

    fn pause(&self, reason: &str) {
        match pause::put_automatic(self.config, self.name, reason) {
            Ok(lasting) => {
                self.warn_of("the pause", &lasting);
                let cure = format!("jobctl resume {} starts it by its timer again", self.name);
                self.say(Priority::Error, &format!("paused: {reason}; {cure}"));
            }
            Err(error) => {
                let what = format!("should be paused ({reason}), and the marker cannot be written: {error}");
                self.say(Priority::Error, &what);
            }
        }
    }

    /// Writes down who is to be told what. Somebody else tells them: no run waits for that.
    fn tell(&self, job: &Job, news: &News, counts: Counts, paused: Option<&str>) {
        let about = Circumstances {
            host: &host::name(),
            now: clock::now(),
            tally: counts.after,
            failure_mailed: counts.before.failure_mailed,
            failed_before: counts.before.failures_since_success,
            paused,
            log: self.log(news),
        };
        for notice in notices(job, news, &about) {
            if let Err(error) = self.spool(&notice) {
                let folder = self.config.notice_directory.display();
                self.say(Priority::Error, &format!("nobody can be told of this run: {folder}: {error}"));
            }
        }
    }

    /// Where the run's log is, as far as can be told from when it began.
    fn log(&self, news: &News) -> Option<String> {
        let (News::Started(run) | News::Ended(run, _)) = news else { return None };
        let folder = self.config.output_directory.as_deref()?;
        Some(run_log::path(folder, self.name, run.start?).display().to_string())
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
