//! Why a verb did not do what it was told: a line for the person, a code for the script.

use crate::app::exit;
use crate::config::Config;
use crate::job::JobName;
use crate::job::text::printable;
use crate::status::Unknown;
use crate::sys::bus::Failure;
use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::path::Path;

/// The line, without the program's name before it, and the exit code.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) what: String,
    pub(super) code: u8,
}

impl Refusal {
    pub(super) fn new(code: u8, what: impl Into<String>) -> Refusal {
        Refusal { what: what.into(), code }
    }

    /// The command line asks for something that cannot be.
    pub(super) fn usage(what: impl Into<String>) -> Refusal {
        Refusal::new(exit::USAGE, what)
    }

    /// The job directory cannot be read.
    pub(super) fn no_jobs(config: &Config, error: &io::Error) -> Refusal {
        Refusal::new(exit::NO_JOB, format!("{}: {error}", config.job_directory.display()))
    }

    /// What is asked about cannot be read.
    pub(super) fn unread(path: &Path, error: &io::Error) -> Refusal {
        Refusal::of_file(path, error, exit::NO_JOB)
    }

    /// What is to be written cannot be.
    pub(super) fn unwritten(path: &Path, error: &io::Error) -> Refusal {
        Refusal::of_file(path, error, exit::NOT_MADE)
    }

    fn of_file(path: &Path, error: &io::Error, otherwise: u8) -> Refusal {
        let code = if error.kind() == ErrorKind::PermissionDenied { exit::REFUSED } else { otherwise };
        Refusal::new(code, format!("{}: {error}", printable(&path.to_string_lossy())))
    }

    /// The bus or systemd is of no use.
    pub(super) fn no_systemd(error: &Failure) -> Refusal {
        Refusal::new(exit::UNAVAILABLE, format!("systemd does not answer: {error}"))
    }

    /// systemd does not do what it is told about a job.
    pub(super) fn of_order(name: &JobName, error: &Failure) -> Refusal {
        match error {
            Failure::Refused => Refusal::operators_only(name),
            Failure::Other(_) => Refusal::new(exit::UNAVAILABLE, format!("{name}: {error}")),
        }
    }

    /// Why a marker cannot be written or removed.
    pub(super) fn of_marker(config: &Config, what: impl Display, error: &io::Error) -> Refusal {
        let folder = config.pause_directory.display();
        match error.kind() {
            ErrorKind::PermissionDenied => Refusal::operators_only(what),
            ErrorKind::NotFound => Refusal::new(
                exit::NOT_MADE,
                format!("{what}: there is no pause directory {folder}; systemd-tmpfiles --create makes it"),
            ),
            ErrorKind::IsADirectory => {
                let cure = format!("a folder is in the place of the marker; remove it below {folder}");
                Refusal::new(exit::NOT_MADE, format!("{what}: {cure}"))
            }
            _ => Refusal::new(exit::NOT_MADE, format!("{what}: {folder}: {error}")),
        }
    }

    /// Only operators may.
    pub(super) fn operators_only(what: impl Display) -> Refusal {
        let who = "members of the group process-control-operators may, and root";
        Refusal::new(exit::REFUSED, format!("{what}: you may not; {who}"))
    }
}

impl From<Unknown> for Refusal {
    fn from(unknown: Unknown) -> Self {
        Refusal::new(exit::NO_JOB, unknown.to_string())
    }
}
