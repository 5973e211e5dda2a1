//! Job → units: what systemd is told. Pure, and the same bytes for the same job, configuration and
//! zone.
//!
//! The command never enters a unit: a unit names the job, and `run-job` reads what to run. What
//! stands in a unit is typed in [`Job`] or [`Config`] and quoted by [`crate::unit`].

mod after;
mod folders;
mod host;
mod metrics;
mod sandbox;
mod service;
mod tell;
mod timer;

pub use folders::{FOLDERS_FILE, folders, group_of_default};
pub use host::{
    BOOT_SERVICE, BOOT_TARGET, JOBS_PATH, Links, NOTICES_TARGET, RELOAD_SERVICE, RELOAD_TIMER, TARGET, host, shipped,
};
pub use tell::{HOOKS_PATH, MISSING, NOTIFY_PATH, NOTIFY_TIMER};

use crate::config::Config;
use crate::job::retries::Growth;
use crate::job::schedule::Zone;
use crate::job::{Job, JobName, Timing};
use crate::unit::UnitFile;
use std::path::Path;

/// A unit file with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The file name, as in `job@NAME.service`; with a folder for a drop-in.
    pub name: String,
    /// What stands in it.
    pub file: UnitFile,
}

impl Unit {
    fn new(name: impl Into<String>, file: UnitFile) -> Self {
        Unit { name: name.into(), file }
    }
}

/// The units of one job. `source` is its file; `zone` has the rules of the zone that it names; `growth` is what
/// the host's systemd can do.
pub fn job(job: &Job, source: &Path, zone: &Zone, growth: Growth, config: &Config) -> Vec<Unit> {
    let mut units = vec![service::run(job, source, growth, config)];
    if !job.slow_start.is_empty() {
        units.push(service::slow_start(job, source, growth, config));
    }
    units.extend(timer::timer(job, source, zone));
    units
}

/// The one unit of a job that cannot run: starting it says what is wrong.
pub fn broken(name: &JobName, source: &Path, config: &Config) -> Vec<Unit> {
    vec![service::broken(name, source, config)]
}

/// Whether a timer starts the job.
pub fn has_timer(job: &Job, zone: &Zone) -> bool {
    job.has_timer() && !lacks_zone(job, zone)
}

/// Whether the job goes by a zone that the host does not have: systemd would refuse its timer.
pub fn lacks_zone(job: &Job, zone: &Zone) -> bool {
    let by_the_clock = matches!(job.timing, Timing::Schedule(_) | Timing::Calendar(_));
    by_the_clock && zone.name().is_some() && zone.rules().is_none()
}

/// Whether a unit has a name that no generator but ours gives. `jobs.mount` is one of fstab's.
pub fn is_of_a_job(unit: &str) -> bool {
    after::is_one(unit) || ["job@", "job-slow-start@"].iter().any(|ours| unit.starts_with(ours))
}

/// What is written into a folder of the generator's with this name: the unit, or the drop-in that a folder is for.
pub fn written_as(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, "d")) if is_of_a_job(name) => format!("{name}/{}", after::DROP_IN),
        _ => name.to_owned(),
    }
}

/// The job that a unit belongs to: the way back from the three names below.
pub fn job_of(unit: &str) -> Option<JobName> {
    let instance = ["job@", "job-slow-start@"].iter().find_map(|ours| unit.strip_prefix(ours))?;
    let (instance, _) = instance.rsplit_once('.')?;
    JobName::from_argument(instance).ok()
}

/// `job@NAME.service`
pub fn service_name(name: &JobName) -> String {
    format!("job@{}.service", name.instance())
}

/// `job@NAME.timer`
pub fn timer_name(name: &JobName) -> String {
    format!("job@{}.timer", name.instance())
}

/// `job-slow-start@NAME.service`
pub fn slow_start_name(name: &JobName) -> String {
    format!("job-slow-start@{}.service", name.instance())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_from_a_unit_to_its_job() {
        for text in ["tea", "a b.timer", "-x@y"] {
            let name = JobName::new(text).unwrap();
            for unit in [service_name(&name), timer_name(&name), slow_start_name(&name)] {
                assert_eq!(job_of(&unit).as_ref(), Some(&name), "{unit}");
            }
        }
        for unit in ["job@.service", "job@tea", "jobs.mount", "process-control.target"] {
            assert_eq!(job_of(unit), None, "{unit}");
        }
    }

    #[test]
    fn a_unit_of_another_generator_is_none_of_ours() {
        for name in ["job@a.service", "job@.service", "job@a.timer", "job-slow-start@a.service"] {
            assert!(super::is_of_a_job(name), "{name}");
        }
        for name in ["jobs.mount", "job.automount", "job-data.mount", "local-fs.target.requires"] {
            assert!(!super::is_of_a_job(name), "{name}");
        }
    }
}
