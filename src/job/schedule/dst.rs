//! What a change of the clocks does to a schedule, where cron would have run it otherwise.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::firing::Slots;
use super::pattern::Rhythm;
use super::zone::{Change, ZoneName};

/// What is lost at one change of the clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DstNote {
    /// The moment of the change.
    pub at: DateTime<Utc>,
    /// Spring or autumn.
    pub effect: DstEffect,
    /// The first civil time that does not exist or comes twice.
    pub from: NaiveDateTime,
    /// The civil time at which the clocks are as always again.
    pub to: NaiveDateTime,
    /// The one time of the schedule in between; none when there are several.
    pub only_slot: Option<NaiveDateTime>,
    zone: Option<ZoneName>,
}

/// Which way the clocks are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DstEffect {
    /// Forward: times in between do not exist and have no run. Cron runs such a job after the jump.
    Skipped,
    /// Back: times in between come twice and run the first time only. Cron goes on through both.
    NotRepeated,
}

impl Slots<'_> {
    /// The changes after `now` and before `until` at which systemd runs the job less often than cron would.
    pub fn dst_notes(&self, now: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DstNote> {
        let Some(rules) = self.rules() else { return Vec::new() };
        rules.changes(now, until).filter_map(|change| self.note(change)).collect()
    }

    fn note(&self, change: Change) -> Option<DstNote> {
        let (before, after) = (change.at.naive_utc() + change.before, change.at.naive_utc() + change.after);
        let (effect, from, to) = match self.pattern.rhythm {
            Rhythm::Times if before < after => (DstEffect::Skipped, before, after),
            Rhythm::Interval if after < before => (DstEffect::NotRepeated, after, before),
            // Cron does as systemd: an interval has nothing to catch up, a time of the day nothing to repeat.
            _ => return None,
        };
        let first = self.pattern.at_or_after(from).filter(|&slot| slot < to)?;
        let second = self.pattern.at_or_after(first + TimeDelta::seconds(1)).filter(|&slot| slot < to);
        let only_slot = if second.is_none() { Some(first) } else { None };
        Some(DstNote { at: change.at, effect, from, to, only_slot, zone: self.zone.name().cloned() })
    }
}

/// `on 2027-03-28 02:30 does not exist in Europe/Berlin: no run then`
impl fmt::Display for DstNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.as_ref().map_or("local time", ZoneName::as_str);
        let date = self.only_slot.unwrap_or(self.from).format("%Y-%m-%d");
        let times = match self.only_slot {
            Some(slot) => slot.format("%H:%M").to_string(),
            None => format!("the time from {} to {}", self.from.format("%H:%M"), self.to.format("%H:%M")),
        };
        match self.effect {
            DstEffect::Skipped => write!(f, "on {date} {times} does not exist in {zone}: no run then"),
            DstEffect::NotRepeated => write!(f, "on {date} {times} comes twice in {zone}: no run the second time"),
        }
    }
}
