//! What a person sees of jobs.

mod original;

pub use original::{Health, icinga, list, status};

use crate::history::History;
use crate::job::{Job, JobName};

/// What is known of one job at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its name.
    pub name: JobName,
    /// What its file says; none if that has an error.
    pub job: Option<Job>,
    /// The process that runs it, if one does; 0 if it is not known which.
    pub pid: Option<u32>,
    /// What became of its runs.
    pub history: History,
}
