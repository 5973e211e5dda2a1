//! Timers of systemd that are to become jobs, as their files say.

use super::refusal::Refusal;
use crate::app::args::Crontabs;
use crate::sys::bus::Bus;
use crate::sys::timers;
use crate::sys::unit_files::{self, OWN, Text};
use crate::timers::{Pair, Source, Start, service_of};
use crate::unit::UnitName;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A timer and the service that it starts.
pub(super) struct HandTimer {
    stem: String,
    timer: Vec<Labelled>,
    service_name: String,
    service: Vec<Labelled>,
    start: Start,
}

struct Labelled {
    label: String,
    bytes: Vec<u8>,
}

impl HandTimer {
    pub(super) fn pair(&self) -> Pair<'_> {
        Pair {
            stem: &self.stem,
            timer: sources(&self.timer),
            service_name: &self.service_name,
            service: sources(&self.service),
            start: self.start,
        }
    }
}

/// Reads the timers that are meant.
pub(super) fn read(arguments: &Crontabs) -> Result<Vec<HandTimer>, Refusal> {
    if arguments.user.is_some() || arguments.user_column {
        return Err(Refusal::usage("--user and --user-column are about crontabs; give a timer as FILE, or --system"));
    }
    let Some(file) = &arguments.file else {
        let folder = Path::new(OWN);
        let found = timers::of_folder(folder, &started()).map_err(|error| Refusal::unread(folder, &error))?;
        return found.iter().map(|path| one(path, Some(folder))).collect();
    };
    if file.extension() != Some(OsStr::new("timer")) {
        return Err(Refusal::usage("this is no timer; give a FILE whose name ends in .timer, or --system"));
    }
    let found = match file.file_name().and_then(OsStr::to_str) {
        Some(name) if UnitName::of(name).is_template() => {
            let folder = folder_of(file);
            let started = if folder == Path::new(OWN) { started() } else { Vec::new() };
            timers::of_template(folder, name, &started)
        }
        _ => vec![file.clone()],
    };
    found.iter().map(|path| one(path, None)).collect()
}

/// The instances of templates that run now. A systemd that cannot be asked has started none.
fn started() -> Vec<String> {
    let found = Bus::system().and_then(|bus| bus.found(&["active"], &["*@*.timer"]));
    found.map(|found| found.into_keys().collect()).unwrap_or_default()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A timer in a file. What wants it is known for those of the host alone.
fn one(path: &Path, host: Option<&Path>) -> Result<HandTimer, Refusal> {
    let name = path.file_name().unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folders = unit_files::folders(folder_of(path));
    let texts = |name: &str| -> Result<Vec<Labelled>, Refusal> {
        let texts = unit_files::read(&folders, name).map_err(|(path, error)| Refusal::unread(&path, &error))?;
        Ok(texts.into_iter().map(labelled).collect())
    };
    let timer = texts(&name.to_string_lossy())?;
    if timer.is_empty() {
        return Err(Refusal::unread(path, &io::Error::from(ErrorKind::NotFound)));
    }
    let service_name = service_of(&stem, &sources(&timer));
    let service = texts(&service_name)?;
    let start = match host {
        Some(folder) if !timers::is_wanted(folder, name) => Start::Never,
        _ => Start::Maybe,
    };
    Ok(HandTimer { stem, timer, service_name, service, start })
}

fn labelled(text: Text) -> Labelled {
    let path: PathBuf = text.path.strip_prefix(".").map(Path::to_owned).unwrap_or(text.path);
    Labelled { label: path.display().to_string(), bytes: text.bytes }
}

fn sources(texts: &[Labelled]) -> Vec<Source<'_>> {
    texts.iter().map(|Labelled { label, bytes }| Source { label, bytes }).collect()
}
