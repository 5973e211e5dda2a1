//! What starts a job: at most one of five keys, or a person.

use super::JobName;
use super::schedule::{Calendar, Slots, Vixie, Zone, ZoneName};
use super::span::TimeSpan;
use super::text::one_line;
use chrono::{DateTime, TimeDelta, Utc};

/// When a job starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Timing {
    /// No key: by hand.
    Manual,
    /// Key `schedule`: five Vixie fields.
    Schedule(Vixie),
    /// Key `calendar`: systemd's calendar text.
    Calendar(Calendar),
    /// Key `every`: this long after the last start.
    Every(TimeSpan),
    /// Key `at_boot`: once after each boot.
    AtBoot,
    /// Key `after_success`: when all of these have succeeded since its last start; at least one.
    After(Vec<JobName>),
}

/// Stands between a timing and its zone in [`Timing::record`].
const IN: &str = " in ";

impl Timing {
    /// The timing as one line, as history gives it back; two timings are the same when this is.
    pub fn record(&self, zone: Option<&ZoneName>) -> String {
        let text = match self {
            Timing::Manual => "manual".to_owned(),
            Timing::Schedule(vixie) => format!("schedule {}", vixie.as_str()),
            Timing::Calendar(calendar) => format!("calendar {}", calendar.as_str()),
            Timing::Every(span) => format!("every {span}"),
            Timing::AtBoot => "at_boot".to_owned(),
            Timing::After(others) => format!("after_success {}", names(others, ", ")),
        };
        one_line(&match zone {
            Some(zone) => format!("{text}{IN}{zone}"),
            None => text,
        })
    }

    /// Reads [`Timing::record`] back; nothing if it is none, for instance of another version.
    pub fn from_record(record: &str) -> Option<(Timing, Option<ZoneName>)> {
        let (text, zone) = match record.split_once(IN) {
            Some((text, zone)) => (text, Some(ZoneName::new(zone).ok()?)),
            None => (record, None),
        };
        let timing = match text.split_once(' ') {
            Some(("schedule", text)) => Timing::Schedule(Vixie::parse(text).ok()?),
            Some(("calendar", text)) => Timing::Calendar(Calendar::parse(text).ok()?),
            Some(("every", text)) => Timing::Every(TimeSpan::parse(text).filter(|span| !span.is_zero())?),
            None if text == "manual" => Timing::Manual,
            None if text == "at_boot" => Timing::AtBoot,
            _ => return None,
        };
        Some((timing, zone))
    }

    /// Whether it is a timer that starts the job.
    pub fn is_by_timer(&self) -> bool {
        matches!(self, Timing::Schedule(_) | Timing::Calendar(_) | Timing::Every(_))
    }

    /// Whether it names a date that no calendar has, as 31 February.
    pub fn never_comes(&self) -> bool {
        match self {
            Timing::Schedule(vixie) => vixie.never_fires(),
            Timing::Calendar(calendar) => calendar.never_fires(),
            Timing::Manual | Timing::Every(_) | Timing::AtBoot | Timing::After(_) => false,
        }
    }

    /// What it means, as a person would say it.
    pub fn words(&self) -> String {
        match self {
            Timing::Manual => "when somebody starts it".to_owned(),
            Timing::Schedule(vixie) => vixie.words(),
            Timing::Calendar(calendar) => calendar.words(),
            Timing::Every(span) => format!("{span} after its last start"),
            Timing::AtBoot => "once after each boot".to_owned(),
            Timing::After(others) => format!("after a success of {}", names(others, " and ")),
        }
    }

    /// The zone in which it is read: a calendar text may name its own.
    pub fn zone<'a>(&'a self, key: Option<&'a ZoneName>) -> Option<&'a ZoneName> {
        match self {
            Timing::Calendar(calendar) => calendar.zone().or(key),
            _ => key,
        }
    }

    /// The slots, where the calendar names them and the rules of its zone are known.
    pub fn slots<'a>(&'a self, zone: &'a Zone) -> Option<Slots<'a>> {
        match self {
            Timing::Schedule(vixie) => vixie.slots(zone),
            Timing::Calendar(calendar) => calendar.slots(zone),
            Timing::Manual | Timing::Every(_) | Timing::AtBoot | Timing::After(_) => None,
        }
    }

    /// The last slot at or before an instant; `last_start` is where `every` counts from.
    pub fn slot(&self, at: DateTime<Utc>, zone: &Zone, last_start: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        match self {
            Timing::Every(span) => last_multiple(last_start?, span.delta(), at),
            _ => self.slots(zone)?.last_at_or_before(at),
        }
    }
}

fn names(jobs: &[JobName], between: &str) -> String {
    jobs.iter().map(JobName::as_str).collect::<Vec<_>>().join(between)
}

/// The last of `start + span`, `start + 2 spans`, … that is not after `at`: where a run took longer than
/// the span, the first of them lies in that run for ever.
fn last_multiple(start: DateTime<Utc>, span: TimeDelta, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (span, passed) = (span.num_microseconds()?, (at - start).num_microseconds()?);
    let rest = passed.checked_rem(span)?;
    (passed >= span).then(|| at - TimeDelta::microseconds(rest))
}
