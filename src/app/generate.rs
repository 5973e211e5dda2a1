//! `process-control-generator`: job files → units, below the folder that PID 1 names.
//!
//! It talks to nobody and looks no user up: PID 1 waits for it, and what it could ask may be
//! waiting for PID 1. See systemd.generator(7).

use crate::compile::{self, Host, Links};
use crate::config::Config;
use crate::job::{Job, Problem, Timing};
use crate::sys::jobs::{Candidate, Folder};
use crate::sys::log::{Log, Priority};
use crate::sys::units::UnitFolder;
use crate::sys::zone::Zones;
use crate::sys::{config, pause};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::Path;

/// The log of a boot is no place for a hundred lines, and the kernel drops most of them.
const MOST_LINES: usize = 8;

/// Runs the generator with PID 1's arguments: three folders, or one for all.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let folders: Vec<OsString> = arguments.into_iter().skip(1).collect();
    if !matches!(folders.len(), 1 | 3) {
        eprintln!("process-control-generator: called by systemd with three folders; one folder will do");
        return super::exit::USAGE;
    }
    // the jobs' file system is not there yet
    if std::env::var_os("SYSTEMD_IN_INITRD").is_some_and(|value| value == "1") {
        return 0;
    }
    let mut log = Log::open();
    match generate(Path::new(&folders[0]), &mut log) {
        Ok(code) => code,
        Err(error) => {
            log.say(Priority::Error, &format!("{error:#}"));
            1
        }
    }
}

fn generate(folder: &Path, log: &mut Log) -> Result<u8> {
    let loaded = config::load();
    for problem in &loaded.problems {
        log.say(priority(problem), &format!("{}:{problem}", loaded.path.display()));
    }
    let Some(config) = loaded.config else {
        log.say(Priority::Error, "no job is scheduled, as the configuration has an error");
        return Ok(1);
    };
    let units = UnitFolder::open(folder).with_context(|| folder.display().to_string())?;
    let jobs = Folder::open(&config.job_directory).and_then(|jobs| Ok((jobs.list()?, jobs)));
    let (candidates, jobs) = match jobs {
        Ok((candidates, jobs)) => (candidates, Some(jobs)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (Vec::new(), None),
        Err(error) => {
            log.say(Priority::Error, &format!("{}: cannot be read: {error}", config.job_directory.display()));
            (Vec::new(), None)
        }
    };
    let found = if candidates.is_empty() { Host::NothingYet } else { Host::HasJobs };
    let mut all = Generated::default();
    let mut zones = Zones::default();
    for candidate in candidates {
        if let Some(jobs) = &jobs {
            all.add(&candidate, jobs, &config, &mut zones, &units)?;
        }
    }
    let shared = compile::host(&all.links, found, &config);
    let late = if found == Host::NothingYet { compile::late(&config) } else { Vec::new() };
    for unit in shared.iter().chain(&late) {
        units.write(unit).with_context(|| unit.name.clone())?;
    }
    all.report(log);
    Ok(0)
}

/// What has come of the jobs so far.
#[derive(Default)]
struct Generated {
    links: Links,
    /// The lines to log, and how many of them are of jobs that are left out.
    said: Vec<(Priority, String)>,
    broken: usize,
}

impl Generated {
    /// Reads one job and writes its units. A bad job costs no other one anything; that a unit
    /// cannot be written ends the generator, as the next one would not be written either.
    fn add(&mut self, candidate: &Candidate, jobs: &Folder, config: &Config, zones: &mut Zones, units: &UnitFolder) -> Result<()> {
        let path = config.job_directory.join(&candidate.file);
        let shown = config.job_directory.join(candidate.shown());
        let name = match candidate.name() {
            Ok(name) => name,
            Err(problem) => {
                self.refuse(&shown, &problem);
                return Ok(());
            }
        };
        let (job, problems) = match jobs.read(&name) {
            Some(Ok(file)) => Job::read(&name, &file.bytes, &config.defaults, &config.ceilings),
            Some(Err(problem)) => (None, vec![problem]),
            // it went away since the folder was listed
            None => return Ok(()),
        };
        for problem in &problems {
            self.said.push((priority(problem), format!("{}:{problem}", shown.display())));
        }
        let of_job = match &job {
            Some(job) => {
                let zone = zones.get(job.timing.zone(job.zone.as_ref()));
                compile::job(job, &path, zone, config)
            }
            None => compile::broken(&name, &path, config),
        };
        for unit in &of_job {
            units.write(unit).with_context(|| unit.name.clone())?;
        }
        match job {
            Some(job) if compile::has_timer(&job) => self.links.timers.push(compile::timer_name(&name)),
            Some(job) if job.is_scheduled() && job.timing == Timing::AtBoot && pause::note(config, &name).is_none() => {
                self.links.at_boot.push(compile::service_name(&name));
            }
            Some(_) => {}
            None => self.broken += 1,
        }
        Ok(())
    }

    fn refuse(&mut self, shown: &Path, problem: &Problem) {
        self.broken += 1;
        self.said.push((Priority::Error, format!("{}: {problem}", shown.display())));
    }

    /// Errors first, and of many only the first.
    fn report(mut self, log: &mut Log) {
        self.said.sort_by_key(|(priority, _)| *priority as u8);
        let hidden = self.said.len().saturating_sub(MOST_LINES);
        if hidden > 0 {
            let broken = self.broken;
            log.say(Priority::Error, &format!("{broken} broken jobs, {hidden} more lines of problems: jobctl check shows all"));
        }
        for (priority, line) in self.said.iter().take(MOST_LINES) {
            log.say(*priority, line);
        }
    }
}

fn priority(problem: &Problem) -> Priority {
    if problem.is_error() { Priority::Error } else { Priority::Warning }
}
