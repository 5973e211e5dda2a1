//! The units of the host as a whole: what starts the timers, what watches the job directory, what
//! fetches jobs that were not there at boot.

use super::{Unit, after, metrics, service, tell, timer};
use crate::config::Config;
use crate::job::order::Order;
use crate::unit::{UnitFile, Value};

/// Owns every timer: stopping it stops all scheduling.
pub const TARGET: &str = "process-control.target";
/// Owns what tells of runs: it goes on while the other is stopped, as cron or a person may start jobs too.
pub const NOTICES_TARGET: &str = "process-control-notices.target";
/// Starts the jobs that run once after boot.
pub const BOOT_TARGET: &str = "process-control-boot.target";
/// Looks at the job directory once more after its file system is mounted, then starts the above.
pub const BOOT_SERVICE: &str = "process-control-boot.service";
/// Watches the job directory.
pub const JOBS_PATH: &str = "process-control-jobs.path";
/// Reloads systemd when the job directory has changed.
pub const RELOAD_SERVICE: &str = "process-control-reload.service";
/// Looks at the job directory now and then.
pub const RELOAD_TIMER: &str = "process-control-reload.timer";

/// What the jobs of a host come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Timers that run as long as the target does.
    pub timers: Vec<String>,
    /// Services that are started once after boot.
    pub at_boot: Vec<String>,
    /// Jobs that come after others.
    pub order: Order,
}

impl Links {
    /// Takes those of the jobs that come next.
    pub fn join(&mut self, next: Links) {
        self.timers.extend(next.timers);
        self.at_boot.extend(next.at_boot);
        self.order.join(next.order);
    }
}

/// The units of the host, beside those that are shipped.
pub fn host(links: &Links, config: &Config) -> Vec<Unit> {
    let mut units = vec![jobs_path(config), after_mount(config), owned(&links.timers), telling(config)];
    units.extend(tell::paths(config));
    units.extend(metrics::units(config));
    if !links.at_boot.is_empty() {
        units.push(wants(BOOT_TARGET, &links.at_boot));
    }
    // what is shipped is for the configuration without a file
    let all: [fn(&Config) -> Vec<Unit>; 2] =
        [|config| service::templates(config).to_vec(), |config| tell::services(config).to_vec()];
    for made in all {
        if made(config) != made(&Config::default()) {
            units.extend(made(config));
        }
    }
    // there may be many: what all jobs need is there before
    units.extend(after::units(&links.order, config));
    units
}

/// The job directory may be on a file system that is not there when the generator runs at boot.
fn after_mount(config: &Config) -> Unit {
    let directory = config.job_directory.to_string_lossy();
    let file = UnitFile::new().section("Unit").set("RequiresMountsFor", Value::words([&*directory]));
    Unit::new(format!("{BOOT_SERVICE}.d/50-job-directory.conf"), file)
}

/// The units that packages ship, for the configuration without a file.
pub fn shipped() -> Vec<Unit> {
    let config = Config::default();
    let mut units = service::templates(&config).to_vec();
    units.extend(tell::services(&config));
    units.push(timer::template());
    units
}

fn owned(timers: &[String]) -> Unit {
    upholds(TARGET, "timers", [JOBS_PATH].into_iter().chain(timers.iter().map(String::as_str)))
}

fn telling(config: &Config) -> Unit {
    let metrics = config.metrics_file.as_ref().map(|_| metrics::METRICS_PATH);
    let own = [tell::NOTIFY_PATH, tell::HOOKS_PATH, tell::NOTIFY_TIMER].into_iter().chain(metrics);
    upholds(NOTICES_TARGET, "notices", own)
}

/// `Upholds=`, not `Wants=`: a reload then starts the timers of new jobs at once.
fn upholds<'a>(target: &str, what: &str, units: impl Iterator<Item = &'a str>) -> Unit {
    let file = UnitFile::new().section("Unit").set_each("Upholds", units.map(Value::unit));
    Unit::new(format!("{target}.d/50-{what}.conf"), file)
}

fn wants(target: &str, names: &[String]) -> Unit {
    let file = UnitFile::new().section("Unit").set_each("Wants", names.iter().map(|name| Value::unit(name)));
    Unit::new(format!("{target}.d/50-jobs.conf"), file)
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
