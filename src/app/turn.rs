//! Whether it is the turn of a job that comes after others, as the histories tell.

use crate::config::Config;
use crate::history::History;
use crate::job::order::Order;
use crate::job::{Job, JobName, Timing};
use crate::run::turn;
use crate::sys::history::Store;
use crate::sys::jobs::Folder;
use chrono::{DateTime, Utc};

/// Those that a job still waits for; none if it comes after no others, or is disabled.
pub(super) fn waits_for(store: &Store, job: &Job, changed: DateTime<Utc>) -> Option<Vec<JobName>> {
    let Timing::After(others) = &job.timing else { return None };
    if !job.is_scheduled() {
        return None;
    }
    let history = |name: &JobName| store.read(name).map_or_else(|_| History::default(), |found| found.history);
    let since = turn::since(&history(&job.name), changed);
    Some(turn::waits_for(others, since, history).into_iter().cloned().collect())
}

/// When the last of those that a job comes after succeeded; none if it comes after no others.
pub(super) fn since(store: &Store, job: &Job) -> Option<DateTime<Utc>> {
    let Timing::After(others) = &job.timing else { return None };
    others.iter().filter_map(|name| store.read(name).ok()?.history.succeeded).max()
}

/// Which jobs of a folder come after which.
pub(super) fn order(folder: &Folder, config: &Config) -> Order {
    let mut order = Order::default();
    for name in folder.list().into_iter().flatten().filter_map(|candidate| candidate.name().ok()) {
        let Some(Ok(file)) = folder.read(&name) else { continue };
        if let (Some(job), _) = Job::read(&name, &file.bytes, &config.defaults, &config.ceilings) {
            order.add(&job);
        }
    }
    order
}
