//! What a schedule means: words, times to come, what systemd is told.

use crate::job::Timing;
use crate::job::schedule::Zone;
use crate::page::Page;
use crate::page::words::{civil, span};
use anstyle::Style;
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::Write as _;

/// What is explained.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'a> {
    /// As it was typed.
    pub text: &'a str,
    /// As it was understood.
    pub timing: &'a Timing,
    /// By whose clock.
    pub zone: &'a Zone,
    /// How many times are shown.
    pub number: usize,
}

const STRING: &str = "a String takes every write";
/// How far ahead changes of the clocks are looked for.
const AHEAD: TimeDelta = TimeDelta::days(366);

/// The page.
pub fn explained(about: &Explained<'_>, page: Page<'_>) -> String {
    let Explained { timing, zone, .. } = about;
    let bold = Style::new().bold();
    let mut out = String::new();
    writeln!(out, "{bold}{}{bold:#}", timing.words()).expect(STRING);
    for line in told(timing, zone) {
        writeln!(out, "  {line}").expect(STRING);
    }
    let Some(slots) = timing.slots(zone) else { return out };
    writeln!(out, "next, by {}:", clock_of(zone)).expect(STRING);
    let mut none = true;
    for at in slots.upcoming(page.now).take(about.number) {
        none = false;
        writeln!(out, "  {}", moment(at, page.now, zone)).expect(STRING);
    }
    if none {
        out.push_str("  never\n");
    }
    for note in slots.dst_notes(page.now, page.now + AHEAD) {
        writeln!(out, "note: {note}").expect(STRING);
    }
    out
}

/// `Thu 2026-11-26 09:00:00  in 10h 3min`
pub(super) fn moment(at: DateTime<Utc>, now: DateTime<Utc>, zone: &Zone) -> String {
    format!("{}  in {}", civil(at, zone).format("%a %Y-%m-%d %H:%M:%S"), span(at - now))
}

pub(super) fn clock_of(zone: &Zone) -> String {
    zone.name().map_or("the host's clock".to_owned(), |name| format!("the clock of {name}"))
}

/// The settings of the timer.
fn told(timing: &Timing, zone: &Zone) -> Vec<String> {
    let calendar = |lines: Vec<String>| lines.into_iter().map(|line| format!("OnCalendar={line}")).collect();
    match timing {
        Timing::Schedule(vixie) => calendar(vixie.on_calendar(zone)),
        Timing::Calendar(event) => calendar(event.on_calendar(zone)),
        Timing::Every(span) => vec![format!("OnActiveSec={span}"), format!("OnUnitActiveSec={span}")],
        Timing::Manual | Timing::AtBoot | Timing::After(_) => Vec::new(),
    }
}
