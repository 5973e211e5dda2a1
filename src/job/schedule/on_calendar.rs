//! A pattern as `OnCalendar=` values, in the very form to which systemd normalises them.
//!
//! Steps are always bounded: with a time zone, systemd mishandles open ones around a clock change.

use super::pattern::{DAYS, DayRule, HOURS, MINUTES, MONTHS, Pattern, SECONDS, Set, WEEKDAYS, Years};
use super::zone::{Rules, Shifts, Zone};

/// By which clock systemd is told to run a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// That of the job's zone.
    Zone,
    /// Universal time.
    Utc,
}

impl Clock {
    /// In local time systemd runs nothing in the hour that autumn repeats. A pattern of minutes alone
    /// means the same in universal time, where no hour is repeated, as long as clocks shift by whole hours.
    pub(super) fn of(pattern: &Pattern, zone: &Zone) -> Self {
        let follows_utc = pattern.is_hourly() && zone.rules().map(Rules::shifts) == Some(Shifts::WholeHours);
        if follows_utc { Clock::Utc } else { Clock::Zone }
    }
}

pub(super) fn lines(pattern: &Pattern, zone: &Zone) -> Vec<String> {
    let zone_name = match Clock::of(pattern, zone) {
        Clock::Utc => " UTC".to_owned(),
        Clock::Zone => zone.name().map(|name| format!(" {name}")).unwrap_or_default(),
    };
    days(pattern)
        .into_iter()
        .map(|(weekdays, days)| {
            let weekdays = weekday_part(weekdays);
            let years = match &pattern.years {
                Years::Every => "*".to_owned(),
                Years::Only(years) => list(years.iter().copied(), 4),
            };
            let (months, days) = (part(pattern.months, MONTHS), part(days, DAYS));
            let (hours, minutes) = (part(pattern.hours, HOURS), part(pattern.minutes, MINUTES));
            let seconds = part(pattern.seconds, SECONDS);
            format!("{weekdays}{years}-{months}-{days} {hours}:{minutes}:{seconds}{zone_name}")
        })
        .collect()
}

/// Weekdays and days of the month of each line: within one line both must fit, of two lines one is enough.
fn days(pattern: &Pattern) -> Vec<(Set, Set)> {
    match pattern.day_rule {
        DayRule::Both => vec![(pattern.weekdays, pattern.days)],
        DayRule::Either if pattern.days == DAYS || pattern.weekdays == WEEKDAYS => vec![(WEEKDAYS, DAYS)],
        DayRule::Either => vec![(WEEKDAYS, pattern.days), (pattern.weekdays, DAYS)],
    }
}

fn weekday_part(weekdays: Set) -> String {
    const FROM_MONDAY: [(u8, &str); 7] =
        [(1, "Mon"), (2, "Tue"), (3, "Wed"), (4, "Thu"), (5, "Fri"), (6, "Sat"), (0, "Sun")];
    if weekdays == WEEKDAYS {
        return String::new();
    }
    let allowed: Vec<bool> = FROM_MONDAY.iter().map(|&(day, _)| weekdays.has(day)).collect();
    let mut parts = Vec::new();
    let mut first = 0;
    while first < allowed.len() {
        let length = allowed[first..].iter().take_while(|&&day| day).count();
        match length {
            0 => first += 1,
            1 | 2 => parts.extend(FROM_MONDAY[first..first + length].iter().map(|&(_, name)| name.to_owned())),
            _ => parts.push(format!("{}..{}", FROM_MONDAY[first].1, FROM_MONDAY[first + length - 1].1)),
        }
        first += length;
    }
    format!("{} ", parts.join(","))
}

fn part(set: Set, every: Set) -> String {
    if set == every { "*".to_owned() } else { list(set.values().map(u16::from), 2) }
}

/// Rising numbers as a list of single ones, ranges `a..b` and bounded steps `a..b/n`.
fn list(numbers: impl Iterator<Item = u16>, width: usize) -> String {
    let numbers: Vec<u16> = numbers.collect();
    let mut parts = Vec::new();
    let mut rest = numbers.as_slice();
    while let [first, others @ ..] = rest {
        let step = others.first().map_or(0, |next| next - first);
        let length = 1 + rest.windows(2).take_while(|pair| pair[1] - pair[0] == step).count();
        let last = rest[length - 1];
        // Two or three numbers are easier to read one by one than as a step.
        let taken = match (step, length) {
            (1, 3..) => {
                parts.push(format!("{first:0width$}..{last:0width$}"));
                length
            }
            (2.., 4..) => {
                parts.push(format!("{first:0width$}..{last:0width$}/{step}"));
                length
            }
            _ => {
                parts.push(format!("{first:0width$}"));
                1
            }
        };
        rest = &rest[taken..];
    }
    parts.join(",")
}
