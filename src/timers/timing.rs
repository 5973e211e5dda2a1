//! Section `[Timer]` → what starts the job.

use super::Said;
use super::file::{Assignment, Unit, is_yes};
use super::words::with_specifiers;
use crate::job::TimeSpan;
use crate::job::template::Scalar;

const MONOTONIC: [&str; 5] = ["OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"];
/// Keys that are read here, and those that mean nothing to a job.
const KNOWN: [&str; 6] = ["OnCalendar", "Persistent", "RandomizedDelaySec", "FixedRandomDelay", "AccuracySec", "Unit"];

/// What starts the job, and when.
#[derive(Debug)]
pub(super) struct When {
    /// The key and its value.
    pub(super) timing: (&'static str, String),
    /// The line that says it.
    pub(super) at: String,
    /// Other keys about it, each with its line.
    pub(super) more: Vec<(&'static str, Scalar, String)>,
    pub(super) said: Vec<Said>,
}

/// Reads the section.
///
/// # Errors
/// Why no timing of a job can say it.
pub(super) fn when(unit: &Unit, name: &str) -> Result<When, Said> {
    let mut said = Vec::new();
    let (timing, at) = timing(unit, name, &mut said)?;
    let mut more = Vec::new();
    // systemd too heeds it beside a calendar alone
    let persistent = unit.last("Timer", "Persistent").filter(|it| is_yes(&it.value) && timing.0 == "calendar");
    more.extend(persistent.map(|it| ("catch_up", Scalar::Text("latest".to_owned()), it.at.clone())));
    if let Some(delay) = unit.last("Timer", "RandomizedDelaySec") {
        match span(&delay.value) {
            Some(text) if TimeSpan::parse(&text).is_some_and(TimeSpan::is_zero) => {}
            Some(text) => {
                more.push(("random_delay", Scalar::Text(text), delay.at.clone()));
                if !unit.says_yes("Timer", "FixedRandomDelay") {
                    let what = "RandomizedDelaySec=: here the delay of a job is the same each time";
                    said.push(Said::note(&delay.at, what));
                }
            }
            None => said.push(Said::not_carried(&delay.at, format!("RandomizedDelaySec=: {NO_SPAN}"))),
        }
    }
    for other in unit.assignments.iter().filter(|it| it.section == "Timer" && !it.value.is_empty()) {
        let key = other.key.as_str();
        if !KNOWN.contains(&key) && !MONOTONIC.contains(&key) {
            said.push(Said::not_carried(&other.at, format!("{key}=: no key of a job does this")));
        }
    }
    Ok(When { timing, at, more, said })
}

const NO_SPAN: &str = "this is no time span that jobs know; write one as in 90s, 15min or 1h 30min";

/// A key, its value, and the line that says it.
type Timing = ((&'static str, String), String);

fn timing(unit: &Unit, name: &str, said: &mut Vec<Said>) -> Result<Timing, Said> {
    let calendars = times(unit, &["OnCalendar"], name)?;
    let spans = times(unit, &MONOTONIC, name)?;
    match (calendars.as_slice(), spans.as_slice()) {
        ([], []) => Err(Said::not_carried(&unit.at, "this timer names no time")),
        ([only], []) => Ok((("calendar", only.value.clone()), only.at.clone())),
        ([_, second, ..], []) => {
            let what = "OnCalendar=: a job has one calendar; write a job for each, or one text that says them all";
            Err(Said::not_carried(&second.at, what))
        }
        ([_, ..], [span, ..]) => {
            let what = format!("{}=: a job has one timing, and OnCalendar= is one already", span.key);
            Err(Said::not_carried(&span.at, what))
        }
        ([], spans) => by_span(spans, said),
    }
}

/// The lines of these keys. Of all that a timer says about time, systemd fills in the specifiers of these alone.
fn times(unit: &Unit, keys: &[&str], name: &str) -> Result<Vec<Assignment>, Said> {
    let lines = keys.iter().flat_map(|key| unit.all("Timer", key));
    let filled = lines.map(|line| match with_specifiers(&line.value, name) {
        Ok(value) => Ok(Assignment { value, ..line.clone() }),
        Err(why) => Err(Said::not_carried(&line.at, format!("{}=: {why}", line.key))),
    });
    filled.collect()
}

fn by_span(spans: &[Assignment], said: &mut Vec<Said>) -> Result<Timing, Said> {
    if let Some(after_end) = spans.iter().find(|it| it.key == "OnUnitInactiveSec") {
        let what = "OnUnitInactiveSec=: it counts from the end of a run; write every, which counts from its start";
        return Err(Said::not_carried(&after_end.at, what));
    }
    let again: Vec<_> = spans.iter().filter(|it| it.key == "OnUnitActiveSec").collect();
    match again.as_slice() {
        [only] => {
            let text =
                span(&only.value).ok_or_else(|| Said::not_carried(&only.at, format!("OnUnitActiveSec=: {NO_SPAN}")))?;
            for first in spans.iter().filter(|it| it.key != "OnUnitActiveSec") {
                let what = format!("{}=: here the first run comes one span after boot, as every other", first.key);
                said.push(Said::note(&first.at, what));
            }
            Ok((("every", text), only.at.clone()))
        }
        [_, second, ..] => Err(Said::not_carried(&second.at, "OnUnitActiveSec=: a job has one span")),
        [] => match spans {
            [only] if matches!(only.key.as_str(), "OnBootSec" | "OnStartupSec") => {
                let is_zero = span(&only.value).and_then(|text| TimeSpan::parse(&text)).is_some_and(TimeSpan::is_zero);
                if !is_zero {
                    let what = format!("{}=: here the job runs at boot, without that delay", only.key);
                    said.push(Said::not_carried(&only.at, what));
                }
                Ok((("at_boot", "true".to_owned()), only.at.clone()))
            }
            [first, ..] => {
                let what = format!("{}=: no timing of a job says this", first.key);
                Err(Said::not_carried(&first.at, what))
            }
            [] => unreachable!("there is a span"),
        },
    }
}

/// A span as job files have it: a number alone is seconds for systemd.
pub(super) fn span(text: &str) -> Option<String> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let text = if is_number { format!("{text}s") } else { text.to_owned() };
    TimeSpan::parse(&text).map(|_| text)
}

#[cfg(test)]
mod tests {
    use super::super::file::Source;
    use super::*;

    fn of(lines: &str) -> Result<(&'static str, String, usize), String> {
        let text = format!("[Timer]\n{lines}\n");
        let unit = Unit::read(&[Source { label: "f", bytes: text.as_bytes() }]);
        let found = when(&unit, "x@2h.timer").map_err(|said| said.what)?;
        Ok((found.timing.0, found.timing.1, found.said.len()))
    }

    #[test]
    fn one_timing_of_a_job() {
        for (lines, key, value, said) in [
            ("OnCalendar=daily", "calendar", "daily", 0),
            (
                "OnCalendar=daily\nOnCalendar=\nOnCalendar=Mon 04:00 UTC\nPersistent=true",
                "calendar",
                "Mon 04:00 UTC",
                0,
            ),
            ("OnBootSec=5min\nOnUnitActiveSec=900", "every", "900s", 1),
            ("OnUnitActiveSec=1h 30min", "every", "1h 30min", 0),
            ("OnBootSec=0", "at_boot", "true", 0),
            ("OnCalendar=*-*-* 04:30 # %p", "calendar", "*-*-* 04:30 # x", 0),
            ("OnUnitActiveSec=%i", "every", "2h", 0),
            ("OnBootSec=15min", "at_boot", "true", 1),
            ("OnCalendar=daily\nRandomizedDelaySec=1h", "calendar", "daily", 1),
            ("OnCalendar=daily\nRandomizedDelaySec=1h\nFixedRandomDelay=yes", "calendar", "daily", 0),
            ("OnCalendar=daily\nWakeSystem=yes\nAccuracySec=1h", "calendar", "daily", 1),
        ] {
            assert_eq!(of(lines), Ok((key, value.to_owned(), said)), "{lines}");
        }
    }

    #[test]
    fn what_no_timing_says() {
        for (lines, why) in [
            ("", "names no time"),
            ("OnCalendar=daily\nOnCalendar=weekly", "one calendar"),
            ("OnCalendar=daily\nOnBootSec=1", "one timing"),
            ("OnUnitInactiveSec=1h", "from the end"),
            ("OnUnitActiveSec=1h\nOnUnitActiveSec=2h", "one span"),
            ("OnUnitActiveSec=1h 30", "no time span"),
            ("OnActiveSec=1h", "no timing"),
            ("OnCalendar=%h", "OnCalendar=: what %h"),
            ("OnBootSec=1\nOnStartupSec=1", "no timing"),
        ] {
            let error = of(lines).unwrap_err();
            assert!(error.contains(why), "{lines}: {error}");
        }
    }
}
