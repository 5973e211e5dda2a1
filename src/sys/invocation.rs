//! How this program was called: by a unit of systemd's, or by hand.

use super::clock;
use chrono::{DateTime, Utc};
use std::env::var;

/// Who called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// PID 1, as the main process or another of a unit.
    Unit {
        /// The run: `INVOCATION_ID`.
        id: String,
        /// Its timer, if one ever started it.
        timer: Option<Timer>,
    },
    /// Anybody else.
    Hand {
        /// A run id of our own.
        id: String,
    },
}

/// The timer of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// Its name.
    pub unit: String,
    /// When it elapsed for the first start of the unit.
    pub stamp: DateTime<Utc>,
}

/// Variables of systemd's that are not for the job: one speaks of this very process, and would mislead
/// another `run-job` that the job may start; the others speak of an earlier start, see
/// [`crate::run::trigger`].
pub const NOT_FOR_THE_JOB: &[&str] =
    &["SYSTEMD_EXEC_PID", "TRIGGER_UNIT", "TRIGGER_TIMER_REALTIME_USEC", "TRIGGER_TIMER_MONOTONIC_USEC"];

impl Invocation {
    /// Finds out. Variables are inherited by whatever a unit starts, so they count only if
    /// `SYSTEMD_EXEC_PID` (systemd 248) names this process.
    pub fn detect() -> Invocation {
        let own = var("SYSTEMD_EXEC_PID").is_ok_and(|pid| pid == std::process::id().to_string());
        let id = var("INVOCATION_ID").ok().filter(|id| own && is_id(id));
        match id {
            Some(id) => Invocation::Unit { id, timer: timer() },
            None => Invocation::Hand { id: random_id() },
        }
    }

    /// Whether the unit has been started by a timer, this time or before.
    pub fn has_timer(&self) -> bool {
        matches!(self, Invocation::Unit { timer: Some(_), .. })
    }

    /// The id of the run.
    pub fn id(&self) -> &str {
        match self {
            Invocation::Unit { id, .. } | Invocation::Hand { id } => id,
        }
    }
}

/// The unit that this process belongs to, by its control group; see cgroups(7).
pub fn own_unit() -> Option<String> {
    unit_of(&std::fs::read_to_string("/proc/self/cgroup").ok()?)
}

/// systemd keeps its units in the unified hierarchy, or in one of its own where that is not mounted.
fn unit_of(groups: &str) -> Option<String> {
    let ours = groups.lines().filter(|line| line.starts_with("0::") || line.contains(":name=systemd:"));
    let mut units = ours.filter_map(|line| line.rsplit('/').next());
    let service = |unit: &&str| unit.rsplit_once('.').is_some_and(|(_, kind)| kind == "service");
    units.find(service).map(str::to_owned)
}

/// `TRIGGER_*` of systemd.exec(5); see [`crate::run::trigger`] for what they are worth.
fn timer() -> Option<Timer> {
    let unit = var("TRIGGER_UNIT").ok()?;
    unit.rsplit_once('.').filter(|(_, kind)| *kind == "timer")?;
    let micros = var("TRIGGER_TIMER_REALTIME_USEC").ok().and_then(|micros| micros.parse().ok());
    Some(Timer { unit, stamp: micros.and_then(DateTime::from_timestamp_micros).unwrap_or_else(clock::now) })
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
    use super::unit_of;

    #[test]
    fn a_process_knows_its_unit() {
        let unit = Some("job@c.service".to_owned());
        assert_eq!(
            unit_of("9:name=systemd:/\n1:cpu:/\n0::/process.slice/process-control-52.slice/job@c.service\n"),
            unit
        );
        assert_eq!(unit_of("1:name=systemd:/process.slice/job@c.service\n0::/\n"), unit);
        assert_eq!(unit_of("0::/user.slice/user-0.slice/session-1.scope\n"), None);
    }
}
