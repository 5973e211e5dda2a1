//! Jobs from crontabs: which entries come along, and under which names.

use super::job::Draft;
use super::read::{Columns, Entry, read};
use super::{Kind, Said};
use crate::job::text::printable;
use crate::job::{Activity, Ceilings, Job, JobName, Spec};
use std::collections::{BTreeMap, BTreeSet};

/// A crontab.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The name of its file, for people.
    pub label: &'a str,
    /// What it says.
    pub bytes: &'a [u8],
    /// Whether entries name their users.
    pub columns: Columns,
    /// Whose it is, if that is known.
    pub owner: Option<&'a str>,
}

/// Which entries come along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Users {
    /// Those of the user as whom jobs run.
    Service,
    /// Those of all users.
    Any,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Whether the jobs run at once at their times.
    pub activity: Activity,
    /// Whose entries come along.
    pub users: Users,
}

/// Where the jobs are to be.
pub struct Host<'a> {
    /// As whom jobs run.
    pub service_user: &'a str,
    /// Whether this is another name of that user.
    pub is_service_user: &'a dyn Fn(&str) -> bool,
    /// What holds for every job.
    pub defaults: &'a Spec,
    /// What no job may exceed.
    pub ceilings: &'a Ceilings,
    /// The jobs that are there; none for a file that is no job.
    pub existing: &'a BTreeMap<JobName, Option<Job>>,
}

/// What becomes of crontabs.
#[derive(Debug, Default)]
pub struct Imported {
    /// The job files.
    pub files: Vec<(JobName, String)>,
    /// `FILE:LINE: what`, in the order of the crontabs.
    pub said: Vec<String>,
    /// How many of these are about something that stays behind.
    pub not_carried: usize,
}

/// Makes jobs.
pub fn import(sources: &[Source<'_>], wanted: Wanted, host: &Host<'_>) -> Imported {
    let mut imported = Imported::default();
    for source in sources {
        let table = read(source.bytes, source.columns);
        // what is said of a variable is said once, whatever entries it is for
        let mut said: BTreeSet<Said> = table.unread.into_iter().collect();
        for entry in &table.entries {
            said.extend(imported.take(entry, source.owner, wanted, host));
        }
        imported.not_carried += said.iter().filter(|said| said.kind == Kind::NotCarried).count();
        let line = |said: &Said| format!("{}:{}: {}", printable(source.label), said.line, printable(&said.what));
        imported.said.extend(said.iter().map(line));
    }
    imported
}

impl Imported {
    /// Takes an entry, if it can come along.
    fn take(&mut self, entry: &Entry, owner: Option<&str>, wanted: Wanted, host: &Host<'_>) -> Vec<Said> {
        let user = entry.user.as_deref().or(owner);
        let other = user.filter(|user| !(host.is_service_user)(user));
        let runs_as = host.service_user;
        if let (Some(user), Users::Service) = (other, wanted.users) {
            let what =
                format!("{user} runs this, and jobs run as {runs_as}; leave it in the crontab, or give --any-user");
            return vec![Said::not_carried(entry.line, what)];
        }
        let draft = Draft::new(entry);
        let (name, taken) = self.free(&draft.name(), host);
        let made = match draft.job(&name, wanted.activity, host.defaults, host.ceilings) {
            Ok(made) => made,
            Err(said) => return said,
        };
        if let Some(same) = host.existing.values().flatten().find(|job| is_same(job, &made.job)) {
            let state = match same.activity {
                Activity::Enabled => "as it is",
                Activity::Disabled => "disabled",
            };
            return vec![Said::note(entry.line, format!("the job {} does this already, and stays {state}", same.name))];
        }
        let mut said = made.said;
        if let Some(taken) = taken {
            said.push(Said::note(entry.line, format!("there is a job {taken} already; this one is {name}")));
        }
        if let Some(user) = other {
            said.push(Said::note(entry.line, format!("{user} runs this; the job will run as {runs_as}")));
        }
        self.files.push((name, made.text));
        said
    }

    /// The first name of this kind that no job has, and the one that a job of the host has.
    pub(crate) fn free(&self, base: &str, host: &Host<'_>) -> (JobName, Option<JobName>) {
        let mut taken = None;
        let mut number = 1_usize;
        loop {
            let text = if number == 1 { base.to_owned() } else { format!("{base}-{number}") };
            let name = JobName::new(&text).expect("the name of a program is a name, with a number too");
            if host.existing.contains_key(&name) {
                taken.get_or_insert(name);
            } else if self.files.iter().all(|(known, _)| *known != name) {
                return (name, taken);
            }
            number += 1;
        }
    }
}

/// Whether both do the same at the same times.
pub(crate) fn is_same(one: &Job, other: &Job) -> bool {
    one.commands == other.commands
        && one.timing == other.timing
        && one.zone == other.zone
        && one.environment == other.environment
}
