//! What files and locks tell of jobs, for the commands that show jobs.

use super::lock_wait::Locks;
use super::others::Others;
use super::turn;
use crate::config::Config;
use crate::history::Recent;
use crate::job::{Job, JobName, Problem, TimeSpan};
use crate::run::due;
use crate::run::late::{Evidence, late};
use crate::run::retry::LATE;
use crate::status::{Facts, Host, Running, Service, Timer};
use crate::sys::history::Store;
use crate::sys::jobs::Folder;
use crate::sys::lock::Held;
use crate::sys::pause::{Markers, Owners};
use crate::sys::spool::Spool;
use crate::sys::zone::Zones;
use crate::sys::{account, clock};
use chrono::{DateTime, Utc};
use std::cell::OnceCell;
use std::io;

/// Where facts come from.
pub(super) struct Sources<'a> {
    config: &'a Config,
    folder: Folder,
    held: Held,
    store: Store,
    markers: Markers<'a>,
    zones: Zones,
    booted: DateTime<Utc>,
    boot: String,
    holders: OnceCell<Vec<(JobName, u32)>>,
}

impl<'a> Sources<'a> {
    /// Opens the job directory.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(super) fn open(config: &'a Config) -> io::Result<Self> {
        Ok(Sources {
            config,
            folder: Folder::open(&config.job_directory)?,
            held: Held::now(),
            store: Store::new(&config.state_directory),
            markers: Markers::new(config, Owners::Named),
            zones: Zones::default(),
            booted: clock::booted(),
            boot: clock::boot_id(),
            holders: OnceCell::new(),
        })
    }

    /// The names of all jobs, sorted.
    ///
    /// # Errors
    /// Why the job directory cannot be listed.
    pub(super) fn names(&self) -> io::Result<Vec<JobName>> {
        Ok(self.folder.list()?.into_iter().filter_map(|candidate| candidate.name().ok()).collect())
    }

    /// What is known of one job; none if its file has gone meanwhile.
    pub(super) fn facts(&mut self, name: JobName) -> Option<Facts> {
        let (job, error, changed) = self.job(&name)?;
        let recent = self.store.recent(&name);
        let now = clock::now();
        let delay = job.as_ref().map_or(TimeSpan::ZERO, |job| job.random_delay).delta();
        let since = recent.open.as_ref().and_then(|run| run.start);
        let running = self.held.holder(&self.config.run_directory, &name).map(|pid| Running { pid: Some(pid), since });
        let left_out = self.markers.own(&name).and_then(|hold| {
            let Some(job) = &job else { return hold.slot() };
            let zone = self.zones.get(job.timing.zone(job.zone.as_ref()));
            let present = since.filter(|_| running.is_some()).map(|since| (since, now));
            due::held_up_to(job, zone, &hold, recent.run.iter().filter_map(due::ran).chain(present), now)
        });
        let pause = self.markers.pause(&name, now);
        let late = job.as_ref().filter(|_| pause.is_none()).and_then(|job| {
            let zone = self.zones.get(job.timing.zone(job.zone.as_ref()));
            let running_since = since.filter(|_| running.is_some());
            late(job, &Evidence { zone, recent: &recent, running_since, changed, booted: self.booted, now })
        });
        let waits_for = job.as_ref().and_then(|job| turn::waits_for(&self.store, job, changed));
        let retry = retry(&recent, &self.boot, now);
        // what has begun is in the history
        let waiting = running.filter(|_| recent.open.is_none()).and_then(|running| running.pid).zip(job.as_ref());
        let locks = Locks {
            config: self.config,
            folder: &self.folder,
            held: &self.held,
            store: &self.store,
            holders: &self.holders,
        };
        let lock_wait = waiting.and_then(|(pid, job)| locks.wait(job, pid));
        Some(Facts {
            error,
            retry,
            lock_wait,
            waits_for,
            running,
            pause,
            late,
            left_out: left_out.filter(|slot| *slot + delay >= now),
            timer: Timer::Unknown,
            service: Service::Quiet,
            job,
            recent,
            name,
        })
    }

    /// The job, or the first error of its file; and when that was last changed.
    fn job(&self, name: &JobName) -> Option<(Option<Job>, Option<Problem>, DateTime<Utc>)> {
        let mut changed = DateTime::UNIX_EPOCH;
        let (job, problems) = match self.folder.read(name)? {
            Ok(file) => {
                changed = file.changed;
                Job::read(name, &file.bytes, &self.config.defaults, &self.config.ceilings)
            }
            Err(problem) => (None, vec![problem]),
        };
        let error = problems.into_iter().find(|problem| job.is_none() && problem.is_error());
        Some((job, error, changed))
    }
}

/// When the attempt comes that the last run announced, unless it should have come already: then there is none, as the
/// unit was stopped meanwhile or the host booted.
fn retry(recent: &Recent, boot: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let last = recent.run.as_ref().filter(|last| recent.open.is_none() && last.boot == boot)?;
    last.retry.filter(|at| now <= *at + LATE)
}

/// Looks at the host as a whole.
pub(super) fn host(config: &Config) -> Host {
    Host {
        waiting: Spool::new(&config.notice_directory).waiting(clock::now()).ok(),
        missing_user: account::is_missing(&config.user).then(|| config.user.to_string()),
    }
}

/// Looks at every job of the configuration, in the order of their names.
///
/// # Errors
/// Why the job directory cannot be listed.
pub(super) fn all(config: &Config) -> io::Result<Vec<Facts>> {
    let mut sources = Sources::open(config)?;
    let names = sources.names()?;
    let mut jobs: Vec<Facts> = names.into_iter().filter_map(|name| sources.facts(name)).collect();
    Others::all(config, &jobs).tell(&mut jobs);
    Ok(jobs)
}
