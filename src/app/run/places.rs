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
use std::collections::{BTreeMap, BTreeSet};
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
    /// run's time, and a stop ends it. The order is the same for all jobs, so that no two wait for each other: first the
    /// jobs that it conflicts with, then the groups.
    pub(super) fn places(&self) -> Result<Vec<Lock>, NoPlace> {
        let mut places = self.conflicts()?;
        for (group, patience) in groups(&self.job, &self.config.caps) {
            let place = self.wait(patience, || match Lock::take_place(&self.config.run_directory, &group)? {
                Taken::Yes(lock) => Ok(Ok(lock)),
                Taken::Busy => Ok(Err(Skip::Full(group.clone()))),
            })?;
            places.push(place.map_err(NoPlace::Skipped)?);
        }
        Ok(places)
    }

    /// The locks of the job with each that it conflicts with, and those that say that it knows of them. All of the
    /// first or none: who waits holds no lock that another one wants, and hears of those that name it meanwhile.
    fn conflicts(&self) -> Result<Vec<Lock>, NoPlace> {
        let conflicts = Conflicts { run_directory: &self.config.run_directory, name: &self.job.name };
        conflicts.declare(&self.job.conflicts)?;
        let mut aware = BTreeMap::new();
        let taken = self.wait(Patience::For(self.job.lock_wait), || {
            let mut others: BTreeSet<JobName> = self.job.conflicts.iter().cloned().collect();
            others.extend(self.declared(conflicts));
            let mut locks = Vec::new();
            for other in others {
                if !aware.contains_key(&other)
                    && let Taken::Yes(lock) = conflicts.aware_of(&other)?
                {
                    aware.insert(other.clone(), lock);
                }
                match conflicts.take(&other)? {
                    Taken::Yes(lock) if !conflicts.runs_unaware(&other) => locks.push(lock),
                    _ => return Ok(Err(Skip::Conflict(other))),
                }
            }
            Ok(Ok(locks))
        })?;
        let mut locks = taken.map_err(NoPlace::Skipped)?;
        locks.extend(aware.into_values());
        Ok(locks)
    }

    /// Those whose files name this job, or whose run goes on that began when they did, and so holds the lock of the two.
    fn declared(&self, conflicts: Conflicts<'_>) -> Vec<JobName> {
        let mut others = conflicts.declared();
        if others.is_empty() {
            return others;
        }
        let Ok(folder) = Folder::open(&self.config.job_directory) else { return others };
        let names_us = |other: &JobName| match folder.read(other) {
            Some(Ok(file)) => {
                let (job, _) = Job::read(other, &file.bytes, &self.config.defaults, &self.config.ceilings);
                // of a file with an error nobody knows
                job.is_none_or(|job| job.conflicts.contains(&self.job.name))
            }
            Some(Err(_)) => true,
            None => false,
        };
        others.retain(|other| {
            let counts = names_us(other) || conflicts.is_held(other);
            if !counts {
                conflicts.forget(other);
            }
            counts
        });
        others
    }

    /// Tries until it is there, or the patience has come to its end; then why not.
    fn wait<T>(
        &self,
        patience: Patience,
        mut take: impl FnMut() -> io::Result<Result<T, Skip>>,
    ) -> io::Result<Result<T, Skip>> {
        let begun = clock::now();
        let mut told = false;
        loop {
            let skip = match take()? {
                Ok(taken) => return Ok(Ok(taken)),
                Err(skip) => skip,
            };
            if let Patience::For(wait) = patience
                && clock::now() - begun >= wait.delta().max(TimeDelta::zero())
            {
                return Ok(Err(skip));
            }
            if !told {
                self.voice.say(Priority::Info, &format!("{}: waits: {skip}", self.job.name));
                told = true;
            }
            clock::wait_about(LOOK);
        }
    }
}
