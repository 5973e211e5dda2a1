//! A pattern of civil times: what both ways of writing a schedule come down to.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// A set of small numbers: the values that one field of a schedule allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set(u64);

impl Set {
    /// All numbers from `low` to `high`.
    pub(super) const fn span(low: u8, high: u8) -> Self {
        Set((u64::MAX >> (63 - high)) & (u64::MAX << low))
    }

    pub(super) const fn only(value: u8) -> Self {
        Set::span(value, value)
    }

    pub(super) const fn has(self, value: u8) -> bool {
        value < 64 && self.0 >> value & 1 == 1
    }

    pub(super) fn insert(&mut self, value: u8) {
        self.0 |= Set::only(value).0;
    }

    pub(super) fn remove(&mut self, value: u8) {
        self.0 &= !Set::only(value).0;
    }

    pub(super) const fn at_or_after(self, value: u8) -> Option<u8> {
        let rest = if value < 64 { self.0 & (u64::MAX << value) } else { 0 };
        if rest == 0 { None } else { Some(lowest(rest)) }
    }

    pub(super) const fn at_or_before(self, value: u8) -> Option<u8> {
        let rest = self.0 & Set::span(0, value).0;
        if rest == 0 { None } else { Some(highest(rest)) }
    }

    /// The smallest value; every field allows at least one.
    pub(super) const fn first(self) -> u8 {
        lowest(self.0)
    }

    /// The largest value.
    pub(super) const fn last(self) -> u8 {
        highest(self.0)
    }

    pub(super) fn values(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |&value| self.has(value))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a u64 has 64 bits")]
const fn lowest(bits: u64) -> u8 {
    bits.trailing_zeros() as u8
}

#[expect(clippy::cast_possible_truncation, reason = "a u64 has 64 bits")]
const fn highest(bits: u64) -> u8 {
    63 - bits.leading_zeros() as u8
}

/// Every value of each field.
pub(super) const MINUTES: Set = Set::span(0, 59);
pub(super) const SECONDS: Set = Set::span(0, 59);
pub(super) const HOURS: Set = Set::span(0, 23);
pub(super) const DAYS: Set = Set::span(1, 31);
pub(super) const MONTHS: Set = Set::span(1, 12);
/// Sunday is 0, as cron counts.
pub(super) const WEEKDAYS: Set = Set::span(0, 6);

/// The years that systemd's calendars know.
pub(super) const FIRST_YEAR: u16 = 1970;
pub(super) const LAST_YEAR: u16 = 2199;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Years {
    Every,
    Only(BTreeSet<u16>),
}

impl Years {
    fn has(&self, year: u16) -> bool {
        match self {
            Years::Every => true,
            Years::Only(years) => years.contains(&year),
        }
    }
}

/// How day of the month and weekday go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayRule {
    /// A day counts when both allow it.
    Both,
    /// A day counts when one of them allows it.
    Either,
}

/// What cron does with such a schedule when clocks change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rhythm {
    /// It stands for times of the day: each once a day, whatever the clocks do.
    Times,
    /// It stands for an interval: it goes on through a repeated hour.
    Interval,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) years: Years,
    pub(super) months: Set,
    pub(super) days: Set,
    pub(super) weekdays: Set,
    pub(super) day_rule: DayRule,
    pub(super) hours: Set,
    pub(super) minutes: Set,
    pub(super) seconds: Set,
    pub(super) rhythm: Rhythm,
}

impl Pattern {
    /// Whether only minutes and seconds choose: then the pattern is the same in every whole-hour zone.
    pub(super) fn is_hourly(&self) -> bool {
        self.hours == HOURS && self.every_day() && self.months == MONTHS && self.years == Years::Every
    }

    fn every_day(&self) -> bool {
        match self.day_rule {
            DayRule::Both => self.days == DAYS && self.weekdays == WEEKDAYS,
            DayRule::Either => self.days == DAYS || self.weekdays == WEEKDAYS,
        }
    }

    /// Whether no day of the years that systemd knows fits, such as the 31st of February.
    pub(super) fn never_fires(&self) -> bool {
        NaiveDate::from_ymd_opt(FIRST_YEAR.into(), 1, 1).and_then(|first| self.day_at_or_after(first)).is_none()
    }

