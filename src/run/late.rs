//! Whether a run did not begin when it should have, or takes longer than it should: a warning, and no failure.

use crate::history::{Recent, Run};
use crate::job::schedule::Zone;
use crate::job::{Job, Timing};
use chrono::{DateTime, TimeDelta, Utc};

/// What is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// The start for this slot did not come, and the timer did not even elapse for it.
    Missing(DateTime<Utc>),
    /// The last run by the timer began so long after its slot, random delay included.
    Began(TimeDelta),
    /// The run that goes on should have ended so long ago.
    Long(TimeDelta),
}

/// What is known of a job.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The rules of its zone.
    pub zone: &'a Zone,
    /// Its last runs.
    pub recent: &'a Recent,
    /// Since when a run goes on.
    pub running_since: Option<DateTime<Utc>>,
    /// When its file was last changed.
    pub changed: DateTime<Utc>,
    /// When the host booted.
    pub booted: DateTime<Utc>,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// What is late of a job: keys `late_after` and `expected_duration`.
pub fn late(job: &Job, seen: &Evidence<'_>) -> Option<Late> {
    long(job, seen).or_else(|| began(job, seen))
}

fn long(job: &Job, seen: &Evidence<'_>) -> Option<Late> {
    let over = seen.now - seen.running_since? - job.expected_duration?.delta();
    (over > TimeDelta::zero()).then_some(Late::Long(over))
}

fn began(job: &Job, seen: &Evidence<'_>) -> Option<Late> {
    let patience = job.late_after?.delta() + job.random_delay.delta();
    if !job.is_scheduled() || !matches!(job.timing, Timing::Schedule(_) | Timing::Calendar(_)) {
        return None;
    }
    let last = seen.recent.open.as_ref().or(seen.recent.run.as_ref());
    let slot = job.timing.slot(seen.now.checked_sub_signed(patience)?, seen.zone, None);
    // a host that was off, and a schedule that was another one, explain it
    let expected = slot.filter(|slot| *slot > seen.booted && *slot > seen.changed);
    let answered = [seen.recent.elapsed, last.and_then(|run| run.start)].into_iter().flatten().max();
    match expected.filter(|slot| answered.is_none_or(|at| at < *slot)) {
        Some(slot) => Some(Late::Missing(slot)),
        None => last.and_then(lateness).filter(|late| *late > patience).map(Late::Began),
    }
}

fn lateness(run: &Run) -> Option<TimeDelta> {
    Some(run.start? - run.slot?)
}
