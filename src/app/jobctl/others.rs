//! What a job file says of other jobs: whether they are there, and whether the job waits for itself.

use super::checked::place;
use crate::app::translate::in_a_circle;
use crate::app::turn::order;
use crate::config::Config;
use crate::job::order::Order;
use crate::job::{Job, JobName, Problem, Timing};
use crate::sys::jobs::Folder;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// The other jobs of the job directory, read when a job is checked that comes after some.
pub(super) struct Others<'a> {
    config: &'a Config,
    folder: Option<Folder>,
    order: OnceCell<(Order, BTreeMap<JobName, Vec<JobName>>)>,
}

impl<'a> Others<'a> {
    /// Those of a configuration.
    pub(super) fn of(config: &'a Config) -> Others<'a> {
        Others { config, folder: Folder::open(&config.job_directory).ok(), order: OnceCell::new() }
    }

    /// What is wrong with the names of others in a job file of these bytes.
    pub(super) fn problems(&self, job: &Job, bytes: &[u8]) -> Vec<Problem> {
        let after: &[JobName] = if let Timing::After(others) = &job.timing { others } else { &[] };
        let named = [("after_success", after), ("conflicts", &job.conflicts)];
        let mut problems = Vec::new();
        for (key, others) in named {
            for other in others {
                if let Some(what) = self.wrong(job, other, key) {
                    problems.push(Problem::error(place(bytes, key), key, what).found(other.as_str()));
                }
            }
        }
        if !after.is_empty() && !after.contains(&job.name) {
            problems.extend(
                self.circle(job).map(|way| Problem { place: place(bytes, "after_success"), ..in_a_circle(&way) }),
            );
        }
        problems
    }

    fn wrong(&self, job: &Job, other: &JobName, key: &str) -> Option<&'static str> {
        match key {
            _ if *other != job.name => {
                let known = self.folder.as_ref().is_none_or(|folder| folder.read(other).is_some());
                (!known).then_some("there is no such job")
            }
            "conflicts" => Some("a job never runs together with itself"),
            _ => Some("the job would wait for itself"),
        }
    }

    /// The way from a job back to it, if it waits for itself by way of others.
    fn circle(&self, job: &Job) -> Option<Vec<JobName>> {
        let (order, circles) = self.order.get_or_init(|| {
            let whole = self.folder.as_ref().map(|folder| order(folder, self.config)).unwrap_or_default();
            let mut untangled = whole.clone();
            let circles = untangled.without_circles();
            (whole, circles)
        });
        let mut with = order.clone();
        with.add(job);
        if with == *order {
            return circles.get(&job.name).cloned();
        }
        // the file is not the one that is there
        with.without_circles().remove(&job.name)
    }
}
