//! The timer of a job.

use super::Unit;
use crate::job::schedule::Zone;
use crate::job::{CatchUp, Job, Timing};
use crate::unit::{UnitFile, Value};
use std::path::Path;

/// cron starts a job within its second; systemd's own default would be within its minute.
const ACCURACY: &str = "100ms";

/// The timer, unless the job is started in another way.
pub(super) fn timer(job: &Job, source: &Path, zone: &Zone) -> Option<Unit> {
    if !super::has_timer(job, zone) {
        return None;
    }
    let file = UnitFile::new()
        .section("Unit")
        .set("Description", Value::text(&format!("timer of job {}: {}", job.name, job.title)))
        .set("Documentation", Value::fixed("man:job.yaml(5)"))
        .set("SourcePath", Value::path(source))
        .set("PartOf", Value::fixed(super::TARGET))
        .section("Timer");
    let file = match &job.timing {
        Timing::Schedule(vixie) => calendar(file, &vixie.on_calendar(zone), job.catch_up),
        Timing::Calendar(calendar_text) => calendar(file, &calendar_text.on_calendar(zone), job.catch_up),
        Timing::Every(span) => file.set("OnActiveSec", Value::plain(span)).set("OnUnitActiveSec", Value::plain(span)),
        Timing::Manual | Timing::AtBoot | Timing::After(_) => return None,
    };
    let file = file.set("AccuracySec", Value::fixed(ACCURACY));
    let file = if job.random_delay.is_zero() {
        file
    } else {
        file.set("RandomizedDelaySec", Value::plain(&job.random_delay)).set("FixedRandomDelay", Value::fixed("yes"))
    };
    Some(Unit::new(super::timer_name(&job.name), file))
}

fn calendar(file: UnitFile, expressions: &[String], catch_up: CatchUp) -> UnitFile {
    let file = file.set_each("OnCalendar", expressions.iter().map(Value::plain));
    match catch_up {
        CatchUp::Latest => file.set("Persistent", Value::fixed("yes")),
        CatchUp::None => file,
    }
}

/// `job@.timer`: what is left of the timer of a job that has none any more. It never elapses and leaves
/// memory by itself, where a timer without a file would stay as failed until somebody resets it.
pub(super) fn template() -> Unit {
    let file = UnitFile::new()
        .section("Unit")
        .set("Description", Value::fixed("job %i has no timer: gone, disabled or in error"))
        .set("Documentation", Value::fixed("man:job.yaml(5)"))
        .set("PartOf", Value::fixed(super::TARGET))
        .set("RefuseManualStart", Value::fixed("yes"))
        .section("Timer")
        .set("OnCalendar", Value::fixed("2000-01-01"))
        .set("RemainAfterElapse", Value::fixed("no"));
    Unit::new("job@.timer", file)
}
