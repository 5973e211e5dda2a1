//! The original's commands that show and end jobs: `run-job -l`, `-s`, `-k`, and
//! `check-jobs-icinga`. Their outputs and exit codes are what scripts know.

use super::args::CheckJobsIcinga;
use super::facts;
use super::translate::line;
use crate::config::Config;
use crate::job::JobName;
use crate::job::text::one_line;
use crate::run::{BAD_JOB, WRONG_USER};
use crate::status::{self, Facts, Health};
use crate::sys::lock::Held;
use crate::sys::voice::{Priority, Voice};
use crate::sys::{account, clock, config, process};
use clap::Parser;

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
        Err(wrong) => {
            say_all(RUN_JOB, &wrong);
            BAD_JOB
        }
    }
}

/// `check-jobs-icinga`: exit code 0, 1 or 2, and 3 (unknown) when it cannot tell.
pub fn icinga() -> u8 {
    const UNKNOWN: u8 = 3;
    let arguments = match CheckJobsIcinga::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // a closed pipe is no error
            let _ = error.print();
            return if error.use_stderr() { UNKNOWN } else { 0 };
        }
    };
    let looked = configuration().and_then(|config| Ok((jobs(&config)?, facts::host(&config))));
    let (jobs, host) = match looked {
        Ok(looked) => looked,
        Err(wrong) => {
            say_all("check-jobs-icinga", &wrong);
            // what people see first is stdout
            let _ = super::print(&format!("JOBS UNKNOWN: {}\n", one_line(&wrong.join("; "))));
            return UNKNOWN;
        }
    };
    let render = if arguments.details { status::icinga_details } else { status::icinga };
    let (text, health) = render(&jobs, &host, clock::now());
    let _ = super::print(&text);
    match health {
        Health::Ok => 0,
        Health::Warning => 1,
        Health::Critical => 2,
    }
}

/// `run-job --kill-job JOB`: SIGTERM to the run, which ends all of its processes. It does not wait.
pub(super) fn kill(name: &str) -> u8 {
    let config = match configuration() {
        Ok(config) => config,
        Err(wrong) => {
            say_all(RUN_JOB, &wrong);
            return BAD_JOB;
        }
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

/// The configuration, or all that is wrong with it.
fn configuration() -> Result<Config, Vec<String>> {
    let loaded = config::load();
    let wrong: Vec<String> = loaded.problems.iter().map(|problem| line(&loaded.path, problem)).collect();
    match loaded.config {
        Some(config) => {
            say_all(RUN_JOB, &wrong);
            Ok(config)
        }
        None => Err(wrong),
    }
}

fn jobs(config: &Config) -> Result<Vec<Facts>, Vec<String>> {
    facts::all(config).map_err(|error| vec![format!("{}: {error}", config.job_directory.display())])
}

const RUN_JOB: &str = "run-job";

fn say(what: &str) {
    Voice::Terminal(RUN_JOB).say(Priority::Error, what);
}

fn say_all(program: &'static str, lines: &[String]) {
    for line in lines {
        Voice::Terminal(program).say(Priority::Error, line);
    }
}
