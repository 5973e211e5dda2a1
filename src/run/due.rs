//! Whether a timer's start is for a slot, or for something else that made the timer elapse.
//!
//! A timer computes its next elapse from its last trigger. So it elapses at once after a reload
//! with an edited schedule that has a slot between the two, and when a run ends during which a slot
//! passed. cron would do neither, and nobody means either.

use crate::history::{History, Run, Seen};
use crate::job::schedule::Zone;
use crate::job::{CatchUp, Job, TimeSpan, Timing};
use crate::pause::Hold;
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;

/// What is known about a start by the timer.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// The job as its file says now.
    pub job: &'a Job,
    /// The rules of its zone.
    pub zone: &'a Zone,
    /// When the timer elapsed: see [`super::trigger`].
    pub elapsed: DateTime<Utc>,
    /// When the job file, the configuration or the zone that the job goes by was last changed, whichever is later.
    pub changed: DateTime<Utc>,
    /// When the host booted.
    pub booted: DateTime<Utc>,
    /// Since when the timer is active; only asked for a start that is not [`punctual`].
    pub timer_since: Option<DateTime<Utc>>,
    /// What is known of earlier runs.
    pub history: &'a History,
    /// The timing of [`History::seen`], if it can be read, with its zone's rules.
    pub before: Option<&'a (Timing, Zone)>,
}

/// A start that has its slot; none where the timing has no slots, or the first of `every`.
pub type Slot = Option<DateTime<Utc>>;

/// Why a start is for no slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDue {
    /// The slot came while the job was still running for an earlier one.
    DuringRun(DateTime<Utc>),
    /// The slot has had its run: the clock went back, or an hour came twice.
    AlreadyRun(DateTime<Utc>),
    /// The slot was in the past already when the schedule got it.
    Edited(DateTime<Utc>),
    /// The slot came while the timer was stopped, and the job makes up for nothing.
    TimerStopped(DateTime<Utc>),
    /// The slot came while there was no such job, or another schedule.
    BeforeJob(DateTime<Utc>),
    /// The slot came so long ago that the job does not want it any more.
    TooOld(DateTime<Utc>),
}

impl fmt::Display for NotDue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = |slot: &DateTime<Utc>| slot.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        match self {
            NotDue::DuringRun(slot) => write!(f, "the slot of {} came during the previous run", utc(slot)),
            NotDue::AlreadyRun(slot) => write!(f, "the slot of {} has had its run", utc(slot)),
            NotDue::Edited(slot) => {
                write!(f, "the slot of {} was over when the job file or the host's time zone was changed", utc(slot))
            }
            NotDue::TimerStopped(slot) => write!(f, "the slot of {} came while the timer was stopped", utc(slot)),
            NotDue::TooOld(slot) => write!(f, "the slot of {} is older than catch_up_max_age", utc(slot)),
            NotDue::BeforeJob(slot) => write!(f, "the slot of {} was before this job was there", utc(slot)),
        }
    }
}

/// Beyond its random delay and its accuracy, a timer that is this late did not elapse for the slot.
const LATE: TimeSpan = TimeSpan::from_secs(60);

/// Set by as much as this, or more, a clock is corrected: cron(8).
const CORRECTION: TimeDelta = TimeDelta::hours(3);

/// The last slot of a job at or before an instant.
pub fn last_slot(job: &Job, zone: &Zone, history: &History, at: DateTime<Utc>) -> Slot {
    job.timing.slot(at, zone, history.last_run().and_then(|run| run.start))
}

/// Whether a start is one that a marker leaves out, of all up to `last`. A slot is compared with; `every`
/// has none that a person could name, so there it is the moment at which the timer was to elapse.
pub fn left_out(job: &Job, slot: Slot, elapsed: DateTime<Utc>, last: DateTime<Utc>) -> bool {
    match (&job.timing, slot) {
        (Timing::Every(span), _) => elapsed <= last + super::trigger::PUNCTUAL.min(span.delta() / 2),
        (_, Some(slot)) => slot <= last,
        (_, None) => false,
    }
}

/// The first start that comes after a run, if a run from `start` ends at `end`: a slot, and for `every` the
/// moment at which the timer elapses.
pub fn after_run(job: &Job, zone: &Zone, start: DateTime<Utc>, end: DateTime<Utc>) -> Slot {
    let Timing::Every(span) = &job.timing else { return job.timing.slots(zone)?.next_after(end) };
    let wait = span.delta() + job.random_delay.delta();
    let elapses = start.checked_add_signed(wait)?;
    if is_missed(*span, start, end) {
        // that elapse is skipped, and the span begins anew with it
        elapses.max(end).checked_add_signed(wait)
    } else {
        Some(elapses)
    }
}

/// Whether the slot of `every` comes during the run that it counts from.
fn is_missed(span: TimeSpan, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
    start.checked_add_signed(span.delta()).is_some_and(|slot| slot <= end)
}

