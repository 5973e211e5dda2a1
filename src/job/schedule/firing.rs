//! The instants at which systemd starts a job.
//!
//! Measured on systemd 252: a civil time that spring jumps over has no run, and one that autumn shows
//! twice has its run in the first pass, unless the search begins within the second.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike, Utc};

use super::on_calendar::Clock;
use super::pattern::Pattern;
use super::zone::{Instants, Rules, Zone};

/// The slots of a schedule in a zone.
#[derive(Clone, Copy, Debug)]
pub struct Slots<'a> {
    pub(super) pattern: &'a Pattern,
    pub(super) zone: &'a Zone,
    rules: Option<&'a Rules>,
}

impl<'a> Slots<'a> {
    pub(super) fn new(pattern: &'a Pattern, zone: &'a Zone) -> Option<Self> {
        let rules = zone.rules()?;
        Some(Slots {
            pattern,
            zone,
            rules: match Clock::of(pattern, zone) {
                Clock::Zone => Some(rules),
                Clock::Utc => None,
            },
        })
    }

    /// The rules whose changes these slots feel; none when they follow universal time.
    pub(super) fn rules(&self) -> Option<&'a Rules> {
        self.rules
    }

    /// The first slot after `now`, as systemd finds it from there.
    pub fn next_after(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next_second = TimeDelta::seconds(1);
        let mut civil = whole_second(self.civil(now)) + next_second;
        loop {
            civil = self.pattern.at_or_after(civil)?;
            // Within the second pass of a repeated hour its first pass is over.
            let instant = match self.instants(civil) {
                Instants::Gap => None,
                Instants::One(instant) => Some(instant),
                Instants::Fold(first, second) => Some(if first > now { first } else { second }),
            };
            match instant {
                Some(instant) if instant > now => return Some(instant),
                _ => civil += next_second,
            }
        }
    }

    /// The slots after `now`, in order.
    pub fn upcoming(&self, now: DateTime<Utc>) -> Upcoming<'a> {
        Upcoming { slots: *self, last: now }
    }

    /// The slot to which a start at `instant` belongs.
    ///
    /// A repeated hour has slots in its first pass only. Systemd searches on from the last start, and one
    /// that a random delay moved into the second pass makes it start the job there once more: by this
    /// slot such a start is known as an echo.
    pub fn last_at_or_before(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // In the second pass, the last slot may have a later civil time than the instant itself.
        let mut civil = self.civil(instant).max(self.civil(instant - DAY) + DAY);
        loop {
            civil = self.pattern.at_or_before(civil)?;
            match self.instants(civil) {
                Instants::One(slot) | Instants::Fold(slot, _) if slot <= instant => return Some(slot),
                _ => civil -= TimeDelta::seconds(1),
            }
        }
    }

    fn civil(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        self.rules.map_or(instant.naive_utc(), |rules| rules.civil(instant))
    }

    fn instants(&self, civil: NaiveDateTime) -> Instants {
        self.rules.map_or(Instants::One(civil.and_utc()), |rules| rules.instants(civil))
    }
}

const DAY: TimeDelta = TimeDelta::days(1);

fn whole_second(civil: NaiveDateTime) -> NaiveDateTime {
    civil.with_nanosecond(0).unwrap_or(civil)
}

/// The slots after an instant, in order.
#[derive(Clone, Debug)]
pub struct Upcoming<'a> {
    slots: Slots<'a>,
    last: DateTime<Utc>,
}

impl Iterator for Upcoming<'_> {
    type Item = DateTime<Utc>;

    fn next(&mut self) -> Option<DateTime<Utc>> {
        self.last = self.slots.next_after(self.last)?;
        Some(self.last)
    }
}
