//! A time zone: its name, and its rules when they could be read.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use tz::TimeZone;
use tz::timezone::TransitionRule;

/// The name of a zone of the tz database, such as `Europe/Berlin`.
///
/// It can stand in a unit and be a path below the database's folder: no `..`, no leading slash, no blank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneName(String);

/// Why a text names no zone, or bytes hold no rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneError {
    /// It is not written like a name of the tz database.
    BadName,
    /// The bytes are no file of the tz database.
    BadData,
    /// The rules count leap seconds, as those below `right/` do.
    LeapSeconds,
    /// The rules say nothing about the future.
    NoFuture,
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ZoneError::BadName => "a time zone is a name of the tz database, such as Europe/Berlin or UTC",
            ZoneError::BadData => "the rules of the time zone cannot be read",
            ZoneError::LeapSeconds => "the rules of the time zone count leap seconds",
            ZoneError::NoFuture => "the rules of the time zone end in the past",
        })
    }
}

impl std::error::Error for ZoneError {}

const LONGEST_NAME: usize = 64;

impl ZoneName {
    /// Checks a name by its grammar; whether the database has it, only the database knows.
    pub fn new(text: &str) -> Result<Self, ZoneError> {
        let is_segment = |segment: &str| {
            !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
        };
        let is_name = text.len() <= LONGEST_NAME
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.split('/').all(is_segment);
        if is_name { Ok(ZoneName(text.to_owned())) } else { Err(ZoneError::BadName) }
    }

    /// Universal time.
    pub fn utc() -> Self {
        ZoneName("UTC".to_owned())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a schedule's clock hangs: in a named zone or in the host's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: Option<ZoneName>,
    rules: Option<Rules>,
}

impl Zone {
    /// Universal time, by name.
    pub fn utc() -> Self {
        Zone { name: Some(ZoneName::utc()), rules: Some(Rules(TimeZone::utc())) }
    }

    /// A zone whose rules could not be read; no name means the host's own zone.
    pub fn unread(name: Option<ZoneName>) -> Self {
        Zone { name, rules: None }
    }

    /// A zone with the rules of a file of the tz database; no name means the host's own zone.
    pub fn from_tz_data(name: Option<ZoneName>, bytes: &[u8]) -> Result<Self, ZoneError> {
        let rules = TimeZone::from_tz_data(bytes).map_err(|_| ZoneError::BadData)?;
        let parts = rules.as_ref();
        if !parts.leap_seconds().is_empty() {
            return Err(ZoneError::LeapSeconds);
        }
        if parts.extra_rule().is_none() && !parts.transitions().is_empty() {
            return Err(ZoneError::NoFuture);
        }
        Ok(Zone { name, rules: Some(Rules(rules)) })
    }

    /// The zone's name; none for the host's own.
    pub fn name(&self) -> Option<&ZoneName> {
        self.name.as_ref()
    }

    /// The zone's rules, when they could be read.
    pub fn rules(&self) -> Option<&Rules> {
        self.rules.as_ref()
    }
}

/// How a zone's clocks differ from universal time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules(TimeZone);

/// The instants at which a zone's clocks show one civil time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instants {
    /// Clocks jump over it.
    Gap,
    /// It comes once.
    One(DateTime<Utc>),
    /// Clocks are set back and show it twice.
    Fold(DateTime<Utc>, DateTime<Utc>),
}

/// By how much a zone's clocks change from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shifts {
    /// They never change.
    Never,
    /// They change, and always stand a whole number of hours from universal time.
    WholeHours,
    /// They change and stand at other distances too.
    Other,
}

/// A moment at which a zone's clocks are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) at: DateTime<Utc>,
    pub(super) before: TimeDelta,
    pub(super) after: TimeDelta,
}

/// What clocks did before 2026 says nothing about what they will do.
const OLD_TIMES_END: i64 = 1_767_225_600;

const DAY: TimeDelta = TimeDelta::days(1);

impl Rules {
    /// What a clock of the zone shows.
    pub fn civil(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        instant.naive_utc() + self.offset(instant)
    }

    /// When clocks of the zone show a civil time.
    pub fn instants(&self, civil: NaiveDateTime) -> Instants {
        // No zone is a day away from universal time, so these two surround every instant in question.
        let as_utc = civil.and_utc();
        let earlier = as_utc - self.offset(as_utc - DAY);
        let later = as_utc - self.offset(as_utc + DAY);
        let shows = |instant: &DateTime<Utc>| self.civil(*instant) == civil;
        match (shows(&earlier), shows(&later)) {
            (true, true) if earlier < later => Instants::Fold(earlier, later),
            (true, _) => Instants::One(earlier),
            (false, true) => Instants::One(later),
            (false, false) => Instants::Gap,
        }
    }

    /// East of Greenwich is positive.
    pub(super) fn offset(&self, instant: DateTime<Utc>) -> TimeDelta {
        // It fails only where a 64-bit year does; then universal time is as good as any.
        let local = self.0.find_local_time_type(instant.timestamp());
        TimeDelta::seconds(local.map_or(0, |local| local.ut_offset().into()))
    }

    pub(super) fn shifts(&self) -> Shifts {
        let parts = self.0.as_ref();
        let coming = parts.transitions().iter().filter(|change| change.unix_leap_time() >= OLD_TIMES_END);
        let mut offsets: Vec<i32> =
            coming.map(|change| parts.local_time_types()[change.local_time_type_index()].ut_offset()).collect();
        if let Some(TransitionRule::Alternate(rule)) = parts.extra_rule() {
            offsets.extend([rule.std().ut_offset(), rule.dst().ut_offset()]);
        }
        if offsets.is_empty() {
            return Shifts::Never;
        }
        offsets.extend(parts.find_local_time_type(OLD_TIMES_END).map(tz::LocalTimeType::ut_offset));
        if offsets.iter().all(|offset| offset % 3600 == 0) { Shifts::WholeHours } else { Shifts::Other }
    }

    /// The changes between two instants, found by looking at every day, then closer.
    pub(super) fn changes(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> impl Iterator<Item = Change> {
        let mut day = from;
        std::iter::from_fn(move || {
            while day < until {
                let (mut low, mut high) = (day, (day + DAY).min(until));
                day = high;
                let (before, after) = (self.offset(low), self.offset(high));
                if before == after {
                    continue;
                }
                while high - low > TimeDelta::seconds(1) {
                    let middle = low + (high - low) / 2;
                    if self.offset(middle) == before { low = middle } else { high = middle }
                }
                return Some(Change { at: DateTime::from_timestamp(high.timestamp(), 0)?, before, after });
            }
            None
        })
    }
}
