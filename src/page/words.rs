//! Moments and spans as people read them.

use crate::job::schedule::Zone;
use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

/// What the clock of a zone shows; universal time where the rules of the zone are not known.
pub fn civil(at: DateTime<Utc>, zone: &Zone) -> NaiveDateTime {
    zone.rules().map_or(at.naive_utc(), |rules| rules.civil(at))
}

/// The time of day, with the date if it is not within a day of `now`, and with the year if it is far away.
pub fn clock(at: DateTime<Utc>, now: DateTime<Utc>, zone: &Zone) -> String {
    let form = match (at - now).abs().num_hours() {
        0..20 => "%H:%M:%S",
        20..7200 => "%m-%d %H:%M",
        _ => "%Y-%m-%d",
    };
    civil(at, zone).format(form).to_string()
}

/// Date and time of day, to the second.
pub fn date_and_time(at: DateTime<Utc>, zone: &Zone) -> String {
    civil(at, zone).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// For programs: RFC 3339 in universal time, with microseconds.
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Two units at the most: `3d 4h`, `12min`, `430ms`.
pub fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    let two = |large: i64, name: &str, small: i64, below: &str| {
        if small == 0 { format!("{large}{name}") } else { format!("{large}{name} {small}{below}") }
    };
    match seconds {
        0 => format!("{}ms", span.num_milliseconds().max(0)),
        1..60 => format!("{seconds}s"),
        60..3_600 => two(seconds / 60, "min", if seconds < 600 { seconds % 60 } else { 0 }, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// `1 job`, `2 jobs`
pub fn count(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_the_most() {
        for (millis, text) in [
            (-5, "0ms"),
            (430, "430ms"),
            (59_999, "59s"),
            (60_000, "1min"),
            (599_000, "9min 59s"),
            (601_000, "10min"),
            (3_600_000, "1h"),
            (86_399_000, "23h 59min"),
            (3 * 86_400_000 + 4 * 3_600_000, "3d 4h"),
        ] {
            assert_eq!(span(TimeDelta::milliseconds(millis)), text);
        }
    }
}
