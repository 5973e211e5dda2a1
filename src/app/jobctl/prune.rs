//! `jobctl prune`: removes what jobs have left that are gone.

use super::meant::agreed;
use super::refusal::Refusal;
use super::{configuration, print, say};
use crate::app::args::Prune;
use crate::app::exit;
use crate::config::Config;
use crate::job::JobName;
use crate::page::words::count;
use crate::sys::jobs::Folder;
use crate::sys::{journal, leftovers};
use std::collections::BTreeSet;
use std::io::ErrorKind;

/// Lists it, asks, and removes it. Where no job is left at all, the folder may only not be mounted.
pub(super) fn prune(arguments: &Prune) -> Result<u8, Refusal> {
    let config = configuration()?;
    let jobs = jobs(&config)?;
    let found = leftovers::find(&config, |name| jobs.contains(name));
    if found.is_empty() {
        print("no job that is gone has left anything\n");
        return Ok(exit::OK);
    }
    for (name, paths) in &found {
        let paths: Vec<String> = paths.iter().map(|path| format!("  {}\n", path.display())).collect();
        print(&format!("{name}\n{}", paths.concat()));
    }
    if arguments.dry_run {
        return Ok(exit::OK);
    }
    if !arguments.yes {
        agreed(&format!("remove what {} left", count(found.len(), "job")))?;
    }
    let mut code = exit::OK;
    for (name, paths) in &found {
        // while the question was open its author may have put it back
        let is_there = |name: &JobName| self::jobs(&config).map_or(true, |jobs| jobs.contains(name));
        let Some(stay) = leftovers::remove(&config, name, paths, is_there) else {
            say(&format!("{name}: it is back, or runs, and nothing of it was removed"));
            continue;
        };
        for (path, error) in &stay {
            let refused = error.kind() == ErrorKind::PermissionDenied;
            code = if refused { exit::REFUSED } else { exit::NOT_MADE };
            say(&format!("{name}: {}: {error}{}", path.display(), if refused { "; root may" } else { "" }));
        }
        if stay.is_empty() {
            journal::note(Some(name), "pruned");
        }
    }
    Ok(code)
}

/// The jobs that there are. Where there is none, that is refused.
fn jobs(config: &Config) -> Result<BTreeSet<JobName>, Refusal> {
    let no_jobs = |error| Refusal::no_jobs(config, &error);
    let listed = Folder::open(&config.job_directory).and_then(|folder| folder.list()).map_err(no_jobs)?;
    let jobs: BTreeSet<JobName> = listed.iter().filter_map(|candidate| candidate.name().ok()).collect();
    if jobs.is_empty() {
        let folder = config.job_directory.display();
        let what =
            format!("{folder}: there is no job at all, so nothing is taken for gone; is its file system mounted?");
        return Err(Refusal::new(exit::NO_JOB, what));
    }
    Ok(jobs)
}