/// Up to when a marker leaves out starts. Who makes one during a run means the first start after it. When that
/// run ends nobody knew; so if what the marker names comes during the run, it holds for the next start too.
/// `runs` are those that have ended by `now`, as [`ran`] gives them.
pub fn held_up_to(
    job: &Job,
    zone: &Zone,
    hold: &Hold,
    runs: impl IntoIterator<Item = Ran>,
    now: DateTime<Utc>,
) -> Slot {
    let last = hold.slot()?;
    let meant = |(start, end): &Ran| *start <= hold.since && hold.since <= *end && *end <= now;
    let after = runs.into_iter().filter(meant);
    let after = after.filter_map(|(start, end)| {
        let passed = match &job.timing {
            Timing::Every(span) => is_missed(*span, start, end),
            _ => start < last && last <= end,
        };
        after_run(job, zone, start, end).filter(|_| passed)
    });
    after.chain([last]).max()
}

/// From when to when a run went on.
pub type Ran = (DateTime<Utc>, DateTime<Utc>);

/// When a run went on, if it has ended and it is known when.
pub fn ran(run: &Run) -> Option<Ran> {
    run.took().and_then(|_| Some((run.start?, run.end.as_ref()?.at)))
}

/// Whether a timer elapsed when its slot came, as it does unless something held it up.
pub fn punctual(job: &Job, slot: DateTime<Utc>, elapsed: DateTime<Utc>) -> bool {
    elapsed - slot <= super::trigger::PUNCTUAL + job.random_delay.delta()
}

impl Start<'_> {
    /// The slot of this start, or why it has none.
    pub fn slot(&self) -> Result<Slot, NotDue> {
        let Some(slot) = last_slot(self.job, self.zone, self.history, self.elapsed) else { return Ok(None) };
        if self.history.has_run(slot) || self.clock_went_back(slot) {
            return Err(NotDue::AlreadyRun(slot));
        }
        if self.passed_during_a_run(slot) {
            return Err(NotDue::DuringRun(slot));
        }
        match self.job.catch_up {
            CatchUp::Latest if self.is_too_old(slot) => Err(NotDue::TooOld(slot)),
            CatchUp::Latest if slot < self.booted => self.caught_up(slot),
            // a timer that is started looks for its slots from when it was started before
            CatchUp::None if self.timer_since.is_some_and(|since| slot < since) => Err(NotDue::TimerStopped(slot)),
            _ => self.echo(slot),
        }
    }

    /// Whether it is too late to make up for a slot. A random delay is no part of its age, and what comes in time is
    /// never too old, however little the job asks for.
    fn is_too_old(&self, slot: DateTime<Utc>) -> bool {
        if punctual(self.job, slot, self.elapsed) {
            return false;
        }
        let most = self.job.catch_up_max_age.map(|most| most.delta() + self.job.random_delay.delta());
        most.is_some_and(|most| self.elapsed - slot > most)
    }

    /// Whether a later slot has had its run, as after a clock that was set back a little. A clock that is set back further was
    /// wrong before, and then the new time counts at once.
    fn clock_went_back(&self, slot: DateTime<Utc>) -> bool {
        let mut ran = self.history.runs.iter().filter(|run| !run.is_skipped()).filter_map(|run| run.slot);
        !matches!(self.job.timing, Timing::Every(_)) && ran.any(|ran| slot < ran && ran - slot < CORRECTION)
    }

    fn passed_during_a_run(&self, slot: DateTime<Utc>) -> bool {
        let Some(last) = self.history.last_run() else { return false };
        let (Some(start), Some(end)) = (last.start, &last.end) else { return false };
        // `every` counts from the start of a run, so its slot may lie in the run as well
        start < slot && slot <= end.at
    }

    /// A slot from before the boot, made up for because the job says so. The stamp on which systemd
    /// bases this outlives the job: one that was deleted and made again has missed nothing.
    fn caught_up(&self, slot: DateTime<Utc>) -> Result<Slot, NotDue> {
        let same = self.history.seen.as_ref().is_some_and(|seen| seen.timing == self.record());
        if self.changed <= slot || (self.changed < self.booted && same) {
            Ok(Some(slot))
        } else {
            Err(NotDue::BeforeJob(slot))
        }
    }

    /// Nothing was edited since the slot: a start that is late, by load or suspend, is for it.
    /// Otherwise it is for the slot only if it is in time and the schedule was this one before, or
    /// if the old schedule asked for a start too.
    fn echo(&self, slot: DateTime<Utc>) -> Result<Slot, NotDue> {
        let late = self.elapsed - slot > LATE.delta() + self.job.random_delay.delta();
        let seen = self.history.seen.as_ref();
        let other = seen.filter(|seen| seen.timing != self.record());
        let due = match (self.changed <= slot, other) {
            (true, None) => true,
            // the same span makes no echo; after a boot systemd counts it from there, and no slot tells
            (false, None) if matches!(self.job.timing, Timing::Every(_)) => true,
            (true, Some(_)) if !late => true,
            (_, Some(other)) => self.was_due_before(other),
            (false, None) => seen.is_some() && !late,
        };
        if due { Ok(Some(slot)) } else { Err(NotDue::Edited(slot)) }
    }

    fn was_due_before(&self, seen: &Seen) -> bool {
        let Some((timing, zone)) = self.before else { return false };
        timing.slot(self.elapsed, zone, Some(seen.at)).is_some_and(|slot| slot > seen.at)
    }

    fn record(&self) -> String {
        self.job.timing.record(self.job.zone.as_ref())
    }
}
