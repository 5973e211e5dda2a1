//! `process-control-notify --invalid`: writes down for whom it is news that a job's file has an error. Of a failure
//! `run-job` does so; an invalid job has no run that could.

use super::translate::line;
use crate::check::level;
use crate::config::Config;
use crate::job::text::one_line;
use crate::job::{Job, JobName, Problem, spec};
use crate::notice::{Broken, Found, Told, about_invalid, news};
use crate::sys::jobs::Folder;
use crate::sys::replace::Lasting;
use crate::sys::spool::{Queue, Spool, Unread};
use crate::sys::told::Memory;
use crate::sys::voice::{Priority, Voice};
use crate::sys::{clock, config, host};
use std::io;
use std::path::Path;

/// Looks at all jobs.
pub(super) fn main() -> u8 {
    let loaded = config::load();
    let Some(config) = loaded.config else {
        for problem in loaded.problems.iter().filter(|problem| problem.is_error()) {
            say(Priority::Error, &line(&loaded.path, problem));
        }
        return super::exit::CONFIG;
    };
    super::overdue::settle(&config);
    match tell(&config) {
        Ok(()) => super::exit::OK,
        Err(what) => {
            say(Priority::Error, &what);
            1
        }
    }
}

fn tell(config: &Config) -> Result<(), String> {
    let Some(found) = invalid(config).map_err(|error| format!("{}: {error}", config.job_directory.display()))? else {
        return Ok(());
    };
    let memory = Memory::new(&config.notice_directory);
    let cannot = |error: io::Error| format!("{}: {error}", memory.path().display());
    let told = match memory.read() {
        Ok(told) => told,
        Err(Unread::NoNotice(why)) => {
            let what = format!("{} is not what we write, and counts for nothing: {}", memory.path().display(), why);
            say(Priority::Warning, &one_line(&what));
            Told::default()
        }
        Err(Unread::Failed(error)) => return Err(cannot(error)),
    };
    let mut now_told = Told::of(&found);
    if now_told == told {
        return Ok(());
    }
    let news = news(&told, &found);
    if !news.is_empty() {
        // what cannot be kept in mind would be told every five minutes
        keep(&memory, &told).map_err(cannot)?;
    }
    let spool = Spool::new(&config.notice_directory);
    let mut stuck = None;
    for (jobs, notice) in about_invalid(&news, &host::name(), clock::now()) {
        match spool.put(Queue::Post, &notice) {
            Ok(lasting) => {
                say(Priority::Notice, &one_line(&notice.facts.message));
                warn_of(&config.notice_directory, &lasting);
            }
            Err(error) => {
                stuck.get_or_insert_with(|| format!("{}: {error}", config.notice_directory.display()));
                now_told.forget(&jobs);
            }
        }
    }
    keep(&memory, &now_told).map_err(cannot)?;
    stuck.map_or(Ok(()), Err)
}

fn keep(memory: &Memory, told: &Told) -> io::Result<()> {
    warn_of(&memory.path(), &memory.write(told)?);
    Ok(())
}

/// What is in its place is told; whether it stays there is another matter.
fn warn_of(path: &Path, lasting: &Lasting) {
    if let Some(doubt) = lasting.doubt() {
        say(Priority::Warning, &format!("{}: {doubt}", path.display()));
    }
}

/// The jobs whose files have errors. None where there is no job at all: more likely a folder is not mounted than all
/// jobs have gone.
fn invalid(config: &Config) -> io::Result<Option<Vec<Found>>> {
    let folder = Folder::open(&config.job_directory)?;
    let candidates = folder.list()?;
    if candidates.is_empty() {
        return Ok(None);
    }
    let names = candidates.into_iter().filter_map(|candidate| candidate.name().ok());
    Ok(Some(names.filter_map(|name| of_one(config, &folder, &name)).collect()))
}

fn of_one(config: &Config, folder: &Folder, name: &JobName) -> Option<Found> {
    let (bytes, problems) = match folder.read(name)? {
        Ok(file) => match Job::read(name, &file.bytes, &config.defaults, &config.ceilings) {
            (None, problems) => (file.bytes, problems),
            (Some(_), _) => return None,
        },
        Err(problem) => (Vec::new(), vec![problem]),
    };
    let first = problems.iter().find(|problem| problem.is_error())?;
    let file = folder.file_of(name);
    let lines = problems.iter().map(|problem| format!("{}: {}", level(problem), line(&file, problem)));
    // the place is told beside it
    let placeless = Problem { place: crate::job::Place::default(), ..first.clone() };
    Some(Found {
        broken: Broken {
            job: name.to_string(),
            file: file.display().to_string(),
            line: first.place.line,
            error: placeless.to_string(),
            problems: lines.collect(),
        },
        to: spec::failmail_of(&bytes, &config.defaults),
    })
}

fn say(priority: Priority, what: &str) {
    Voice::Journal.say(priority, what);
}
