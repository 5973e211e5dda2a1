//! The units of the host as a whole: what starts the timers, what watches the job directory, what
//! fetches jobs that were not there at boot.

use super::{Unit, service, timer};
use crate::config::Config;
use crate::unit::{UnitFile, Value};

/// Owns every timer: stopping it stops all scheduling.
pub const TARGET: &str = "process-control.target";
/// Starts the jobs that run once after boot.
pub const BOOT_TARGET: &str = "process-control-boot.target";
/// Watches the job directory.
pub const JOBS_PATH: &str = "process-control-jobs.path";
/// Reloads systemd after the job directory has changed.
pub const RELOAD_SERVICE: &str = "process-control-reload.service";
/// Reloads systemd once when the job directory has come after the boot's first generator run.
pub const LATE_SERVICE: &str = "process-control-late.service";

/// What the jobs of a host come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Timers that run as long as the target does.
    pub timers: Vec<String>,
    /// Services that are started once after boot.
    pub at_boot: Vec<String>,
}

/// What the generator saw when it looked for jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// There are jobs.
    HasJobs,
    /// There is no job directory, or nothing in it: perhaps its file system is not mounted yet.
    NothingYet,
}

/// The units of the host.
pub fn host(links: &Links, found: Host, config: &Config) -> Vec<Unit> {
    let mut units = vec![jobs_path(config), owned(&links.timers)];
    if !links.at_boot.is_empty() {
        units.push(wants(BOOT_TARGET, "50-jobs.conf", links.at_boot.iter().map(String::as_str)));
    }
    if found == Host::HasJobs {
        // not before: a target that is active already would not start what it wants later
        units.push(wants(TARGET, "60-boot.conf", [BOOT_TARGET]));
    }
    if differs_from_shipped(config) {
        units.extend(service::templates(config));
    }
    units
}

/// What makes the boot look again after the job directory's file system is mounted. It is wanted by
/// `multi-user.target`, so a reload never starts it: once in a boot.
pub fn late(config: &Config) -> Vec<Unit> {
    let directory = config.job_directory.to_string_lossy();
    let drop_in = UnitFile::new()
        .section("Unit")
        .set("RequiresMountsFor", Value::words([&*directory]))
        .set("ConditionDirectoryNotEmpty", Value::path(&config.job_directory));
    vec![
        Unit::new(format!("{LATE_SERVICE}.d/50-job-directory.conf"), drop_in),
        wants("multi-user.target", "50-process-control-late.conf", [LATE_SERVICE]),
    ]
}

/// The units that packages ship, for the configuration without a file.
pub fn shipped() -> Vec<Unit> {
    let config = Config::default();
    let mut units = service::templates(&config).to_vec();
    units.push(timer::template());
    units
}

fn differs_from_shipped(config: &Config) -> bool {
    service::templates(config) != service::templates(&Config::default())
}

/// `Upholds=`, not `Wants=`: a reload then starts the timers of new jobs at once.
fn owned(timers: &[String]) -> Unit {
    let own = [JOBS_PATH].into_iter().chain(timers.iter().map(String::as_str));
    let file = UnitFile::new().section("Unit").set_each("Upholds", own.map(Value::unit));
    Unit::new(format!("{TARGET}.d/50-timers.conf"), file)
}

fn wants<'a>(target: &str, drop_in: &str, names: impl IntoIterator<Item = &'a str>) -> Unit {
    let file = UnitFile::new().section("Unit").set_each("Wants", names.into_iter().map(Value::unit));
    Unit::new(format!("{target}.d/{drop_in}"), file)
}

fn jobs_path(config: &Config) -> Unit {
    let file = UnitFile::new()
        .section("Unit")
        .set("Description", Value::fixed("watch of the job directory"))
        .set("Documentation", Value::fixed("man:process-control-generator(8)"))
        .set("RequiresMountsFor", Value::words([&*config.job_directory.to_string_lossy()]))
        // five quick changes would fail it for good
        .set("StartLimitIntervalSec", Value::fixed("0"))
        .section("Path")
        .set("PathChanged", Value::path(&config.job_directory))
        .set("TriggerLimitIntervalSec", Value::fixed("0"))
        .set("Unit", Value::fixed(RELOAD_SERVICE));
    Unit::new(JOBS_PATH, file)
}
