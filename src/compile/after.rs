//! The units that start a job when others have succeeded: key `after_success`.

use super::Unit;
use super::sandbox::{Reach, of_program};
use crate::config::{Config, VARIABLE};
use crate::job::JobName;
use crate::job::order::Order;
use crate::unit::{UnitFile, Value};
use std::collections::BTreeSet;
use std::path::Path;

/// Looks, once a job has ended, whose turn it is.
const SERVICE: &str = "job-after@";
/// What it is that a job's own units gain by it.
pub(super) const DROP_IN: &str = "50-after.conf";
/// No line of a unit is longer than systemd reads, whatever the jobs are called.
const NAMES_IN_A_LINE: usize = 100;

/// Whether a unit is one of these.
pub(super) fn is_one(unit: &str) -> bool {
    unit.starts_with(SERVICE)
}

/// For each job that others wait for, or that waits for others: what is done at its end, and that it is. A service for
/// each, and not one for all: a service that runs already cannot be started once more.
pub(super) fn units(order: &Order, config: &Config) -> Vec<Unit> {
    let followers = order.followers();
    followers.into_iter().flat_map(|(job, after)| of_job(job, &after, order.comes_after(job), config)).collect()
}

fn of_job(job: &JobName, after: &BTreeSet<&JobName>, comes_after: bool, config: &Config) -> Vec<Unit> {
    let name = format!("{SERVICE}{}.service", job.instance());
    let drop_in = UnitFile::new().section("Unit").set("OnSuccess", Value::unit(&name));
    // one that comes after others looks for itself, however it ended
    let drop_in = drop_in.set_some("OnFailure", comes_after.then(|| Value::unit(&name)));
    let mut units: Vec<Unit> = [super::service_name(job), super::slow_start_name(job)]
        .into_iter()
        .map(|unit| Unit::new(format!("{unit}.d/{DROP_IN}"), drop_in.clone()))
        .collect();
    units.push(Unit::new(name, service(job, after, config)));
    units
}

fn service(job: &JobName, after: &BTreeSet<&JobName>, config: &Config) -> UnitFile {
    let jobctl = config.runner_path.with_file_name("jobctl");
    let jobctl = jobctl.to_string_lossy();
    let after: Vec<&str> = after.iter().map(|job| job.as_str()).collect();
    let commands = after
        .chunks(NAMES_IN_A_LINE)
        .map(|names| Value::command([&*jobctl, "follow-up", "--"].into_iter().chain(names.iter().copied())));
    let source = config.source.as_deref().map(Path::to_string_lossy);
    let file = UnitFile::new()
        .section("Unit")
        .set("Description", Value::text(&format!("jobs after {job}")))
        .set("Documentation", Value::fixed("man:job.yaml(5)"))
        .set("StartLimitIntervalSec", Value::fixed("0"))
        .section("Service")
        // a start that comes while a unit starts, or runs, is taken for the same one; one that comes while it stops is kept.
        // So what is done is done then, and no end of a run is missed. A oneshot counts as starting until it has stopped,
        // and so does an exec whose command has ended before systemd hears that it began.
        .set("Type", Value::fixed("simple"))
        .set("ExecStart", Value::fixed("/usr/bin/true"))
        .set_some("Environment", source.map(|source| Value::words([&*format!("{VARIABLE}={source}")])))
        .set_each("ExecStopPost", commands)
        .set("TimeoutStopSec", Value::fixed("10min"))
        .set("LogLevelMax", Value::fixed("notice"))
        .set("SyslogLevel", Value::fixed("notice"));
    of_program(file, Reach::AllFiles)
}
