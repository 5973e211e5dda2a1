//! A moment as people type it: `2h`, `07:00`, `tomorrow 7:00`, `monday`, `2027-01-31 07:00`.

use super::schedule::{Instants, Zone};
use super::span::TimeSpan;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

/// Which way a moment lies of which only a part is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `2h` is two hours ago, `07:00` the last time that it was seven.
    Past,
    /// `2h` is in two hours, `07:00` the next time that it is seven.
    Future,
}

/// What is read, for messages.
pub const ALLOWED: &str = "a span as in 2h or 1h 30min, a time as in 07:00, a date as in 2027-01-31, both, today, \
                           yesterday, tomorrow or a weekday, with or without a time";

const DAY: TimeDelta = TimeDelta::days(1);

/// Reads a moment, by the clock of a zone; nothing if it is none.
pub fn parse(text: &str, now: DateTime<Utc>, zone: &Zone, side: Side) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("now") {
        return Some(now);
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    if let Some(seconds) = text.strip_prefix('@') {
        return DateTime::from_timestamp(seconds.parse().ok()?, 0);
    }
    distance(text, side).map_or_else(|| civil(text, now, zone, side), |distance| now.checked_add_signed(distance))
}

/// A span from now: negative for the past.
fn distance(text: &str, side: Side) -> Option<TimeDelta> {
    let (text, side) = match (text.strip_prefix('+').or_else(|| text.strip_prefix("in ")), text.strip_prefix('-')) {
        (Some(text), _) => (text, Side::Future),
        (_, Some(text)) => (text, Side::Past),
        _ => text.strip_suffix(" ago").map_or((text, side), |text| (text, Side::Past)),
    };
    let span = TimeSpan::parse(text)?.delta();
    Some(if side == Side::Past { -span } else { span })
}

/// A day, a time of the day, or both.
fn civil(text: &str, now: DateTime<Utc>, zone: &Zone, side: Side) -> Option<DateTime<Utc>> {
    let here = zone.rules().map_or(now.naive_utc(), |rules| rules.civil(now));
    let (day, time) = match text.split_once([' ', 'T']).or_else(|| text.split_once('_')) {
        Some((day, time)) => (Some(day), Some(time.trim())),
        None if text.contains(':') => (None, Some(text)),
        None => (Some(text), None),
    };
    let time = time.map(of_day).map_or(Some(NaiveTime::MIN), |time| time)?;
    let today = here.date().and_time(time);
    let at = match (day, side) {
        (Some(day), _) => of_calendar(day, here, time, side)?,
        (None, Side::Future) if today <= here => today + DAY,
        (None, Side::Past) if today > here => today - DAY,
        (None, _) => today,
    };
    Some(instant(at, zone, side))
}

/// `7:00` or `07:00:30`
fn of_day(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S")).ok()
}

fn of_calendar(day: &str, here: NaiveDateTime, time: NaiveTime, side: Side) -> Option<NaiveDateTime> {
    let today = here.date();
    let date = match day.to_ascii_lowercase().as_str() {
        "today" => today,
        "tomorrow" => today.checked_add_days(Days::new(1))?,
        "yesterday" => today.checked_sub_days(Days::new(1))?,
        word => match word.parse::<Weekday>() {
            Ok(weekday) => return next_weekday(weekday, here, time, side),
            Err(_) => NaiveDate::parse_from_str(word, "%Y-%m-%d").ok()?,
        },
    };
    Some(date.and_time(time))
}

/// The next or the last such day at that time, which may be today.
fn next_weekday(weekday: Weekday, here: NaiveDateTime, time: NaiveTime, side: Side) -> Option<NaiveDateTime> {
    let days = i64::from(weekday.num_days_from_monday()) - i64::from(here.date().weekday().num_days_from_monday());
    let at = here.date().checked_add_signed(TimeDelta::days(days))?.and_time(time);
    Some(match side {
        Side::Future if at <= here => at + DAY * 7,
        Side::Past if at > here => at - DAY * 7,
        _ => at,
    })
}

/// Where the clock jumps over it, an hour later; where it comes twice, the one that leaves more time.
fn instant(civil: NaiveDateTime, zone: &Zone, side: Side) -> DateTime<Utc> {
    let Some(rules) = zone.rules() else { return civil.and_utc() };
    match (rules.instants(civil), side) {
        (Instants::One(at), _) | (Instants::Fold(at, _), Side::Past) | (Instants::Fold(_, at), Side::Future) => at,
        (Instants::Gap, _) => match rules.instants(civil + TimeDelta::hours(1)) {
            Instants::One(at) | Instants::Fold(at, _) => at,
            Instants::Gap => civil.and_utc(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    const NOW: &str = "2026-11-25T14:30:00Z";

    fn at(text: &str, side: Side) -> String {
        let moment = parse(text, NOW.parse().unwrap(), &Zone::utc(), side);
        moment.map_or_else(|| "no moment".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S").to_string())
    }

    #[test]
    fn what_is_said_half_lies_on_the_side_that_is_meant() {
        for (text, past, future) in [
            ("2h", "2026-11-25 12:30:00", "2026-11-25 16:30:00"),
            ("1h 30min", "2026-11-25 13:00:00", "2026-11-25 16:00:00"),
            ("07:00", "2026-11-25 07:00:00", "2026-11-26 07:00:00"),
            ("14:30", "2026-11-25 14:30:00", "2026-11-26 14:30:00"),
            ("15:00:30", "2026-11-24 15:00:30", "2026-11-25 15:00:30"),
            ("monday", "2026-11-23 00:00:00", "2026-11-30 00:00:00"),
            ("Fri 7:00", "2026-11-20 07:00:00", "2026-11-27 07:00:00"),
            ("wed 15:00", "2026-11-18 15:00:00", "2026-11-25 15:00:00"),
        ] {
            assert_eq!(at(text, Side::Past), past, "{text}");
            assert_eq!(at(text, Side::Future), future, "{text}");
        }
    }

    #[test]
    fn what_is_said_whole_is_that_moment() {
        for (text, moment) in [
            ("now", "2026-11-25 14:30:00"),
            ("+2h", "2026-11-25 16:30:00"),
            ("in 2h", "2026-11-25 16:30:00"),
            ("-2h", "2026-11-25 12:30:00"),
            ("2 days ago", "2026-11-23 14:30:00"),
            ("today", "2026-11-25 00:00:00"),
            ("yesterday", "2026-11-24 00:00:00"),
            ("tomorrow 7:00", "2026-11-26 07:00:00"),
            ("2027-01-31", "2027-01-31 00:00:00"),
            ("2027-01-31 07:00", "2027-01-31 07:00:00"),
            ("2027-01-31T07:00:01", "2027-01-31 07:00:01"),
            ("2027-01-31T07:00:00+01:00", "2027-01-31 06:00:00"),
            ("@1700000000", "2023-11-14 22:13:20"),
        ] {
            assert_eq!(at(text, Side::Past), moment, "{text}");
            assert_eq!(at(text, Side::Future), moment, "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in ["", "soon", "25:00", "7", "2027-02-30", "2027-01-31 soon", "@x", "-", "tomorrow yesterday", "2h x"]
        {
            assert_eq!(at(text, Side::Future), "no moment", "{text:?}");
        }
    }
}
