//! A pattern in words, as a person would say it.

use super::pattern::{DAYS, DayRule, HOURS, MINUTES, MONTHS, Pattern, SECONDS, Set, WEEKDAYS, Years};

/// More times of the day than these are told as hours and minutes.
const MOST_TIMES: usize = 6;

const MONTH_NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// From Sunday, as cron counts.
const DAY_NAMES: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// `at 04:30, Monday to Friday`
pub(super) fn words(pattern: &Pattern) -> String {
    let days = days(pattern);
    let times = times(pattern);
    match days {
        Some(days) => format!("{times}, {days}"),
        None if times.starts_with("every") || pattern.hours == HOURS => times,
        None => format!("{times} every day"),
    }
}

fn times(pattern: &Pattern) -> String {
    let Pattern { hours, minutes, seconds, .. } = *pattern;
    let of_minutes = of_minutes(hours, minutes);
    if seconds == Set::only(0) {
        return of_minutes;
    }
    let whole_day = hours == HOURS && minutes == MINUTES;
    match step(seconds, 60) {
        _ if whole_day && seconds == SECONDS => "every second".to_owned(),
        Some((0, step)) if whole_day => format!("every {step} seconds"),
        _ => format!("at second {}, {of_minutes}", list(&numbers(seconds))),
    }
}

fn of_minutes(hours: Set, minutes: Set) -> String {
    let all: Vec<String> =
        hours.values().flat_map(|hour| minutes.values().map(move |minute| format!("{hour:02}:{minute:02}"))).collect();
    let from_to = || {
        contiguous(hours).map(|(first, last)| {
            let first = format!("{first:02}:{:02}", minutes.first());
            format!("from {first} to {last:02}:{:02}", minutes.last())
        })
    };
    let every = match step(minutes, 60) {
        _ if minutes == MINUTES => Some("every minute".to_owned()),
        Some((0, step)) => Some(format!("every {step} minutes")),
        Some((first, step)) => Some(format!("every {step} minutes from minute {first} on")),
        None => None,
    };
    let single = |minute: u8| if minute == 0 { String::new() } else { format!(" at minute {minute}") };
    match (every, only(minutes), step(hours, 24)) {
        (Some(every), ..) if hours == HOURS => every,
        (None, Some(minute), _) if hours == HOURS => format!("every hour{}", single(minute)),
        _ if all.len() <= MOST_TIMES => format!("at {}", join(&all)),
        (None, Some(minute), Some((0, step))) => format!("every {step} hours{}", single(minute)),
        (Some(every), ..) if from_to().is_some() => format!("{every} {}", from_to().unwrap_or_default()),
        (Some(every), ..) => format!("{every} of hour {}", list(&numbers(hours))),
        (None, ..) if hours == HOURS => format!("at minute {} of every hour", list(&numbers(minutes))),
        (None, ..) => format!("at minute {} of hour {}", list(&numbers(minutes)), list(&numbers(hours))),
    }
}

/// None when every day fits.
fn days(pattern: &Pattern) -> Option<String> {
    let by_date = (pattern.days != DAYS).then(|| of_month(pattern.days));
    let by_weekday = (pattern.weekdays != WEEKDAYS).then(|| weekdays(pattern.weekdays));
    let days = match (pattern.day_rule, by_date, by_weekday) {
        (DayRule::Both, Some(date), Some(weekday)) => Some(format!("{weekday}, if it is {date}")),
        (DayRule::Either, Some(date), Some(weekday)) => Some(format!("on {date}, or {weekday}")),
        // one of the two is enough, and one of them is every day
        (DayRule::Either, ..) | (_, None, None) => None,
        (DayRule::Both, Some(date), None) => Some(format!("on {date}")),
        (DayRule::Both, None, Some(weekday)) => Some(weekday),
    };
    let months = (pattern.months != MONTHS).then(|| {
        let names: Vec<(u8, &str)> =
            pattern.months.values().map(|month| (month, MONTH_NAMES[usize::from(month) - 1])).collect();
        format!("in {}", list(&names))
    });
    let years = match &pattern.years {
        Years::Every => None,
        Years::Only(years) => {
            let years: Vec<String> = years.iter().map(ToString::to_string).collect();
            Some(match years.as_slice() {
                [first, .., last] if years.len() > MOST_TIMES => format!("in some years from {first} to {last}"),
                years => format!("in {}", join(years)),
            })
        }
    };
    let parts: Vec<String> = [days, months, years].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn of_month(days: Set) -> String {
    match step(days, 32) {
        Some((first, step)) if days.values().count() > MOST_TIMES => {
            format!("every {step}{} day of the month from day {first} on", ordinal(step))
        }
        _ => format!("day {} of the month", list(&numbers(days))),
    }
}

fn ordinal(number: u8) -> &'static str {
    match number {
        2 => "nd",
        3 => "rd",
        _ => "th",
    }
}

/// From Monday, as a week begins for most.
fn weekdays(days: Set) -> String {
    let names: Vec<(u8, &str)> =
        (1..=7).filter(|day| days.has(day % 7)).map(|day| (day, DAY_NAMES[usize::from(day % 7)])).collect();
    match names.as_slice() {
        [(1, _), .., (5, _)] if names.len() == 5 => "Monday to Friday".to_owned(),
        names => format!("on {}", list(names)),
    }
}

fn numbers(set: Set) -> Vec<(u8, String)> {
    set.values().map(|value| (value, value.to_string())).collect()
}

/// `1 to 7, 15 and 20`: three or more in a row are a range.
fn list<T: AsRef<str>>(values: &[(u8, T)]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = values;
    while let Some((first, name)) = rest.first() {
        let row = rest.iter().zip(*first..).take_while(|((value, _), expected)| value == expected).count();
        let (here, after) = rest.split_at(if row > 2 { row } else { 1 });
        parts.push(match here {
            [_, .., (_, last)] => format!("{} to {}", name.as_ref(), last.as_ref()),
            _ => name.as_ref().to_owned(),
        });
        rest = after;
    }
    join(&parts)
}

/// `a, b and c`
fn join(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

fn only(set: Set) -> Option<u8> {
    (set.first() == set.last()).then(|| set.first())
}

fn contiguous(set: Set) -> Option<(u8, u8)> {
    let (first, last) = (set.first(), set.last());
    (first < last && set.values().count() == usize::from(last - first) + 1).then_some((first, last))
}

/// First value and step of a set that goes on evenly until there is no room for another; `end` is the first value
/// that the field does not have. A step of 1 is none.
fn step(set: Set, end: u8) -> Option<(u8, u8)> {
    let values: Vec<u8> = set.values().collect();
    let [first, second, ..] = values.as_slice() else { return None };
    let step = second - first;
    let even = values.windows(2).all(|pair| pair[1] - pair[0] == step);
    let wraps = end != 60 || 60 % step == 0 || *first > 0;
    (step > 1 && even && *first < step && set.last() >= end - step && wraps).then_some((*first, step))
}
