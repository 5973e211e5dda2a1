//! `jobctl migrate`: who starts the jobs, cron or systemd. Nothing is lost on the way, and nothing starts twice.

mod back;
mod moment;
mod there;

use super::configuration;
use super::existing::existing;
use super::refusal::Refusal;
use crate::app::args::Migrate;
use crate::app::crontabs::{Crontabs, Found};
use crate::app::exit;
use crate::compile;
use crate::config::Config;
use crate::crontab::Leftover;
use crate::crontab::handover::Jobs;
use crate::sys::jobs::Folder;
use crate::sys::{account, crontabs, inspect};
use std::collections::BTreeSet;
use std::path::Path;

/// What schedules, while it runs.
const SCHEDULING: &[&str] = &[compile::TARGET, compile::RELOAD_TIMER];
/// What makes it do so after a boot. The last starts jobs with `at_boot`: those are for the next boot, and not for now.
const AT_BOOT: &[&str] = &[compile::TARGET, compile::RELOAD_TIMER, compile::BOOT_SERVICE];

/// What the host has of both.
struct Host {
    config: Config,
    jobs: Jobs,
    crontabs: Crontabs,
}

/// Shows what is to be done, asks, and does it.
pub(super) fn migrate(arguments: &Migrate) -> Result<u8, Refusal> {
    let config = configuration()?;
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let jobs = existing(&config, &folder)?;
    let crontabs = Crontabs::read(&config);
    if let Some((path, error)) = crontabs.unread.first() {
        return Err(Refusal::unread(path, error));
    }
    let host = Host { config, jobs, crontabs };
    if arguments.back { back::migrate(&host, arguments) } else { there::migrate(&host, arguments) }
}

/// Whether this can be done here, by whoever asks.
fn may() -> Result<(), Refusal> {
    if !inspect::folder(Path::new("/run/systemd/system")) {
        return Err(Refusal::new(exit::UNAVAILABLE, "systemd does not run here"));
    }
    if account::own() != 0 {
        return Err(Refusal::new(exit::REFUSED, "you may not; root may, and --dry-run shows what would be done"));
    }
    Ok(())
}

impl Host {
    fn runner(&self) -> String {
        self.config.runner_path.to_string_lossy().into_owned()
    }

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

/// Writes a crontab in the place of the one that was read.
fn write(found: &Found, bytes: &[u8]) -> Result<(), Refusal> {
    let refused = |error| Refusal::unwritten(&found.path, &error);
    let now = crontabs::read(&found.path).map_err(refused)?;
    if now != found.bytes {
        let what = format!(
            "{}: somebody has changed it meanwhile; look, and call jobctl migrate once more",
            found.path.display()
        );
        return Err(Refusal::new(exit::NOT_MADE, what));
    }
    put(found, bytes).map_err(refused)
}

fn put(found: &Found, bytes: &[u8]) -> std::io::Result<()> {
    match &found.owner {
        Some(user) => crontabs::install(user, bytes),
        None => crontabs::replace(&found.path, bytes),
    }
}
