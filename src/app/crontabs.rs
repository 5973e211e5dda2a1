//! The crontabs of the host in which jobs may stand: the one that the original wrote, those of the host, and those of root
//! and of the service user.

use crate::config::Config;
use crate::crontab::handover::{Author, Crontab};
use crate::crontab::{Columns, Leftover, leftovers};
use crate::sys::account;
use crate::sys::crontabs::{self, OfHost};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A crontab that was read.
pub(super) struct Found {
    pub(super) path: PathBuf,
    label: String,
    pub(super) bytes: Vec<u8>,
    pub(super) author: Author,
    /// Whose it is, if it is not the host's.
    pub(super) owner: Option<String>,
    file: Option<(u64, u64)>,
}

/// All of them, and what is none or cannot be read.
pub(super) struct Crontabs {
    pub(super) found: Vec<Found>,
    /// What cron passes over, and why.
    pub(super) passed_over: Vec<(PathBuf, &'static str)>,
    pub(super) unread: Vec<(PathBuf, io::Error)>,
}

impl Found {
    pub(super) fn as_crontab(&self) -> Crontab<'_> {
        let columns = if self.owner.is_some() { Columns::WithoutUser } else { Columns::WithUser };
        Crontab { label: &self.label, bytes: &self.bytes, columns, author: self.author }
    }

    /// Its text by now.
    pub(super) fn read_again(&self) -> io::Result<Vec<u8>> {
        if self.owner.is_some() {
            return crontabs::read(&self.path);
        }
        match crontabs::of_host(&self.path)? {
            OfHost::Crontab(bytes, _) => Ok(bytes),
            OfHost::PassedOver(why) => Err(io::Error::other(why)),
        }
    }

    /// Writes it anew.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        match &self.owner {
            Some(user) => crontabs::install(user, bytes),
            None => crontabs::replace(&self.path, bytes),
        }
    }
}

impl Crontabs {
    /// Reads them.
    pub(super) fn read(config: &Config) -> Crontabs {
        let mut all = Crontabs { found: Vec::new(), passed_over: Vec::new(), unread: Vec::new() };
        let etc = Path::new(crontabs::ETC);
        let system = crontabs::of_system(etc).unwrap_or_else(|error| {
            all.unread.push((etc.join("cron.d"), error));
            crontabs::System::default()
        });
        // a link in cron.d may lead to it, and then it is the same file
        all.of_host(&config.old_crontab, Author::Generator);
        system.files.iter().for_each(|path| all.of_host(path, Author::People));
        let service_user = account::login(&config.user).filter(|name| name != "root");
        for name in service_user.into_iter().chain(["root".to_owned()]) {
            match crontabs::of_user(&name) {
                Ok((path, bytes)) => all.add(path, bytes, Author::People, Some(name), None),
                Err((_, error)) if error.kind() == ErrorKind::NotFound => {}
                Err((path, error)) => all.unread.push((path, error)),
            }
        }
        all
    }

    fn of_host(&mut self, path: &Path, author: Author) {
        match crontabs::of_host(path) {
            Ok(OfHost::Crontab(_, file)) if self.found.iter().any(|found| found.file == Some(file)) => {}
            Ok(OfHost::Crontab(bytes, file)) => self.add(path.to_owned(), bytes, author, None, Some(file)),
            Ok(OfHost::PassedOver(why)) => self.passed_over.push((path.to_owned(), why)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => self.unread.push((path.to_owned(), error)),
        }
    }

    fn add(&mut self, path: PathBuf, bytes: Vec<u8>, author: Author, owner: Option<String>, file: Option<(u64, u64)>) {
        self.found.push(Found { label: path.display().to_string(), path, bytes, author, owner, file });
    }

    /// Whether cron starts any of our jobs, as far as whoever asks may see.
    pub(super) fn start_jobs(config: &Config) -> bool {
        !Crontabs::read(config).leftovers(config).is_empty()
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
