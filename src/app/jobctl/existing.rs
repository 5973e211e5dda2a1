//! All jobs that are there, as they are read.

use super::refusal::Refusal;
use crate::config::Config;
use crate::job::{Job, JobName};
use crate::sys::jobs::Folder;
use std::collections::BTreeMap;

/// The jobs that are there; none for a file with an error.
pub(super) fn existing(config: &Config, folder: &Folder) -> Result<BTreeMap<JobName, Option<Job>>, Refusal> {
    let names = folder.list().map_err(|error| Refusal::no_jobs(config, &error))?;
    let names = names.iter().filter_map(|candidate| candidate.name().ok());
    let job = |name: &JobName| {
        let file = folder.read(name)?.ok()?;
        Job::read(name, &file.bytes, &config.defaults, &config.ceilings).0
    };
    Ok(names.map(|name| (name.clone(), job(&name))).collect())
}
