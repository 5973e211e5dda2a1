//! All jobs that are there, or a line that says why they cannot be read.

use super::refusal::Refusal;
use crate::app::existing;
use crate::config::Config;
use crate::job::{Job, JobName};
use crate::sys::jobs::Folder;
use std::collections::BTreeMap;

/// The jobs that are there; none for a file with an error.
pub(super) fn existing(config: &Config, folder: &Folder) -> Result<BTreeMap<JobName, Option<Job>>, Refusal> {
    existing::existing(config, folder).map_err(|error| Refusal::no_jobs(config, &error))
}
