//! Whether it is the turn of a job that comes after others, as the histories tell.

use crate::history::History;
use crate::job::{Job, JobName, Timing};
use crate::run::turn;
use crate::sys::history::Store;
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
