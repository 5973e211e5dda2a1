//! The crontabs of the host in which jobs may stand: the one that the original wrote, those of the host, and those of root
//! and of the service user.

use super::existing::existing;
use crate::config::Config;
use crate::crontab::handover::{Author, Back, Crontab, Jobs, There, to_cron, to_systemd};
use crate::crontab::{Columns, Leftover, Ours, leftovers};
use crate::sys::account;
use crate::sys::crontabs::{self, OfHost};
use crate::sys::jobs::Folder;
use crate::sys::replace::Lasting;
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
    runner: String,
    user: String,
    configuration: Option<String>,
}

impl Found {
    pub(super) fn as_crontab(&self) -> Crontab<'_> {
        let columns = if self.owner.is_some() { Columns::WithoutUser } else { Columns::WithUser };
        Crontab { label: &self.label, bytes: &self.bytes, columns, owner: self.owner.as_deref(), author: self.author }
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
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<Lasting> {
        match &self.owner {
            Some(user) => crontabs::install(user, bytes).map(|()| Lasting::Yes),
            None => crontabs::replace(&self.path, bytes),
        }
    }
}

impl Crontabs {
    /// Reads them.
    pub(super) fn read(config: &Config) -> Crontabs {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let login = account::login(&config.user);
        let mut all = Crontabs {
            found: Vec::new(),
            passed_over: Vec::new(),
            unread: Vec::new(),
            runner: text(&config.runner_path),
            user: login.clone().unwrap_or_else(|| config.user.to_string()),
            configuration: config.source.as_deref().map(text),
        };
        let etc = Path::new(crontabs::ETC);
        let system = crontabs::of_system(etc).unwrap_or_else(|error| {
            all.unread.push((etc.join("cron.d"), error));
            crontabs::System::default()
        });
        // a link in cron.d may lead to it, and then it is the same file
        all.of_host(&config.old_crontab, Author::Generator);
        let others = system.files.iter().filter(|path| **path != config.old_crontab);
        others.for_each(|path| all.of_host(path, Author::People));
        let service_user = login.filter(|name| name != "root");
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

    /// Whether cron starts jobs that systemd would start, as far as whoever asks may see.
    pub(super) fn start_jobs(config: &Config) -> bool {
        let jobs = Folder::open(&config.job_directory).and_then(|folder| existing(config, &folder));
        let there = Crontabs::read(config).to_systemd(&jobs.unwrap_or_default());
        there.taken().next().is_some() || there.blocking().next().is_some()
    }

    /// What becomes of each entry when systemd takes over.
    pub(super) fn to_systemd(&self, jobs: &Jobs) -> There {
        to_systemd(&self.as_crontabs(), self.ours(), jobs)
    }

    /// What becomes of each job when cron takes over again.
    pub(super) fn to_cron(&self, jobs: &Jobs) -> Back {
        to_cron(&self.as_crontabs(), self.ours(), jobs)
    }

    /// The entries that start jobs.
    pub(super) fn leftovers(&self) -> Vec<Leftover> {
        self.as_crontabs().iter().flat_map(|crontab| leftovers(crontab, self.ours())).collect()
    }

    fn as_crontabs(&self) -> Vec<Crontab<'_>> {
        self.found.iter().map(Found::as_crontab).collect()
    }

    fn ours(&self) -> Ours<'_> {
        Ours { runner: &self.runner, user: &self.user, configuration: self.configuration.as_deref() }
    }
}
