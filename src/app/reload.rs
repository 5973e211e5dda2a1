//! `jobctl reload`: makes systemd read the job files, if that would change anything.
//!
//! What it compares with is what the generator last wrote; so an edited command, which no unit
//! holds, needs no reload, and a change that was not noticed when it came is found the next time.

use super::args::Reload;
use super::exit;
use super::translate::{Found, Sink, line, translate};
use crate::compile::{self, Unit};
use crate::config::VARIABLE;
use crate::sys::invocation::Invocation;
use crate::sys::units::UnitFolder;
use crate::sys::voice::{Priority, Voice};
use crate::sys::{clock, config, systemctl};
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Where PID 1 lets generators write (systemd.generator(7)).
const GENERATED: &str = "/run/systemd/generator";
/// Files that change faster than systemd reloads are read again by the next call.
const ROUNDS: u32 = 5;
/// Who changes files without end shall not keep PID 1 busy with it: the third look waits for four of
/// these, the next for eight.
const PAUSE: Duration = Duration::from_secs(1);

/// Reloads, and says which units changed.
pub(super) fn reload(arguments: &Reload) -> u8 {
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("jobctl: {error:#}");
            exit::UNAVAILABLE
        }
    }
}

fn run(arguments: &Reload) -> Result<u8> {
    let loaded = config::load();
    let Some(config) = loaded.config else {
        for problem in &loaded.problems {
            eprintln!("jobctl: {}", line(&loaded.path, problem));
        }
        return Ok(exit::CONFIG);
    };
    let mut before = None;
    for round in 0..ROUNDS {
        if round > 1 {
            clock::wait(PAUSE * (1 << round));
        }
        let mut comparison = Comparison::with(UnitFolder::open(Path::new(GENERATED)).ok());
        let said = translate(&config, &mut comparison)?;
        let changes = comparison.changes()?;
        if said.folder == Found::Missing {
            // what runs now shall go on: it is more likely that a folder was moved than that all jobs went
            let folder = config.job_directory.display();
            eprintln!("jobctl: there is no job directory {folder}; systemd was not reloaded");
            return Ok(exit::NO_JOB);
        }
        if changes.is_empty() && (arguments.if_changed || round > 0) {
            break;
        }
        if config.source.is_some() && before.as_ref() == Some(&changes) {
            bail!("systemd still generates other units: {VARIABLE} is set here, and perhaps not for PID 1");
        }
        for change in &changes {
            super::print(&format!("{change}\n"));
        }
        // the generator's own words may be lost in the kernel's log; these reach the journal
        let voice = Voice::of("jobctl", &Invocation::detect());
        for (path, problem) in &said.problems {
            voice.say(Priority::of(problem), &line(path, problem));
        }
        if said.hidden > 0 {
            let hidden = said.hidden;
            voice.say(Priority::Error, &format!("{hidden} more lines of problems: jobctl check shows all"));
        }
        systemctl::daemon_reload()?;
        before = Some(changes);
    }
    Ok(exit::OK)
}

/// Compares the units that would be written now with those that are there.
struct Comparison {
    /// None when the generator has never run.
    written: Option<UnitFolder>,
    changes: Vec<String>,
    wanted: BTreeSet<String>,
}

impl Comparison {
    fn with(written: Option<UnitFolder>) -> Self {
        Comparison { written, changes: Vec::new(), wanted: BTreeSet::new() }
    }

    /// A line for each unit that is new, changed or gone.
    fn changes(mut self) -> Result<Vec<String>> {
        for name in self.written.as_ref().map(UnitFolder::names).transpose()?.unwrap_or_default() {
            if compile::is_of_a_job(&name) && !self.wanted.contains(&name) {
                self.changes.push(format!("gone     {name}"));
            }
        }
        Ok(self.changes)
    }
}

impl Sink for Comparison {
    fn take(&mut self, unit: &Unit) -> Result<()> {
        let written = self.written.as_ref().and_then(|folder| folder.read(&unit.name));
        match written {
            Some(text) if text == unit.file.to_string().into_bytes() => {}
            Some(_) => self.changes.push(format!("changed  {}", unit.name)),
            None => self.changes.push(format!("new      {}", unit.name)),
        }
        self.wanted.insert(unit.name.clone());
        Ok(())
    }
}
