//! All jobs that are there, as they are read.

use crate::config::Config;
use crate::job::{Job, JobName};
use crate::sys::jobs::Folder;
use std::collections::BTreeMap;
use std::io;

/// The jobs that are there; none for a file with an error.
///
/// # Errors
/// Why the folder cannot be listed.
pub(super) fn existing(config: &Config, folder: &Folder) -> io::Result<BTreeMap<JobName, Option<Job>>> {
    let names = folder.list()?;
    let names = names.iter().filter_map(|candidate| candidate.name().ok());
    let job = |name: &JobName| {
        let file = folder.read(name)?.ok()?;
        Job::read(name, &file.bytes, &config.defaults, &config.ceilings).0
    };
    Ok(names.map(|name| (name.clone(), job(&name))).collect())
}
