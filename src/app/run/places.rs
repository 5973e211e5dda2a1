//! The places in groups that a run needs, and the wait for them.

use super::Gate;
use crate::run::group::{Group, Patience, groups};
use crate::sys::clock;
use crate::sys::lock::{Lock, Taken};
use crate::sys::voice::Priority;
use chrono::TimeDelta;
use std::io;
use std::time::Duration;

/// Why there is no place.
pub(super) enum NoPlace {
    /// Others have them all.
    Full(Group),
    /// A lock file cannot be opened.
    Failed(io::Error),
}

/// How often a place is looked for.
const LOOK: Duration = Duration::from_millis(200);

impl Gate {
    /// Takes a place in each group, and waits where the job, or the cap, says so. In a unit the wait is part of the
    /// run's time, and a stop ends it.
    pub(super) fn places(&self) -> Result<Vec<Lock>, NoPlace> {
        let mut places = Vec::new();
        for (group, patience) in groups(&self.job, &self.config.caps) {
            places.push(self.place(&group, patience)?);
        }
        Ok(places)
    }

    fn place(&self, group: &Group, patience: Patience) -> Result<Lock, NoPlace> {
        let begun = clock::now();
        let mut told = false;
        loop {
            match Lock::take_place(&self.config.run_directory, group) {
                Ok(Taken::Yes(lock)) => return Ok(lock),
                Ok(Taken::Busy) => {}
                Err(error) => return Err(NoPlace::Failed(error)),
            }
            if let Patience::For(wait) = patience
                && clock::now() - begun >= wait.delta().max(TimeDelta::zero())
            {
                return Err(NoPlace::Full(group.clone()));
            }
            if !told {
                self.voice.say(Priority::Info, &format!("{}: waits: {group}", self.job.name));
                told = true;
            }
            clock::wait(LOOK);
        }
    }
}
