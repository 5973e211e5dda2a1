//! What becomes of each job when cron takes over again.

use super::mark::behind_marks;
use super::{Author, Crontab, Jobs, is_same_start};
use crate::crontab::Extent;
use crate::crontab::leftover::{Leftover, Ours, leftovers};
use crate::crontab::read::read;
use crate::job::{Job, JobName};
use std::collections::BTreeSet;

/// What is to be done, and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Back {
    /// Comments that become entries again.
    pub restored: Vec<Leftover>,
    /// Comments that stay, as the job files say something else by now.
    pub stale: Vec<Leftover>,
    /// Jobs that get an entry in the crontab that is written anew.
    pub written: BTreeSet<JobName>,
    /// Entries of that crontab that start no job, `FILE:LINE`: they would be lost.
    pub foreign: Vec<String>,
}

/// Decides by which entry cron starts each job. What a crontab of people has started before, it starts again, if the job
/// file still says so; all others get an entry in the one that is generated.
pub fn to_cron(crontabs: &[Crontab<'_>], ours: Ours<'_>, jobs: &Jobs) -> Back {
    let mut back = Back::default();
    let is_current = |entry: &Leftover| {
        let job = jobs.get(&entry.job).and_then(Option::as_ref);
        // one that does more was never given a mark; who decides whether it starts is not known here
        entry.extent == Extent::Whole && job.is_some_and(|job| job.is_scheduled() && is_same_start(entry, job))
    };
    let mut started = BTreeSet::new();
    for crontab in crontabs.iter().filter(|crontab| crontab.author == Author::People) {
        let active = leftovers(crontab, ours);
        started.extend(active.into_iter().filter(is_current).map(|entry| entry.job));
    }
    for crontab in crontabs.iter().filter(|crontab| crontab.author == Author::People) {
        for entry in behind_marks(crontab, ours) {
            if is_current(&entry) && started.insert(entry.job.clone()) {
                back.restored.push(entry);
            } else {
                back.stale.push(entry);
            }
        }
    }
    for crontab in crontabs.iter().filter(|crontab| crontab.author == Author::Generator) {
        let known: BTreeSet<usize> = leftovers(crontab, ours).into_iter().map(|entry| entry.line).collect();
        let all = read(crontab.bytes, crontab.columns).entries.into_iter().map(|entry| entry.line);
        back.foreign.extend(all.filter(|line| !known.contains(line)).map(|line| format!("{}:{line}", crontab.label)));
    }
    let scheduled = jobs.iter().filter(|(_, job)| job.as_ref().is_some_and(Job::is_scheduled));
    back.written = scheduled.map(|(name, _)| name.clone()).filter(|name| !started.contains(name)).collect();
    back
}
