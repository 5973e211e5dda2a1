//! What a reload of systemd would change, and the reload.
//!
//! What is compared is what the generator last wrote; so an edited command, which no unit holds, needs no
//! reload, and a change that was not noticed when it came is found the next time.

use super::translate::{Found, Said, Sink, translate};
use crate::compile::{self, Unit};
use crate::config::{Config, VARIABLE};
use crate::page::words::count;
use crate::status::{Change, Fate, brought, fates, joined};
use crate::sys::clock;
use crate::sys::systemctl::{self, Reloaded};
use crate::sys::units::UnitFolder;
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Where PID 1 lets generators write (systemd.generator(7)).
pub(super) const GENERATED: &str = "/run/systemd/generator";
/// Files that change faster than systemd reloads are read again by the next call.
const ROUNDS: u32 = 5;
/// Who changes files without end shall not keep PID 1 busy with it: the third look waits for four of
/// these, the next for eight.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether systemd is reloaded when nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// It is, once.
    Always,
    /// It is not.
    IfChanged,
}

/// How a reload ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Well.
    Well,
    /// There is no job directory: what runs now shall go on, as it is more likely that a folder was moved than
    /// that all jobs went.
    NoJobs,
    /// We may not reload systemd.
    Refused,
}

/// What one look found.
pub(super) struct Look {
    /// What would be another.
    pub(super) changes: Vec<Change>,
    /// What was wrong with the files.
    pub(super) said: Said,
}

/// Compares the units that would be made now with those that are there.
///
/// # Errors
/// Why the units cannot be read.
pub(super) fn look(config: &Config) -> Result<Look> {
    let written = UnitFolder::open(Path::new(GENERATED)).ok();
    let mut comparison = Comparison { written: written.as_ref(), changes: Vec::new(), wanted: BTreeSet::new() };
    let said = translate(config, &mut comparison)?;
    Ok(Look { changes: comparison.changes()?, said })
}

/// Reloads systemd until it has what the files say. `tell` is told once, at the end, what has changed and what is
/// wrong with the files; nothing where it ends badly before something has changed.
///
/// # Errors
/// Why systemd cannot be reloaded, or that it does not have what the files say.
pub(super) fn reload(config: &Config, when: When, tell: impl FnOnce(&Look)) -> Result<Ended> {
    let mut last = look(config)?;
    let mut changed = Vec::new();
    let ended = settle(config, when, &mut last, &mut changed);
    if matches!(ended, Ok(Ended::Well)) || !changed.is_empty() {
        tell(&Look { changes: changed, said: last.said });
    }
    ended
}

/// The rounds of a reload, from one look to the last; what each has brought is added to `changed`.
fn settle(config: &Config, when: When, last: &mut Look, changed: &mut Vec<Change>) -> Result<Ended> {
    for round in 0..ROUNDS {
        if round > 1 {
            clock::wait(PAUSE * (1 << round));
            *last = look(config)?;
        }
        if last.said.folder == Found::Missing {
            return Ok(Ended::NoJobs);
        }
        if last.changes.is_empty() && (when == When::IfChanged || round > 0) {
            return Ok(Ended::Well);
        }
        if systemctl::daemon_reload()? == Reloaded::Refused {
            return Ok(Ended::Refused);
        }
        clear(&last.changes);
        let before = std::mem::replace(last, look(config)?);
        *changed = joined(std::mem::take(changed), brought(&before.changes, &last.changes));
        if last.changes.is_empty() {
            return Ok(Ended::Well);
        }
        if last.changes == before.changes {
            bail!(unwritten(config, &last.changes));
        }
    }
    bail!(
        "systemd was reloaded {ROUNDS} times, and job files have changed again each time; the last change is not in force"
    )
}

/// What is to be said of units that a reload has not brought.
fn unwritten(config: &Config, changes: &[Change]) -> String {
    if config.source.is_some() {
        return format!("systemd still generates other units: {VARIABLE} is set here, and perhaps not for PID 1");
    }
    let units = count(changes.len(), "unit");
    format!(
        "systemd was reloaded, but the generator did not write {units}, such as {}: \
         journalctl --boot | grep process-control-generator tells why",
        changes.first().map(|change| change.unit.as_str()).unwrap_or_default()
    )
}

/// Lets systemd forget the failures of jobs that are gone: nobody will run them again.
fn clear(changes: &[Change]) {
    let fates = fates(changes);
    let gone = fates.iter().filter(|(_, fate)| **fate == Fate::Gone);
    let units: Vec<String> =
        gone.flat_map(|(name, _)| [compile::service_name(name), compile::slow_start_name(name)]).collect();
    systemctl::reset_failed(&units);
}

struct Comparison<'a> {
    /// None when the generator has never run.
    written: Option<&'a UnitFolder>,
    changes: Vec<Change>,
    wanted: BTreeSet<String>,
}

impl Comparison<'_> {
    /// All that is new, changed or gone.
    fn changes(mut self) -> Result<Vec<Change>> {
        let Some(written) = self.written else { return Ok(self.changes) };
        for unit in written.names()?.iter().map(|name| compile::written_as(name)) {
            if compile::is_of_a_job(&unit) && !self.wanted.contains(&unit) {
                let before = Some(written.read(&unit).map(|text| lossy(&text)).unwrap_or_default());
                self.changes.push(Change { job: compile::job_of(&unit), unit, before, after: None });
            }
        }
        Ok(self.changes)
    }
}

impl Sink for Comparison<'_> {
    fn take(&mut self, unit: &Unit) -> Result<()> {
        let before = self.written.and_then(|folder| folder.read(&unit.name)).map(|text| lossy(&text));
        let after = unit.file.text();
        if before.as_ref() != Some(&after) {
            let job = compile::job_of(&unit.name);
            self.changes.push(Change { unit: unit.name.clone(), job, before, after: Some(after) });
        }
        self.wanted.insert(unit.name.clone());
        Ok(())
    }

    fn split(&self) -> Self {
        Comparison { written: self.written, changes: Vec::new(), wanted: BTreeSet::new() }
    }

    fn join(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.wanted.extend(other.wanted);
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
