//! What becomes of each entry when systemd takes over.

use super::{Author, Crontab, Jobs, is_same_start, shown, times};
use crate::crontab::leftover::{Leftover, leftovers};
use crate::history::Command;
use crate::job::{Job, JobName};
use std::collections::BTreeSet;
use std::fmt;

/// What is to be done, and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct There {
    /// Every entry that starts a job.
    pub lines: Vec<Line>,
    /// Jobs that systemd starts, and no crontab did.
    pub new: Vec<JobName>,
}

/// An entry that starts a job, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The entry.
    pub entry: Leftover,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It becomes a comment. What is different from then on, if anything is.
    Taken(Option<String>),
    /// cron goes on to start the job, and why.
    Stays(&'static str),
    /// The job would not run any more.
    Blocks,
}

impl There {
    /// The entries that become comments.
    pub fn taken(&self) -> impl Iterator<Item = &Leftover> {
        self.lines.iter().filter(|line| matches!(line.fate, Fate::Taken(_))).map(|line| &line.entry)
    }

    /// The entries that stand in the way.
    pub fn blocking(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.fate == Fate::Blocks)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Leftover { file, line, job, .. } = &self.entry;
        match &self.fate {
            Fate::Taken(None) => write!(f, "{job}: systemd starts it; {file}:{line} becomes a comment"),
            Fate::Taken(Some(different)) => write!(f, "{job}: {different}; {file}:{line} becomes a comment"),
            Fate::Stays(why) => write!(f, "{job}: {file}:{line} stays as it is: {why}"),
            Fate::Blocks => write!(
                f,
                "{job}: {file}:{line} starts it, and its file has an error, so systemd would not; \
                 jobctl check {job} says which"
            ),
        }
    }
}

/// Decides who starts which job from now on. Each start that cron makes by a job file becomes systemd's; what people wrote
/// beside the job files stays.
pub fn to_systemd(crontabs: &[Crontab<'_>], runner: &str, jobs: &Jobs) -> There {
    let mut there = There::default();
    let mut started = BTreeSet::new();
    for crontab in crontabs {
        for entry in leftovers(crontab.label, crontab.bytes, crontab.columns, runner) {
            let fate = fate(&entry, crontab.author, jobs);
            if matches!(fate, Fate::Taken(_)) {
                started.insert(entry.job.clone());
            }
            there.lines.push(Line { entry, fate });
        }
    }
    let scheduled = jobs.iter().filter(|(_, job)| job.as_ref().is_some_and(Job::is_scheduled));
    there.new = scheduled.map(|(name, _)| name.clone()).filter(|name| !started.contains(name)).collect();
    there
}

fn fate(entry: &Leftover, author: Author, jobs: &Jobs) -> Fate {
    let out_of_date = |what: &str| Fate::Taken(Some(what.to_owned()));
    match (jobs.get(&entry.job), author) {
        (Some(None), _) => Fate::Blocks,
        (None, Author::Generator) => out_of_date("has no job file, and nothing starts it"),
        (None, Author::People) => Fate::Stays("there is no such job"),
        (Some(Some(job)), Author::Generator) if !job.is_scheduled() => {
            out_of_date("is disabled or has no time of its own in its file, and nothing starts it")
        }
        (Some(Some(job)), Author::People) if !job.is_scheduled() => {
            Fate::Stays("the job is disabled or has no time of its own, so systemd does not start it")
        }
        (Some(Some(job)), _) if is_same_start(entry, job) => Fate::Taken(None),
        (Some(Some(job)), Author::Generator) => {
            let by_file = times(job).map_or_else(|| job.timing.words(), |when| shown(&when));
            out_of_date(&format!("systemd starts it by its file ({by_file}), not at {}", shown(&entry.when)))
        }
        (Some(Some(_)), Author::People) if entry.command == Command::SlowStart => {
            Fate::Stays("it starts the job slowly, and no timer does")
        }
        (Some(Some(_)), Author::People) => Fate::Stays("it starts the job at other times than its file says"),
    }
}
