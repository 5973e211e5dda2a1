//! What becomes of each entry when systemd takes over.

use super::mark::behind_marks;
use super::{Author, Crontab, Jobs, fields, is_same_start, shown};
use crate::crontab::Extent;
use crate::crontab::leftover::{Leftover, Ours, leftovers};
use crate::history::Command;
use crate::job::text::printable;
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
    /// Jobs that cron started once: while systemd does not schedule, nothing starts them.
    pub waiting: BTreeSet<JobName>,
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
    /// It becomes a comment. What becomes of the job.
    Taken(String),
    /// cron goes on to start the job, and why.
    Stays(&'static str),
    /// Something would be lost, and what.
    Blocks(&'static str),
}

impl There {
    /// The entries that become comments.
    pub fn taken(&self) -> impl Iterator<Item = &Leftover> {
        self.lines.iter().filter(|line| matches!(line.fate, Fate::Taken(_))).map(|line| &line.entry)
    }

    /// The entries that stand in the way.
    pub fn blocking(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| matches!(line.fate, Fate::Blocks(_)))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Leftover { file, line, job, .. } = &self.entry;
        match &self.fate {
            Fate::Taken(what) => write!(f, "{job}: {what}; {file}:{line} becomes a comment"),
            Fate::Stays(why) => write!(f, "{job}: {file}:{line} stays as it is: {why}"),
            Fate::Blocks(why) => write!(f, "{job}: {file}:{line} is in the way: {why}"),
        }
    }
}

/// Decides who starts which job from now on. Each start that cron makes by a job file becomes systemd's; what people wrote
/// beside the job files stays.
pub fn to_systemd(crontabs: &[Crontab<'_>], ours: Ours<'_>, jobs: &Jobs) -> There {
    let mut there = There::default();
    let (mut started, mut by_cron) = (BTreeSet::new(), BTreeSet::new());
    for crontab in crontabs {
        for entry in leftovers(crontab, ours) {
            by_cron.insert(entry.job.clone());
            let fate = fate(&entry, crontab.author, jobs);
            if matches!(fate, Fate::Taken(_)) {
                started.insert(entry.job.clone());
            }
            there.lines.push(Line { entry, fate });
        }
    }
    let is_scheduled = |name: &JobName| jobs.get(name).and_then(Option::as_ref).is_some_and(Job::is_scheduled);
    let marked = crontabs.iter().flat_map(|crontab| behind_marks(crontab, ours)).map(|entry| entry.job);
    there.waiting = marked.filter(|name| is_scheduled(name) && !by_cron.contains(name)).collect();
    there.new = jobs.keys().filter(|name| is_scheduled(name) && !started.contains(*name)).cloned().collect();
    there
}

fn fate(entry: &Leftover, author: Author, jobs: &Jobs) -> Fate {
    let job = match (jobs.get(&entry.job), author) {
        (Some(Some(job)), _) => job,
        (Some(None), _) => {
            return Fate::Blocks("its file has an error, so systemd would not start it; jobctl check tells which");
        }
        (None, Author::Generator) => return taken("has no job file, and nothing starts it", entry, None),
        (None, Author::People) => return Fate::Stays("there is no such job"),
    };
    let is_same = is_same_start(entry, job);
    match author {
        Author::People if !job.is_scheduled() => {
            return Fate::Stays("the job is disabled or has no time of its own, so systemd does not start it");
        }
        Author::People if entry.command == Command::SlowStart => {
            return Fate::Stays("it starts the job slowly, and no timer does");
        }
        Author::People if !is_same => return Fate::Stays("it starts the job at other times than its file says"),
        Author::People | Author::Generator => {}
    }
    if entry.extent == Extent::Part {
        return Fate::Blocks(
            "the entry does more than start the job, which would be lost; take that out of it, or the job",
        );
    }
    if !job.is_scheduled() {
        return taken("is disabled or has no time of its own in its file, and nothing starts it", entry, None);
    }
    if is_same {
        return taken("systemd starts it", entry, Some(job));
    }
    let by_file = fields(job).map_or_else(|| job.timing.words(), |fields| fields.as_str().to_owned());
    taken(&format!("systemd starts it by its file ({by_file}), not at {}", shown(&entry.when)), entry, Some(job))
}

fn taken(what: &str, entry: &Leftover, job: Option<&Job>) -> Fate {
    let is_lost = |name: &&String| job.is_some_and(|job| !job.environment.iter().any(|(known, _)| known == *name));
    // what a user has in a crontab goes to root's terminal
    let lost: Vec<String> = entry.sets.iter().filter(is_lost).map(|name| printable(name)).collect();
    match lost.as_slice() {
        [] => Fate::Taken(what.to_owned()),
        lost => Fate::Taken(format!(
            "{what}, without {} of the crontab, which its environment does not set",
            lost.join(", ")
        )),
    }
}
