//! The files of pause markers; see [`crate::pause`] for what stands in them.
//!
//! `PAUSE_DIRECTORY/NAME` and `PAUSE_DIRECTORY/.all` are by operators, `STATE_DIRECTORY/NAME.paused`
//! is by the service user. An operator cannot take the last away; `PAUSE_DIRECTORY/.NAME.resumed` says that
//! those that are older do not count any more.

use super::account::Names;
use super::clock;
use super::replace::{self, Existing, Lasting};
use crate::config::Config;
use crate::job::JobName;
use crate::pause::{Hold, Marker, Pace, Resumed, Scope, What};
use chrono::{DateTime, SubsecRound, Utc};
use rustix::fs::{FileType, Mode, OFlags, Timespec, fstat, open};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What is read of a marker.
const MAX_BYTES: u64 = 1024;
/// The marker for every job: no job's name begins with a dot.
const EVERY_JOB: &str = ".all";
/// What a file says that resumes a job slowly.
const SLOW_START: &str = "slow_start";
/// Another operator may replace it, and is then its owner; nobody may put words into the owner's mouth.
const MODE: u32 = 0o644;

/// The markers that hold back jobs.
#[derive(Debug)]
pub struct Markers<'a> {
    config: &'a Config,
    owners: Owners,
    names: Names,
    every_job: Option<Hold>,
}

/// How the owner of a marker is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owners {
    /// By name.
    Named,
    /// By number: for the generator, which asks nobody for names.
    Numbered,
}

impl<'a> Markers<'a> {
    /// The markers of a configuration.
    pub fn new(config: &'a Config, owners: Owners) -> Self {
        let mut markers = Markers { config, owners, names: Names::default(), every_job: None };
        markers.every_job = markers.read(&config.pause_directory.join(EVERY_JOB), Scope::EveryJob);
        markers
    }

    /// The marker that pauses a job at this moment, if one does.
    pub fn pause(&mut self, name: &JobName, now: DateTime<Utc>) -> Option<Hold> {
        let pauses = |hold: &Hold| hold.pauses(now);
        self.own(name)
            .filter(pauses)
            .or_else(|| self.every_job.clone().filter(pauses))
            .or_else(|| self.automatic(name).filter(pauses))
    }

    /// The marker that the service user made for this job, unless somebody has resumed it since.
    pub fn automatic(&mut self, name: &JobName) -> Option<Hold> {
        let hold = self.read(&automatic(self.config, name), Scope::Automatic)?;
        match self.resumed(name) {
            Some(resumed) if resumed.at >= hold.since.trunc_subsecs(6) => None,
            _ => Some(hold),
        }
    }

    /// When an operator last resumed this job, and how it is to start.
    pub fn resumed(&mut self, name: &JobName) -> Option<Resumed> {
        let hold = self.read(&self.config.pause_directory.join(resumed_file(name)), Scope::Job)?;
        let pace = if hold.marker.reason == SLOW_START { Pace::Slow } else { Pace::Normal };
        // as exact as a history has it, which remembers it
        Some(Resumed { at: hold.since.trunc_subsecs(6), pace })
    }

    /// The marker that an operator made for this job, whether it still pauses it or not.
    pub fn own(&mut self, name: &JobName) -> Option<Hold> {
        self.read(&path(self.config, Some(name)), Scope::Job)
    }

    fn read(&mut self, path: &Path, scope: Scope) -> Option<Hold> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = match open(path, flags, Mode::empty()) {
            Ok(file) => file,
            // a marker that cannot be read is one all the same
            Err(rustix::io::Errno::ACCESS) => {
                let seen = path.symlink_metadata().ok()?;
                let since = DateTime::from_timestamp(seen.mtime(), 0).unwrap_or_default();
                return Some(Hold { marker: closed(""), by: self.owner(seen.uid()), since, scope });
            }
            Err(_) => return None,
        };
        let stat = fstat(&file).ok()?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return None;
        }
        let mut text = Vec::new();
        File::from(file).take(MAX_BYTES).read_to_end(&mut text).ok()?;
        // a job may give its marker any time of modification, as one that nobody could ever resume
        let (seconds, nanoseconds) = match scope {
            Scope::Automatic => (stat.st_ctime, stat.st_ctime_nsec),
            Scope::Job | Scope::EveryJob => (stat.st_mtime, stat.st_mtime_nsec),
        };
        let since = Timespec { tv_sec: seconds, tv_nsec: i64::try_from(nanoseconds).unwrap_or_default() };
        let marker = Marker::parse(&String::from_utf8_lossy(&text));
        // what run-job cannot read pauses for good, and everybody is to see the same
        let open = scope == Scope::Automatic || stat.st_mode & 0o004 != 0;
        let marker = if open { marker } else { closed(&marker.reason) };
        Some(Hold { marker, by: self.owner(stat.st_uid), since: clock::instant(since), scope })
    }

    fn owner(&mut self, uid: u32) -> String {
        match self.owners {
            Owners::Named => self.names.get(uid).to_owned(),
            Owners::Numbered => format!("uid {uid}"),
        }
    }
}

/// A marker that its owner lets not everybody read.
fn closed(reason: &str) -> Marker {
    let gap = if reason.is_empty() { "" } else { " " };
    Marker { what: What::All, reason: format!("{reason}{gap}(until its file can be read by all: chmod o+r)") }
}

/// Where an operator's marker for a job is; without a name, that for every job.
fn path(config: &Config, name: Option<&JobName>) -> PathBuf {
    config.pause_directory.join(name.map_or(EVERY_JOB, JobName::as_str))
}

/// Where the service user's marker for a job is.
fn automatic(config: &Config, name: &JobName) -> PathBuf {
    config.state_directory.join(automatic_file(name))
}

fn automatic_file(name: &JobName) -> String {
    format!("{name}.paused")
}

fn resumed_file(name: &JobName) -> String {
    format!(".{name}.resumed")
}

/// Pauses a job as the service user, whose history says that it should be.
///
/// # Errors
/// Why the marker cannot be written.
pub fn put_automatic(config: &Config, name: &JobName, reason: &str) -> io::Result<Lasting> {
    let marker = Marker { what: What::All, reason: reason.to_owned() };
    let text = marker.to_string();
    replace::write(&config.state_directory, &automatic_file(name), 0o644, text.as_bytes(), Existing::Replaced)
}

/// Says that the job runs by its timer again, whatever the service user has said so far.
///
/// # Errors
/// Why that cannot be written; often, that we may not.
pub fn resume(config: &Config, name: &JobName, pace: Pace) -> io::Result<()> {
    let text = match pace {
        Pace::Normal => String::new(),
        Pace::Slow => format!("{SLOW_START}\n"),
    };
    replace::write(&config.pause_directory, &resumed_file(name), MODE, text.as_bytes(), Existing::Replaced)?.surely()
}

/// Puts a marker there, in place of the one that may be there: its owner is then who calls.
///
/// # Errors
/// Why it cannot be written; often, that we may not.
pub fn put(config: &Config, name: Option<&JobName>, marker: &Marker) -> io::Result<()> {
    let file = name.map_or(EVERY_JOB, JobName::as_str);
    replace::write(&config.pause_directory, file, MODE, marker.to_string().as_bytes(), Existing::Replaced)?.surely()
}

/// Takes an operator's marker away.
///
/// # Errors
/// Why it cannot be removed; that there is none is no error.
pub fn take_away(config: &Config, name: Option<&JobName>) -> io::Result<()> {
    match fs::remove_file(path(config, name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
