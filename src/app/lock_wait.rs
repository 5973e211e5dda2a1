//! What a start waits for that holds the lock of its job and has not begun: a place in a group, or the end of a job
//! that it conflicts with. The locks tell it, as they are held; `run-job` writes nothing while it waits.

use crate::config::Config;
use crate::job::{Job, JobName};
use crate::run::Skip;
use crate::run::group::groups;
use crate::status::LockWait;
use crate::sys::history::Store;
use crate::sys::jobs::Folder;
use crate::sys::lock::Held;
use std::cell::OnceCell;

/// Where it is seen.
#[derive(Clone, Copy)]
pub(super) struct Locks<'a> {
    pub(super) config: &'a Config,
    pub(super) folder: &'a Folder,
    pub(super) held: &'a Held,
    pub(super) store: &'a Store,
    /// The jobs whose locks are held, and by which process: looked for once, for all who wait.
    pub(super) holders: &'a OnceCell<Vec<(JobName, u32)>>,
}

impl Locks<'_> {
    /// What the start of a job waits for whose lock this process holds; none if nothing is in its way.
    pub(super) fn wait(self, job: &Job, own: u32) -> Option<LockWait> {
        let holders = self.holders.get_or_init(|| self.all_holders());
        let others: Vec<&(JobName, u32)> = holders.iter().filter(|(name, _)| *name != job.name).collect();
        let conflicting: Vec<&JobName> =
            others.iter().map(|(name, _)| name).filter(|other| self.conflict(job, other)).collect();
        // one that waits itself has no lock of a group, but may have that of the two
        let begun = conflicting.iter().find(|other| self.store.recent(other).open.is_some());
        let conflict = |other: &&JobName| LockWait {
            // who it is stands before it
            why: "conflicts".to_owned(),
            by: vec![(*other).clone()],
        };
        begun.map(conflict).or_else(|| self.full(job, own, &others)).or_else(|| conflicting.first().map(conflict))
    }

    /// The first of its groups in which others have all places, and who they are.
    fn full(self, job: &Job, own: u32, others: &[&(JobName, u32)]) -> Option<LockWait> {
        groups(job, &self.config.caps).into_iter().find_map(|(group, _)| {
            let places = self.held.places(&self.config.run_directory, &group)?;
            let by = others.iter().filter(|(_, pid)| places.contains(pid)).map(|(name, _)| name.clone());
            (!places.contains(&own)).then(|| LockWait { why: Skip::Full(group).to_string(), by: by.collect() })
        })
    }

    fn all_holders(self) -> Vec<(JobName, u32)> {
        let names = self.folder.list().unwrap_or_default().into_iter().filter_map(|candidate| candidate.name().ok());
        let pid = |name: &JobName| self.held.holder(&self.config.run_directory, name);
        names.filter_map(|name| Some((pid(&name)?, name))).map(|(pid, name)| (name, pid)).collect()
    }

    /// Whether one of the two names the other.
    fn conflict(self, job: &Job, other: &JobName) -> bool {
        let names_us = || {
            let Some(Ok(file)) = self.folder.read(other) else { return false };
            let (other, _) = Job::read(other, &file.bytes, &self.config.defaults, &self.config.ceilings);
            other.is_some_and(|other| other.conflicts.contains(&job.name))
        };
        job.conflicts.contains(other) || names_us()
    }
}
