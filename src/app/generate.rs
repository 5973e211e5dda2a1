//! `process-control-generator`: job files → units, below the folder that PID 1 names.
//!
//! It talks to nobody and looks no user up: PID 1 waits for it, and what it could ask may be
//! waiting for PID 1. See systemd.generator(7).

use super::translate::{Said, Sink, line, translate};
use crate::compile::Unit;
use crate::config::Config;
use crate::job::Problem;
use crate::sys::config;
use crate::sys::log::{Log, Priority};
use crate::sys::units::UnitFolder;
use crate::sys::voice::speak;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::Path;

/// The log of a boot is no place for a hundred lines, and the kernel drops most of them.
const MOST_LINES: usize = 8;

/// Runs the generator with PID 1's arguments: three folders, or one for all.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let folders: Vec<OsString> = arguments.into_iter().skip(1).collect();
    if !matches!(folders.len(), 1 | 3) {
        speak("process-control-generator: called by systemd with three folders; one folder will do\n");
        return super::exit::USAGE;
    }
    // the jobs' file system is not there yet
    if std::env::var_os("SYSTEMD_IN_INITRD").is_some_and(|value| value == "1") {
        return super::exit::OK;
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
    for problem in loaded.problems.iter().filter(|problem| problem.is_pressing()) {
        log.say(priority(problem), &line(&loaded.path, problem));
    }
    let Some(config) = loaded.config else {
        log.say(Priority::Error, "no job is scheduled, as the configuration has an error");
        return Ok(1);
    };
    report(write(&config, folder)?, log);
    Ok(0)
}

/// Writes the units of a configuration below a folder, and says nothing. How many jobs cannot run.
///
/// # Errors
/// Why the units cannot be written.
pub fn write_units(config: &Config, folder: &Path) -> Result<usize> {
    Ok(write(config, folder)?.broken)
}

fn write(config: &Config, folder: &Path) -> Result<Said> {
    let units = UnitFolder::open(folder).with_context(|| folder.display().to_string())?;
    translate(config, &mut &units).with_context(|| folder.display().to_string())
}

impl Sink for &UnitFolder {
    fn take(&mut self, unit: &Unit) -> Result<()> {
        Ok(self.write(unit)?)
    }

    fn split(&self) -> Self {
        self
    }

    // it is in the folder
    fn join(&mut self, _: Self) {}
}

/// Errors first, and of many only the first.
fn report(mut said: Said, log: &mut Log) {
    said.problems.sort_by_key(|(_, problem)| priority(problem) as u8);
    let hidden = said.problems.len().saturating_sub(MOST_LINES) + said.hidden;
    if hidden > 0 {
        let broken = said.broken;
        log.say(
            Priority::Error,
            &format!("{broken} broken jobs, {hidden} more lines of problems: jobctl check shows all"),
        );
    }
    for (path, problem) in said.problems.iter().take(MOST_LINES) {
        log.say(priority(problem), &line(path, problem));
    }
}

fn priority(problem: &Problem) -> Priority {
    if problem.is_error() { Priority::Error } else { Priority::Warning }
}
