//! What a run needs besides its own lock, and the wait for it: that no job runs that it must not run together with, and
//! a place in each of its groups.

use super::Gate;
use crate::job::{Job, JobName};
use crate::run::Skip;
use crate::run::group::{Patience, groups};
use crate::sys::clock;
use crate::sys::conflicts::Conflicts;
use crate::sys::jobs::Folder;
use crate::sys::lock::{Lock, Taken};
use crate::sys::voice::Priority;
use chrono::TimeDelta;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::io;
use std::time::Duration;

/// Why the run does not begin.
pub(super) enum NoPlace {
    /// Others run, and did so for as long as the job waits.
    Skipped(Skip),
    /// A lock file cannot be opened.
    Failed(io::Error),
}

impl From<io::Error> for NoPlace {
    fn from(error: io::Error) -> Self {
        NoPlace::Failed(error)
    }
}

/// How often a place is looked for.
const LOOK: Duration = Duration::from_millis(200);

impl Gate {
    /// Takes all that the run needs, and waits where the job, or the cap, says so. In a unit the wait is part of the
    /// run's time, and a stop ends it. The order is the same for all jobs, so that no two wait for each other.
    pub(super) fn places(&self) -> Result<Vec<Lock>, NoPlace> {
        let mut places = self.conflicts()?;
        for (group, patience) in groups(&self.job, &self.config.caps) {
            let place = self.wait(patience, &group, || Lock::take_place(&self.config.run_directory, &group))?;
            places.push(place.ok_or(NoPlace::Skipped(Skip::Full(group)))?);
        }
        Ok(places)
    }

    /// The locks of the job with each that it conflicts with, and those that say that it knows of them.
    fn conflicts(&self) -> Result<Vec<Lock>, NoPlace> {
        let conflicts = Conflicts { run_directory: &self.config.run_directory, name: &self.job.name };
        conflicts.declare(&self.job.conflicts)?;
        let mut others: BTreeSet<JobName> = self.job.conflicts.iter().cloned().collect();
        others.extend(self.declared(conflicts));
        let mut locks = Vec::new();
        for other in &others {
            if let Taken::Yes(lock) = conflicts.aware_of(other)? {
                locks.push(lock);
            }
        }
        // by the names of both, the first one first: jobs before this one, then those after it
        for other in &others {
            let patience = Patience::For(self.job.lock_wait);
            let skip = Skip::Conflict(other.clone());
            let taken = self.wait(patience, &skip, || match conflicts.take(other)? {
                Taken::Yes(lock) if !conflicts.runs_unaware(other) => Ok(Taken::Yes(lock)),
                _ => Ok(Taken::Busy),
            })?;
            locks.push(taken.ok_or(NoPlace::Skipped(skip))?);
        }
        Ok(locks)
    }

    /// Those whose files name this job.
    fn declared(&self, conflicts: Conflicts<'_>) -> Vec<JobName> {
        let mut others = conflicts.declared();
        if others.is_empty() {
            return others;
        }
        let Ok(folder) = Folder::open(&self.config.job_directory) else { return others };
        others.retain(|other| {
            let names_us = match folder.read(other) {
                Some(Ok(file)) => {
                    let (job, _) = Job::read(other, &file.bytes, &self.config.defaults, &self.config.ceilings);
                    // of a file with an error nobody knows
                    job.is_none_or(|job| job.conflicts.contains(&self.job.name))
                }
                Some(Err(_)) => true,
                None => false,
            };
            if !names_us {
                conflicts.forget(other);
            }
            names_us
        });
        others
    }

    /// Tries until it is there, or the patience has come to its end.
    fn wait(
        &self,
        patience: Patience,
        what: &impl Display,
        mut take: impl FnMut() -> io::Result<Taken>,
    ) -> io::Result<Option<Lock>> {
        let begun = clock::now();
        let mut told = false;
        loop {
            if let Taken::Yes(lock) = take()? {
                return Ok(Some(lock));
            }
            if let Patience::For(wait) = patience
                && clock::now() - begun >= wait.delta().max(TimeDelta::zero())
            {
                return Ok(None);
            }
            if !told {
                self.voice.say(Priority::Info, &format!("{}: waits: {what}", self.job.name));
                told = true;
            }
            clock::wait(LOOK);
        }
    }
}
