//! Whether a run that has ended is tried again: what that decision needs to know of the host.

use super::translate::growth;
use crate::history::{End, Run};
use crate::job::{Job, TimeSpan};
use crate::run::due;
use crate::run::retry::{Attempt, Over};
use crate::sys::systemd::Systemd;
use crate::sys::zone;
use chrono::{DateTime, TimeDelta, Utc};

/// When a unit's run that has ended is tried again.
///
/// # Errors
/// Why it is not.
pub(super) fn next(job: &Job, run: &Run, end: &End) -> Result<DateTime<Utc>, Over> {
    if job.retries.is_none() {
        return Err(Over::Settled);
    }
    let rules = zone::read(job.timing.zone(job.zone.as_ref()));
    let next = job.has_timer().then(|| due::after_run(job, &rules, run.start.unwrap_or(end.at), end.at)).flatten();
    Attempt { job, number: run.attempt, end, next, growth: growth(job, &Systemd::default()) }.next()
}

/// The longest that systemd waits before it starts the job again.
pub(super) fn longest_wait(job: &Job) -> TimeDelta {
    let longest =
        job.retries.map_or(TimeSpan::ZERO, |retries| retries.delay.max(retries.longest.unwrap_or(TimeSpan::ZERO)));
    longest.delta()
}
