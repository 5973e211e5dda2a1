//! The original's commands that show and end jobs: `run-job -l`, `-s`, `-k`, and
//! `check-jobs-icinga`. Their outputs and exit codes are what scripts know.

use super::facts;
use super::translate::line;
use crate::config::Config;
use crate::job::JobName;
use crate::run::{BAD_JOB, WRONG_USER};
use crate::status::{self, Facts, Health};
use crate::sys::lock::Held;
use crate::sys::voice::{Priority, Voice};
use crate::sys::{account, config, process};

/// Which jobs are shown: `--only-running`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// All.
    All,
    /// Those that run.
    Running,
}

/// `run-job --list-jobs`
pub(super) fn list(which: Which) -> u8 {
    show(which, |jobs| status::list(jobs))
}

/// `run-job --status`
pub(super) fn status(which: Which) -> u8 {
    show(which, |jobs| status::status(jobs))
}

fn show(which: Which, render: impl Fn(&[Facts]) -> String) -> u8 {
    match configuration().and_then(|config| jobs(&config)) {
        Ok(mut jobs) => {
            jobs.retain(|facts| which == Which::All || facts.running.is_some());
            let _ = super::print(&render(&jobs));
            0
        }
        Err(code) => code,
    }
}

/// `check-jobs-icinga`: exit code 0 or 2, and 3 (unknown) when it cannot tell.
pub fn icinga() -> u8 {
    const UNKNOWN: u8 = 3;
    let Ok(jobs) = configuration().and_then(|config| jobs(&config)) else {
        let _ = super::print("JOBS UNKNOWN\n");
        return UNKNOWN;
    };
    let (line, health) = status::icinga(&jobs);
    let _ = super::print(&line);
    match health {
        Health::Ok => 0,
        Health::Critical => 2,
    }
}

/// `run-job --kill-job JOB`: SIGTERM to the run, which ends all of its processes. It does not wait.
pub(super) fn kill(name: &str) -> u8 {
    let config = match configuration() {
        Ok(config) => config,
        Err(code) => return code,
    };
    let Ok(name) = JobName::from_argument(name) else {
        say("this is no job name");
        return BAD_JOB;
    };
    let Some(pid) = Held::now().holder(&config.run_directory, &name) else {
        let _ = super::print(&format!("No running process found for job {name}.\n"));
        return 0;
    };
    let _ = super::print(&format!("Killing process ID {pid} of job {name}.\n"));
    // whoever calls may do more than the service user, and a job says which file is its lock
    let Some(account) = account::find(&config.user) else {
        say(&format!("the service user {} does not exist", config.user));
        return WRONG_USER;
    };
    match process::terminate(pid, account.uid) {
        Ok(()) => 0,
        Err(error) => {
            say(&format!("{name}: process {pid} cannot be told to end: {error}"));
            1
        }
    }
}

fn configuration() -> Result<Config, u8> {
    let loaded = config::load();
    for problem in &loaded.problems {
        say(&line(&loaded.path, problem));
    }
    loaded.config.ok_or(BAD_JOB)
}

fn jobs(config: &Config) -> Result<Vec<Facts>, u8> {
    facts::all(config).map_err(|error| {
        say(&format!("{}: {error}", config.job_directory.display()));
        BAD_JOB
    })
}

fn say(what: &str) {
    Voice::Terminal("run-job").say(Priority::Error, what);
}