    /// The first civil time of the pattern at or after `from`.
    pub(super) fn at_or_after(&self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        if self.has_day(from.date())
            && let Some(time) = self.time_at_or_after(from.time())
        {
            return Some(from.date().and_time(time));
        }
        let day = self.day_at_or_after(from.date().succ_opt()?)?;
        Some(day.and_time(time(self.hours.first(), self.minutes.first(), self.seconds.first())))
    }

    /// The last civil time of the pattern at or before `until`.
    pub(super) fn at_or_before(&self, until: NaiveDateTime) -> Option<NaiveDateTime> {
        if self.has_day(until.date())
            && let Some(time) = self.time_at_or_before(until.time())
        {
            return Some(until.date().and_time(time));
        }
        let day = self.day_at_or_before(until.date().pred_opt()?)?;
        Some(day.and_time(time(self.hours.last(), self.minutes.last(), self.seconds.last())))
    }

    fn has_day(&self, day: NaiveDate) -> bool {
        let by_date = self.days.has(small(day.day()));
        let by_weekday = self.weekdays.has(small(day.weekday().num_days_from_sunday()));
        self.has_month(day)
            && match self.day_rule {
                DayRule::Both => by_date && by_weekday,
                DayRule::Either => by_date || by_weekday,
            }
    }

    fn has_month(&self, day: NaiveDate) -> bool {
        self.months.has(small(day.month())) && u16::try_from(day.year()).is_ok_and(|year| self.years.has(year))
    }

    fn day_at_or_after(&self, from: NaiveDate) -> Option<NaiveDate> {
        let mut day = from;
        while day.year() <= LAST_YEAR.into() {
            if self.has_day(day) {
                return Some(day);
            }
            day = if self.has_month(day) { day.succ_opt()? } else { first_of_next_month(day)? };
        }
        None
    }

    fn day_at_or_before(&self, until: NaiveDate) -> Option<NaiveDate> {
        let mut day = until;
        while day.year() >= FIRST_YEAR.into() {
            if self.has_day(day) {
                return Some(day);
            }
            day = if self.has_month(day) { day } else { day.with_day(1)? }.pred_opt()?;
        }
        None
    }

    fn time_at_or_after(&self, from: NaiveTime) -> Option<NaiveTime> {
        let (hour, minute, second) = (small(from.hour()), small(from.minute()), small(from.second()));
        if self.hours.has(hour) {
            if self.minutes.has(minute)
                && let Some(second) = self.seconds.at_or_after(second)
            {
                return Some(time(hour, minute, second));
            }
            if let Some(minute) = self.minutes.at_or_after(minute + 1) {
                return Some(time(hour, minute, self.seconds.first()));
            }
        }
        let hour = self.hours.at_or_after(hour + 1)?;
        Some(time(hour, self.minutes.first(), self.seconds.first()))
    }

    fn time_at_or_before(&self, until: NaiveTime) -> Option<NaiveTime> {
        let (hour, minute, second) = (small(until.hour()), small(until.minute()), small(until.second()));
        if self.hours.has(hour) {
            if self.minutes.has(minute)
                && let Some(second) = self.seconds.at_or_before(second)
            {
                return Some(time(hour, minute, second));
            }
            if let Some(minute) = minute.checked_sub(1).and_then(|minute| self.minutes.at_or_before(minute)) {
                return Some(time(hour, minute, self.seconds.last()));
            }
        }
        let hour = hour.checked_sub(1).and_then(|hour| self.hours.at_or_before(hour))?;
        Some(time(hour, self.minutes.last(), self.seconds.last()))
    }
}

fn first_of_next_month(day: NaiveDate) -> Option<NaiveDate> {
    match day.month() {
        12 => NaiveDate::from_ymd_opt(day.year() + 1, 1, 1),
        month => NaiveDate::from_ymd_opt(day.year(), month + 1, 1),
    }
}

fn time(hour: u8, minute: u8, second: u8) -> NaiveTime {
    NaiveTime::from_hms_opt(hour.into(), minute.into(), second.into()).expect("each set holds values of its field only")
}

/// A part of a date or time as a set knows it.
fn small(value: u32) -> u8 {
    u8::try_from(value).expect("no part of a date or time but the year is above 59")
}
