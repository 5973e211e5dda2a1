//! The units that keep a file of metrics fresh: after each run, and without a timer.

use super::Unit;
use super::sandbox::{Reach, of_program};
use crate::config::{Config, VARIABLE};
use crate::unit::{UnitFile, Value};
use std::path::Path;

/// Watches the histories.
pub(super) const METRICS_PATH: &str = "process-control-metrics.path";
/// A path unit does not watch while the service runs that it started. So that one does nothing but start the next, which
/// reads later than what was not watched.
const DUE_SERVICE: &str = "process-control-metrics-due.service";
const METRICS_SERVICE: &str = "process-control-metrics.service";

/// None where no file is wanted.
pub(super) fn units(config: &Config) -> Vec<Unit> {
    let Some(file) = &config.metrics_file else { return Vec::new() };
    let path = UnitFile::new()
        .section("Unit")
        .set("Description", Value::fixed("watch for runs of jobs, for metrics"))
        .set("Documentation", Value::fixed("man:jobctl(1)"))
        .set("RequiresMountsFor", Value::words([&*config.state_directory.to_string_lossy()]))
        .set("StartLimitIntervalSec", Value::fixed("0"))
        .section("Path")
        // each start and end of a run puts a history in the place of the one before
        .set("PathChanged", Value::path(&config.state_directory))
        // and what could not be delivered comes and goes here
        .set("PathChanged", Value::path(&config.notice_directory.join("later")))
        .set("TriggerLimitIntervalSec", Value::fixed("0"))
        .set("Unit", Value::fixed(DUE_SERVICE));
    let due = UnitFile::new()
        .section("Unit")
        .set("Description", Value::fixed("metrics of jobs are due"))
        .set("Documentation", Value::fixed("man:jobctl(1)"))
        .set("OnSuccess", Value::unit(METRICS_SERVICE))
        .set("StartLimitIntervalSec", Value::fixed("0"))
        .section("Service")
        .set("Type", Value::fixed("oneshot"))
        .set("ExecStart", Value::fixed("/usr/bin/true"))
        .set("LogLevelMax", Value::fixed("notice"));
    let due = of_program(due, Reach::Host);
    vec![Unit::new(METRICS_PATH, path), Unit::new(DUE_SERVICE, due), Unit::new(METRICS_SERVICE, service(config, file))]
}

fn service(config: &Config, file: &Path) -> UnitFile {
    let jobctl = config.runner_path.with_file_name("jobctl");
    let output = format!("--output={}", file.to_string_lossy());
    let source = config.source.as_deref().map(Path::to_string_lossy);
    let file = UnitFile::new()
        .section("Unit")
        .set("Description", Value::fixed("metrics of jobs"))
        .set("Documentation", Value::fixed("man:jobctl(1)"))
        .set("StartLimitIntervalSec", Value::fixed("0"))
        .section("Service")
        // a start that comes while it stops is kept, and so the work is done then: see the units of jobs after others
        .set("Type", Value::fixed("simple"))
        .set("ExecStart", Value::fixed("/usr/bin/true"))
        .set_some("Environment", source.map(|source| Value::words([&*format!("{VARIABLE}={source}")])))
        // many runs at once are one file
        .set("ExecStopPost", Value::fixed("/usr/bin/sleep 1"))
        .set("ExecStopPost", Value::command([&*jobctl.to_string_lossy(), "metrics", &output]))
        .set("LogLevelMax", Value::fixed("notice"))
        .set("SyslogLevel", Value::fixed("notice"))
        .set("ProtectHome", Value::fixed("yes"))
        .set("PrivateTmp", Value::fixed("yes"));
    of_program(file, Reach::AnyFile)
}
