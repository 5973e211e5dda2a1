//! How this program was called: by a unit of systemd's, or by hand.

use super::{clock, systemctl};
use crate::history::Trigger;
use chrono::{DateTime, TimeDelta, Utc};
use std::env::var;

/// Who called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// PID 1, as the main process or another of a unit.
    Unit {
        /// The run: `INVOCATION_ID`.
        id: String,
        /// When the timer elapsed, if one started the unit; see [`Invocation::of_now`].
        elapsed: Option<DateTime<Utc>>,
    },
    /// Anybody else.
    Hand {
        /// A run id of our own.
        id: String,
    },
}

/// Variables of systemd's that speak of this very process, and would mislead another `run-job` that
/// the job may start.
pub const OF_THIS_PROCESS: &[&str] = &["SYSTEMD_EXEC_PID"];

impl Invocation {
    /// Finds out. Variables are inherited by whatever a unit starts, so they count only if
    /// `SYSTEMD_EXEC_PID` (systemd 248) names this process.
    pub fn detect() -> Invocation {
        let own = var("SYSTEMD_EXEC_PID").is_ok_and(|pid| pid == std::process::id().to_string());
        let id = var("INVOCATION_ID").ok().filter(|id| own && is_id(id));
        match id {
            Some(id) => Invocation::Unit { id, elapsed: elapsed() },
            None => Invocation::Hand { id: random_id() },
        }
    }

    /// The same for this start and no earlier one. `seen` is when the timer elapsed for the last
    /// start that history knows.
    ///
    /// systemd (252 to 261 at least) keeps `TRIGGER_*` from the first start by a timer for as long as
    /// it has the unit in memory, which is as long as there is a timer: every later start, also one
    /// by a person, gets the values of the first. So they only tell that there is a timer to be asked.
    #[must_use]
    pub fn of_now(self, seen: Option<DateTime<Utc>>) -> Invocation {
        match self {
            Invocation::Unit { id, elapsed: Some(first) } => {
                let now = clock::now();
                let timer = var("TRIGGER_UNIT").unwrap_or_default();
                Invocation::Unit { id, elapsed: latest(first, seen, now, || systemctl::last_trigger(&timer)) }
            }
            other => other,
        }
    }

    /// The id of the run.
    pub fn id(&self) -> &str {
        match self {
            Invocation::Unit { id, .. } | Invocation::Hand { id } => id,
        }
    }

    /// What history says of it.
    pub fn trigger(&self) -> Trigger {
        match self {
            Invocation::Unit { elapsed: Some(_), .. } => Trigger::Timer,
            _ => Trigger::Manual,
        }
    }
}

/// When the timer elapsed (systemd.exec(5)); now, if a timer started us and does not say when.
fn elapsed() -> Option<DateTime<Utc>> {
    var("TRIGGER_UNIT").ok().filter(|unit| unit.rsplit_once('.').is_some_and(|(_, kind)| kind == "timer"))?;
    let micros = var("TRIGGER_TIMER_REALTIME_USEC").ok().and_then(|micros| micros.parse().ok());
    Some(micros.and_then(DateTime::from_timestamp_micros).unwrap_or_else(clock::now))
}

/// From a timer that elapses to the command of its service it takes milliseconds.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// When the timer elapsed for a start at `now`; none if it was not the timer. Each time it elapses
/// is good for one start. When nobody can be asked, a timer is what usually starts a job.
fn latest(
    first: DateTime<Utc>,
    seen: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    ask: impl FnOnce() -> Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let is_new = |elapsed: &DateTime<Utc>| Some(*elapsed) != seen && now - *elapsed < FRESH;
    if seen.is_none_or(|seen| first > seen) && is_new(&first) {
        return Some(first);
    }
    match ask() {
        Some(last) => Some(last).filter(is_new),
        None => Some(now),
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn random_id() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap_or_default();
    let id: String = id.chars().filter(char::is_ascii_hexdigit).collect();
    if is_id(&id) {
        id
    } else {
        format!("{:032x}", clock::now().timestamp_micros().unsigned_abs() ^ u64::from(std::process::id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_believed_once_each_time_it_elapses() {
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        let unasked = || panic!("no need to ask");
        assert_eq!(latest(at(100), None, at(101), unasked), Some(at(100)));
        assert_eq!(latest(at(100), Some(at(40)), at(101), unasked), Some(at(100)));
        assert_eq!(latest(at(100), Some(at(104)), at(108), || Some(at(108))), Some(at(108)));
        // the second start by the timer, and one by hand soon after it
        assert_eq!(latest(at(100), Some(at(100)), at(161), || Some(at(160))), Some(at(160)));
        assert_eq!(latest(at(100), Some(at(160)), at(163), || Some(at(160))), None);
        // by hand, after a start that could not be recorded
        assert_eq!(latest(at(100), Some(at(100)), at(190), || Some(at(160))), None);
        assert_eq!(latest(at(100), Some(at(100)), at(190), || None), Some(at(190)));
    }
}
