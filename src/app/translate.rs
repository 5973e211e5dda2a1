//! Every job of a configuration → units, by several threads where there are many, and those of the host at the end.

use crate::compile::{self, Links, Unit};
use crate::config::Config;
use crate::job::retries::Growth;
use crate::job::{Job, JobName, Place, Problem, Retries, Timing};
use crate::sys::clock;
use crate::sys::jobs::{Candidate, Folder};
use crate::sys::pause::{Markers, Owners};
use crate::sys::systemd::Systemd;
use crate::sys::threads;
use crate::sys::zone::Zones;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// A thread is worth its start for so many jobs.
const JOBS_FOR_A_THREAD: usize = 128;

/// Where the units go.
pub(super) trait Sink: Send + Sync + Sized {
    /// Takes one unit.
    fn take(&mut self, unit: &Unit) -> Result<()>;

    /// One for another thread.
    fn split(&self) -> Self;

    /// Takes what that one has taken.
    fn join(&mut self, other: Self);
}

/// What was wrong on the way.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Each problem with the file that it is in, of many only the first.
    pub problems: Vec<(PathBuf, Problem)>,
    /// How many more there are.
    pub hidden: usize,
    /// How many jobs cannot run.
    pub broken: usize,
    /// Whether there is a job directory.
    pub folder: Found,
}

/// Whether there is a job directory: at boot it may come with a file system that is mounted later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Found {
    /// There is.
    #[default]
    Here,
    /// There is none.
    Missing,
}

/// So many errors, and so many problems besides, are kept: many authors' many bad files shall not fill
/// the memory, nor the journal.
const MOST_KEPT: usize = 100;

impl Said {
    fn add(&mut self, path: &Path, problem: Problem) {
        let alike = |(_, known): &&(PathBuf, Problem)| known.is_error() == problem.is_error();
        if self.problems.iter().filter(alike).count() < MOST_KEPT {
            self.problems.push((path.to_owned(), problem));
        } else {
            self.hidden += 1;
        }
    }

    fn join(&mut self, other: Said) {
        other.problems.into_iter().for_each(|(path, problem)| self.add(&path, problem));
        self.hidden += other.hidden;
        self.broken += other.broken;
    }
}

/// Hands the units of all jobs to `sink`. A bad job costs no other one anything; that a unit cannot
/// be taken ends it all, as the next one could not be either.
pub(super) fn translate<S: Sink>(config: &Config, sink: &mut S) -> Result<Said> {
    let mut whole = Translation::new(config, sink.split());
    let listed = Folder::open(&config.job_directory).and_then(|folder| Ok((folder.list()?, folder)));
    match listed {
        Ok((candidates, folder)) => {
            whole.add_all(&candidates, &folder)?;
            // a name costs files, so it must have one
            whole.links.order.forget_unless(|job| Candidate::is_among(&candidates, job));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => whole.said.folder = Found::Missing,
        Err(error) => {
            let problem = Problem::error(Place::default(), "", format!("cannot be read: {error}"));
            whole.said.add(&config.job_directory, problem);
        }
    }
    whole.untangle();
    whole.take(&compile::host(&whole.links, config))?;
    sink.join(whole.sink);
    Ok(whole.said)
}

/// What becomes of some of the jobs, or of all.
struct Translation<'a, S> {
    config: &'a Config,
    sink: S,
    markers: Markers<'a>,
    zones: Zones,
    systemd: Systemd,
    links: Links,
    said: Said,
}

impl<'a, S: Sink> Translation<'a, S> {
    fn new(config: &'a Config, sink: S) -> Self {
        Translation {
            config,
            sink,
            markers: Markers::new(config, Owners::Numbered),
            zones: Zones::default(),
            systemd: Systemd::default(),
            links: Links::default(),
            said: Said::default(),
        }
    }

    /// Jobs have nothing to do with one another, so each thread has a piece of the list.
    fn add_all(&mut self, candidates: &[Candidate], folder: &Folder) -> Result<()> {
        let (config, sink) = (self.config, &self.sink);
        let pieces = threads::share(candidates, JOBS_FOR_A_THREAD, |piece| {
            let mut part = Translation::new(config, sink.split());
            piece.iter().try_for_each(|candidate| part.add(candidate, folder)).map(|()| part)
        });
        pieces.into_iter().try_for_each(|part| {
            self.join(part?);
            Ok(())
        })
    }

    /// Takes what became of the jobs that come next in the list.
    fn join(&mut self, next: Self) {
        self.sink.join(next.sink);
        self.links.join(next.links);
        self.said.join(next.said);
    }

    /// Jobs that wait for themselves wait for ever, and cost the others nothing.
    fn untangle(&mut self) {
        for (job, way) in self.links.order.without_circles() {
            let path = self.config.job_directory.join(format!("{job}.yaml"));
            self.said.add(&path, in_a_circle(&way));
        }
    }

    fn add(&mut self, candidate: &Candidate, folder: &Folder) -> Result<()> {
        let path = self.config.job_directory.join(&candidate.file);
        let shown = self.config.job_directory.join(candidate.shown());
        let name = match candidate.name() {
            Ok(name) => name,
            Err(problem) => {
                self.said.broken += 1;
                self.said.add(&shown, problem);
                return Ok(());
            }
        };
        let (job, problems) = match folder.read(&name) {
            Some(Ok(file)) => Job::read(&name, &file.bytes, &self.config.defaults, &self.config.ceilings),
            Some(Err(problem)) => (None, vec![problem]),
            // it went away since the folder was listed
            None => return Ok(()),
        };
        for problem in problems {
            self.said.add(&shown, problem);
        }
        let Some(job) = job else {
            self.said.broken += 1;
            return self.take(&compile::broken(&name, &path, self.config));
        };
        let zone = self.zones.get(job.timing.zone(job.zone.as_ref()));
        if compile::lacks_zone(&job, zone) {
            let what = "the host does not have this time zone, so the job is not scheduled";
            let problem = Problem::error(Place::default(), "timezone", what);
            self.said.add(&shown, problem.allowed("a name of its time zone database"));
        }
        self.links.order.add(&job);
        let units = compile::job(&job, &path, zone, growth(&job, &self.systemd), self.config);
        if compile::has_timer(&job, zone) {
            self.links.timers.push(compile::timer_name(&name));
        } else if job.is_scheduled()
            && job.timing == Timing::AtBoot
            && self.markers.pause(&name, clock::now()).is_none()
        {
            self.links.at_boot.push(compile::service_name(&name));
        }
        self.take(&units)
    }

    fn take(&mut self, units: &[Unit]) -> Result<()> {
        units.iter().try_for_each(|unit| self.sink.take(unit).with_context(|| unit.name.clone()))
    }
}

/// That a job waits for itself; `way` is how.
pub(super) fn in_a_circle(way: &[JobName]) -> Problem {
    let way: Vec<&str> = way.iter().map(JobName::as_str).collect();
    let what = format!("the job waits for itself, and so nothing starts it: {}", way.join(" after "));
    Problem::error(Place::default(), "after_success", what)
}

/// Looked up for those only for whom it matters.
pub(super) fn growth(job: &Job, systemd: &Systemd) -> Growth {
    match job.retries {
        Some(Retries { longest: Some(_), .. }) => systemd.growth(),
        _ => Growth::None,
    }
}

/// `FILE:LINE:COLUMN: KEY: what is wrong; what is allowed`
pub(super) fn line(path: &Path, problem: &Problem) -> String {
    let gap = if problem.place.line > 0 { "" } else { " " };
    format!("{}:{gap}{problem}", path.display())
}
