//! A span of time as systemd writes it: `90s`, `2h`, `1h 30min`.

use std::fmt;
use std::time::Duration;

/// A span of time, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeSpan(u64);

/// Units of systemd.time(7), the largest first, each with the names it may be written with; the
/// first name is the one we write. A month is 30.44 days and a year 365.25 days, as there; both are
/// read and not written.
const UNITS: &[(u64, &[&str])] = &[
    (31_557_600_000_000, &["y", "year", "years"]),
    (2_629_800_000_000, &["M", "month", "months"]),
    (604_800_000_000, &["w", "week", "weeks"]),
    (86_400_000_000, &["d", "day", "days"]),
    (3_600_000_000, &["h", "hr", "hour", "hours"]),
    (60_000_000, &["min", "m", "minute", "minutes"]),
    (1_000_000, &["s", "sec", "second", "seconds"]),
    (1_000, &["ms", "msec"]),
    (1, &["us", "usec"]),
];

/// What is read and what not, for messages.
pub const ALLOWED: &str = "a time span, as in 90s, 15min, 2h or 1h 30min";

/// About 300 years: far more than anybody means, and no sum of two overflows.
const MAX: u64 = 9_467_280_000_000_000;

/// Every word for a unit, the longest units first.
pub fn units() -> impl Iterator<Item = &'static str> {
    UNITS.iter().flat_map(|(_, names)| names.iter().copied())
}

impl TimeSpan {
    /// Nothing.
    pub const ZERO: TimeSpan = TimeSpan(0);

    /// So many seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        TimeSpan(seconds * 1_000_000)
    }

    /// So many thousandths of a second.
    pub const fn from_millis(millis: u64) -> Self {
        TimeSpan(millis * 1_000)
    }

    /// A fractional number of minutes, the original's unit of `timeout`; nothing if it is negative,
    /// not a number or too long.
    pub fn from_minutes(minutes: f64) -> Option<Self> {
        let micros = (minutes * 60e6).round();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        (minutes >= 0.0 && micros <= MAX as f64).then_some(TimeSpan(micros as u64))
    }

    /// Reads a span; every number has a unit. Nothing if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut total = 0_u64;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            let after = after.trim_start();
            let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
            let (unit, next) = after.split_at(end);
            let size = UNITS.iter().find(|(_, names)| names.contains(&unit))?.0;
            total = total.checked_add(scaled(number, size)?)?;
            rest = next.trim_start();
        }
        (total <= MAX).then_some(TimeSpan(total))
    }

    /// The two, one after the other; no longer than the longest there is.
    #[must_use]
    pub fn plus(self, other: TimeSpan) -> TimeSpan {
        TimeSpan((self.0 + other.0).min(MAX))
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// As the standard library's type.
    pub fn duration(self) -> Duration {
        Duration::from_micros(self.0)
    }

    /// As chrono's type.
    pub fn delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::microseconds(i64::try_from(self.0).expect("a span is at most 300 years"))
    }
}

/// `number` (digits, at most one point) times `size`, exactly.
fn scaled(number: &str, size: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || fraction.len() > 9 {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let parts: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let below = u128::from(parts) * u128::from(size) / 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    whole.checked_mul(size)?.checked_add(u64::try_from(below).ok()?)
}

/// As systemd prints it: `1h 30min`, `6s`, `300ms`, `0`.
impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0");
        }
        let mut rest = self.0;
        let mut gap = "";
        for (size, names) in &UNITS[2..] {
            if rest >= *size {
                write!(f, "{gap}{}{}", rest / size, names[0])?;
                rest %= size;
                gap = " ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_systemd_reads_them() {
        for (text, written) in [
            ("90s", "1min 30s"),
            ("2h", "2h"),
            ("1h 30min", "1h 30min"),
            ("1h30m", "1h 30min"),
            ("1.5 hours", "1h 30min"),
            ("500ms", "500ms"),
            ("2w", "2w"),
            ("0s", "0"),
        ] {
            assert_eq!(TimeSpan::parse(text).map(|span| span.to_string()).as_deref(), Some(written), "{text}");
        }
        for text in ["", "10", "s", "1 parsec", "-5s", "1h foo", "1..5s", "999999999999y", "."] {
            assert_eq!(TimeSpan::parse(text), None, "{text}");
        }
    }

    #[test]
    fn minutes_may_be_fractions() {
        assert_eq!(TimeSpan::from_minutes(0.005).unwrap().to_string(), "300ms");
        assert_eq!(TimeSpan::from_minutes(10.0).unwrap().to_string(), "10min");
        assert_eq!(TimeSpan::from_minutes(-1.0), None);
        assert_eq!(TimeSpan::from_minutes(f64::NAN), None);
        assert_eq!(TimeSpan::from_minutes(f64::INFINITY), None);
    }
}
