//! What a job file says of other jobs: whether they are there, and whether the job waits for itself.

use super::translate::in_a_circle;
use super::turn::order;
use crate::config::Config;
use crate::job::order::Order;
use crate::job::{Job, JobName, Place, Problem, Timing};
use crate::status::Facts;
use crate::sys::jobs::Folder;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// The key whose errors keep all but people from starting a job.
pub(super) const AFTER: &str = "after_success";

/// The other jobs of the job directory, read when a job is checked that comes after some.
pub(super) struct Others<'a> {
    config: &'a Config,
    folder: Option<Folder>,
    order: OnceCell<(Order, BTreeMap<JobName, Vec<JobName>>)>,
    /// Those that are named in `conflicts`, by whomever.
    named: OnceCell<BTreeSet<JobName>>,
}

impl<'a> Others<'a> {
    /// Those of a configuration, where these are all of them.
    pub(super) fn all(config: &'a Config, jobs: &[Facts]) -> Others<'a> {
        let mut order = Order::default();
        jobs.iter().filter_map(|facts| facts.job.as_ref()).for_each(|job| order.add(job));
        Others { order: OnceCell::from(with_circles(order)), ..Others::of(config) }
    }

    /// Those of a configuration.
    pub(super) fn of(config: &'a Config) -> Others<'a> {
        Others {
            config,
            folder: Folder::open(&config.job_directory).ok(),
            order: OnceCell::new(),
            named: OnceCell::new(),
        }
    }

    /// Tells those of these jobs that nothing can start as their files name others wrongly: an error, as in a file that
    /// cannot be read.
    pub(super) fn tell(&self, jobs: &mut [Facts]) {
        for facts in jobs {
            let after = facts.job.as_ref().filter(|job| matches!(job.timing, Timing::After(_)));
            let Some((job, folder)) = after.zip(self.folder.as_ref()) else { continue };
            let Some(Ok(file)) = folder.read(&facts.name) else { continue };
            let mut problems = self.problems(job, &file.bytes).into_iter();
            facts.error = problems.find(|problem| problem.key == AFTER);
        }
    }

    /// What is wrong with the names of others in a job file of these bytes.
    pub(super) fn problems(&self, job: &Job, bytes: &[u8]) -> Vec<Problem> {
        let after: &[JobName] = if let Timing::After(others) = &job.timing { others } else { &[] };
        let named = [(AFTER, after), ("conflicts", &job.conflicts)];
        let mut problems = Vec::new();
        for (key, others) in named {
            for other in others {
                if let Some(what) = self.wrong(job, other, key) {
                    problems.push(Problem::error(place(bytes, key), key, what).found(other.as_str()));
                }
            }
        }
        if !after.is_empty() && !after.contains(&job.name) {
            problems.extend(self.circle(job).map(|way| Problem { place: place(bytes, AFTER), ..in_a_circle(&way) }));
        }
        problems
    }

    /// Whether the file of another job names this one in `conflicts`.
    pub(super) fn name_in_conflicts(&self, job: &Job) -> bool {
        let named = || self.folder.as_ref().map(|folder| self.conflicting(folder)).unwrap_or_default();
        self.named.get_or_init(named).contains(&job.name)
    }

    /// The jobs that the files of others name in `conflicts`.
    fn conflicting(&self, folder: &Folder) -> BTreeSet<JobName> {
        let names = folder.list().unwrap_or_default().into_iter().filter_map(|candidate| candidate.name().ok());
        let jobs = names.filter_map(|name| {
            let file = folder.read(&name)?.ok()?;
            Job::read(&name, &file.bytes, &self.config.defaults, &self.config.ceilings).0
        });
        jobs.flat_map(|job| job.conflicts).collect()
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
            with_circles(self.folder.as_ref().map(|folder| order(folder, self.config)).unwrap_or_default())
        });
        if order.has(job) {
            return circles.get(&job.name).cloned();
        }
        // the file is not the one that is there
        let mut with = order.clone();
        with.add(job);
        with.without_circles().remove(&job.name)
    }
}

fn with_circles(whole: Order) -> (Order, BTreeMap<JobName, Vec<JobName>>) {
    let mut untangled = whole.clone();
    let circles = untangled.without_circles();
    (whole, circles)
}

/// Where a key's value stands; the file's start if it comes from the defaults.
pub(super) fn place(bytes: &[u8], key: &str) -> Place {
    found(bytes, key).unwrap_or(Place::TOP)
}

/// Where a key's value stands, if the file has it.
pub(super) fn found(bytes: &[u8], key: &str) -> Option<Place> {
    crate::yaml::parse(bytes).ok().and_then(|node| Some(node.get(key)?.place))
}
