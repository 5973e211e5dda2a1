//! `jobctl migrate`: who starts the jobs, cron or systemd. Nothing is lost on the way, and nothing starts twice.

mod back;
mod moment;
mod there;

use super::existing::existing;
use super::refusal::Refusal;
use super::{configuration, say};
use crate::app::args::Migrate;
use crate::app::changes::{Ended, When, reload};
use crate::app::crontabs::{Crontabs, Found};
use crate::app::exit;
use crate::compile;
use crate::config::Config;
use crate::crontab::Leftover;
use crate::crontab::handover::Jobs;
use crate::sys::bus::Bus;
use crate::sys::jobs::Folder;
use crate::sys::replace::Lasting;
use crate::sys::systemctl::{self, Boot};
use crate::sys::{account, inspect, lock};
use std::collections::BTreeSet;
use std::path::Path;

/// What schedules, while it runs.
const SCHEDULING: &[&str] = &[compile::TARGET, compile::RELOAD_TIMER];
/// What makes it do so after a boot. The last starts jobs with `at_boot`: those are for the next boot, and not for now.
const AT_BOOT: &[&str] = &[compile::TARGET, compile::RELOAD_TIMER, compile::BOOT_SERVICE];

/// Held while something is done.
const ALONE: &str = "/run/process-control-migrate.lock";

/// What the host has of both.
struct Host {
    config: Config,
    jobs: Jobs,
    crontabs: Crontabs,
}

/// Shows what is to be done, asks, and does it.
pub(super) fn migrate(arguments: &Migrate) -> Result<u8, Refusal> {
    let config = configuration()?;
    let is_root = account::own() == 0;
    // two at once would undo each other's work
    let path = Path::new(ALONE);
    let waits = || say("waits for another jobctl migrate");
    let alone = (is_root && !arguments.dry_run).then(|| lock::alone(path, waits));
    let _alone = alone.transpose().map_err(|error| Refusal::unwritten(path, &error))?;
    let jobs = jobs(&config)?;
    let crontabs = Crontabs::read(&config);
    for (path, why) in &crontabs.passed_over {
        say(&format!("{}: cron passes over it, and so does this: {why}", path.display()));
    }
    match crontabs.unread.first() {
        Some((path, error)) if is_root => return Err(Refusal::unread(path, error)),
        _ => crontabs.unread.iter().for_each(|(path, error)| say(&format!("{}: {error}; ask as root", path.display()))),
    }
    let host = Host { config, jobs, crontabs };
    if arguments.back { back::migrate(&host, arguments) } else { there::migrate(&host, arguments) }
}

fn jobs(config: &Config) -> Result<Jobs, Refusal> {
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(config, &error))?;
    existing(config, &folder)
}

/// That job files have changed since the plan was shown, in a way that makes another plan.
fn refuse_if(changed: bool) -> Result<(), Refusal> {
    let what = "job files have changed meanwhile; nothing was done, call jobctl migrate once more";
    if changed { Err(Refusal::new(exit::NOT_READY, what)) } else { Ok(()) }
}

/// Makes systemd read the job files as they are. Of another configuration than that of PID 1 this fails.
fn read_by_systemd(config: &Config) -> Result<(), Refusal> {
    let refused = |what: String| Refusal::new(exit::UNAVAILABLE, format!("{what}; nothing was done"));
    match reload(config, When::IfChanged, |_| ()).map_err(|error| refused(format!("{error:#}")))? {
        Ended::Well => Ok(()),
        Ended::NoJobs | Ended::Refused => Err(refused("systemd was not reloaded".to_owned())),
    }
}

/// Lets systemd schedule, now and after a boot.
fn start() -> anyhow::Result<()> {
    // that the one cannot be keeps nobody from the other
    let started = systemctl::start_all(SCHEDULING);
    systemctl::at_boot(AT_BOOT, Boot::Started).and(started)
}

/// Whether this can be done here, by whoever asks.
fn may() -> Result<(), Refusal> {
    if !inspect::folder(Path::new("/run/systemd/system")) {
        return Err(Refusal::new(exit::UNAVAILABLE, "systemd does not run here"));
    }
    if account::own() != 0 {
        return Err(Refusal::new(exit::REFUSED, "you may not; root may, and --dry-run shows what would be done"));
    }
    // it is asked afterwards whether each job has its timer
    Bus::system().map(drop).map_err(|error| Refusal::no_systemd(&error))
}

impl Host {
    /// The crontabs that have one of these entries, each with the lines of them.
    fn with(&self, entries: &[&Leftover]) -> Vec<(&Found, BTreeSet<usize>)> {
        let lines = |found: &Found| -> BTreeSet<usize> {
            let label = found.as_crontab().label;
            entries.iter().filter(|entry| entry.file == label).map(|entry| entry.line).collect()
        };
        let all = self.crontabs.found.iter().map(|found| (found, lines(found)));
        all.filter(|(_, lines)| !lines.is_empty()).collect()
    }
}

/// Writes crontabs in the places of those that were read: all or none, as far as that can be.
fn write_all(changes: &[(&Found, Vec<u8>)]) -> Result<(), Refusal> {
    for (number, (found, bytes)) in changes.iter().enumerate() {
        if let Err(refusal) = write(found, bytes) {
            take_back(&changes[..number]);
            return Err(refusal);
        }
    }
    Ok(())
}

fn write(found: &Found, bytes: &[u8]) -> Result<(), Refusal> {
    let refused = |error| Refusal::unwritten(&found.path, &error);
    if found.read_again().map_err(refused)? != found.bytes {
        let path = found.path.display();
        let what = format!("{path}: somebody has changed it meanwhile; look, and call jobctl migrate once more");
        return Err(Refusal::new(exit::NOT_MADE, what));
    }
    let lasting = found.write(bytes).map_err(refused)?;
    say_doubt(&found.path, &lasting);
    Ok(())
}

/// It is in force all the same.
fn say_doubt(path: &Path, lasting: &Lasting) {
    if let Some(doubt) = lasting.doubt() {
        say(&format!("{}: {doubt}", path.display()));
    }
}

/// Writes what was there before.
fn take_back(changes: &[(&Found, Vec<u8>)]) {
    for (found, _) in changes {
        match found.write(&found.bytes) {
            Ok(lasting) => say_doubt(&found.path, &lasting),
            Err(error) => say(&format!("{}: {error}; it is not what it was", found.path.display())),
        }
    }
}
