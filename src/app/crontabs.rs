//! The crontabs of the host in which jobs may stand: the one that the original wrote, those of the host, and the service
//! user's own.

use crate::config::Config;
use crate::crontab::handover::{Author, Crontab};
use crate::crontab::{Columns, Leftover, leftovers};
use crate::sys::{account, crontabs};
use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A crontab that was read.
pub(super) struct Found {
    pub(super) path: PathBuf,
    label: String,
    pub(super) bytes: Vec<u8>,
    author: Author,
    /// Whose it is, if it is not the host's.
    pub(super) owner: Option<String>,
}

/// All of them, and those that cannot be read.
pub(super) struct Crontabs {
    pub(super) found: Vec<Found>,
    pub(super) unread: Vec<(PathBuf, io::Error)>,
}

impl Found {
    pub(super) fn as_crontab(&self) -> Crontab<'_> {
        let columns = if self.owner.is_some() { Columns::WithoutUser } else { Columns::WithUser };
        Crontab { label: &self.label, bytes: &self.bytes, columns, author: self.author }
    }

    fn new(path: PathBuf, bytes: Vec<u8>, author: Author, owner: Option<String>) -> Found {
        Found { label: path.display().to_string(), path, bytes, author, owner }
    }
}

impl Crontabs {
    /// Reads them.
    pub(super) fn read(config: &Config) -> Crontabs {
        let mut all = Crontabs { found: Vec::new(), unread: Vec::new() };
        let etc = Path::new(crontabs::ETC);
        let system = crontabs::of_system(etc).unwrap_or_else(|error| {
            all.unread.push((etc.join("cron.d"), error));
            crontabs::System::default()
        });
        let mut files: BTreeSet<PathBuf> = system.files.into_iter().collect();
        files.insert(config.old_crontab.clone());
        for path in files {
            let author = if path == config.old_crontab { Author::Generator } else { Author::People };
            match crontabs::read(&path) {
                Ok(bytes) => all.found.push(Found::new(path, bytes, author, None)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => all.unread.push((path, error)),
            }
        }
        let Some(name) = account::login(&config.user) else { return all };
        match crontabs::of_user(&name) {
            Ok((path, bytes)) => all.found.push(Found::new(path, bytes, Author::People, Some(name))),
            Err((_, error)) if error.kind() == ErrorKind::NotFound => {}
            Err((path, error)) => all.unread.push((path, error)),
        }
        all
    }

    pub(super) fn as_crontabs(&self) -> Vec<Crontab<'_>> {
        self.found.iter().map(Found::as_crontab).collect()
    }

    /// The entries that start jobs.
    pub(super) fn leftovers(&self, config: &Config) -> Vec<Leftover> {
        let runner = config.runner_path.to_string_lossy();
        let of = |crontab: Crontab<'_>| leftovers(crontab.label, crontab.bytes, crontab.columns, &runner);
        self.as_crontabs().into_iter().flat_map(of).collect()
    }
}
