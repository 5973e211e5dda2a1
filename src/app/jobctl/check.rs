//! `jobctl check`: everything that is wrong with jobs, configuration and host, at once.

use super::checked::{checked, of_file};
use super::chosen::unknown_name;
use super::existing::existing;
use super::refusal::Refusal;
use super::{print, say};
use crate::app::args::Check;
use crate::app::crontabs::Crontabs;
use crate::app::exit;
use crate::app::others::Others;
use crate::check::{FileReport, Report, json, text};
use crate::compile;
use crate::config::Config;
use crate::job::{JobName, Place, Problem};
use crate::page::words::count;
use crate::sys::config::{self, Loaded};
use crate::sys::jobs::{Candidate, Folder};
use crate::sys::zone::Zones;
use crate::sys::{account, inspect, systemctl};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// What is to be done about folders.
const FOLDERS: &str = "jobctl tmpfiles tells what it should be, and systemd-tmpfiles makes it";

/// What a file is checked against.
struct Host<'a> {
    config: &'a Config,
    zones: Zones,
    others: Others<'a>,
}

/// Runs the check and prints what it found.
///
/// # Errors
/// That there is no such job.
pub(super) fn check(arguments: &Check) -> Result<u8, Refusal> {
    let loaded = config::load();
    let fallback = Config::default();
    let config = loaded.config.as_ref().unwrap_or(&fallback);
    let mut report = Report::default();
    let mut missing = Vec::new();
    let mut host = Host { config, zones: Zones::default(), others: Others::of(config) };
    if arguments.jobs.is_empty() {
        report.files.extend(configuration(&loaded));
        // without it nobody knows which jobs there are, and the built-in one would mislead
        if loaded.config.is_some() {
            report.host = of_host(config);
            for_all(&mut host, &mut report);
        }
    } else {
        // a job's defaults come from a configuration that must be right first
        report.files.extend(configuration(&loaded).filter(|file| file.problems.iter().any(Problem::is_error)));
        for argument in &arguments.jobs {
            match one(argument, &mut host) {
                Ok(file) => report.files.push(file),
                // where the jobs are is one of the things that are wrong
                Err(_) if loaded.config.is_none() => {}
                Err(unknown) => missing.push(unknown),
            }
        }
    }
    let has_files = !report.files.is_empty();
    let last = if has_files { None } else { missing.pop() };
    for unknown in &missing {
        say(&unknown.what);
    }
    if let Some(last) = last {
        return Err(last);
    }
    if arguments.json {
        print(&format!("{:#}\n", json(&report)));
    } else {
        print(&text(&report));
    }
    let count = report.count();
    if let Some(unknown) = missing.first() {
        return Ok(unknown.code);
    }
    Ok(match (count.errors, count.warnings, arguments.strict) {
        (1.., _, _) => exit::ERRORS,
        (0, 1.., true) => exit::WARNINGS,
        _ => exit::OK,
    })
}

fn configuration(loaded: &Loaded) -> Option<FileReport> {
    (!loaded.bytes.is_empty() || !loaded.problems.is_empty()).then(|| FileReport {
        path: loaded.path.clone(),
        job: None,
        text: String::from_utf8(loaded.bytes.clone()).ok(),
        problems: loaded.problems.clone(),
        summary: String::new(),
        next: Vec::new(),
    })
}

fn for_all(host: &mut Host<'_>, report: &mut Report) {
    let config = host.config;
    let found = Folder::open(&config.job_directory).and_then(|folder| Ok((folder.list()?, folder)));
    let (candidates, folder) = match found {
        Ok(found) => found,
        Err(error) => {
            let what = format!("the job directory cannot be read: {error}");
            report.files.push(unread(&config.job_directory, None, Problem::error(Place::default(), "", what)));
            return;
        }
    };
    for candidate in candidates {
        let path = config.job_directory.join(candidate.shown());
        report.files.push(match candidate.name() {
            Ok(name) => named(&name, &path, &folder, host),
            Err(problem) => unread(&path, None, problem),
        });
    }
}

/// A job by its name, or a file wherever it is: before it is put into the job directory.
fn one(argument: &OsStr, host: &mut Host<'_>) -> Result<FileReport, Refusal> {
    let config = host.config;
    let path = Path::new(argument);
    let is_file = argument.to_string_lossy().ends_with(".yaml") || path.components().count() > 1;
    let file = path.file_name().map(OsString::from).unwrap_or_default();
    if is_file {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return Ok(match (Candidate { file }.name(), Folder::open(folder)) {
            (Ok(name), Ok(folder)) => named(&name, path, &folder, host),
            (Err(problem), _) => unread(path, None, problem),
            (_, Err(error)) => unread(path, None, Problem::error(Place::default(), "", error.to_string())),
        });
    }
    let word = argument.to_string_lossy();
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(config, &error))?;
    let name = JobName::from_argument(&word).ok().filter(|name| folder.read(name).is_some());
    let name = name.ok_or_else(|| unknown_name(config, &word, Vec::new()))?;
    Ok(named(&name, &folder.file_of(&name), &folder, host))
}

fn unread(path: &Path, job: Option<JobName>, problem: Problem) -> FileReport {
    let summary = "cannot run".to_owned();
    FileReport { path: path.to_owned(), job, text: None, problems: vec![problem], summary, next: Vec::new() }
}

fn named(name: &JobName, path: &Path, folder: &Folder, host: &mut Host<'_>) -> FileReport {
    let missing = || Problem::error(Place::default(), "", "there is no such file");
    match folder.read(name).unwrap_or_else(|| Err(missing())) {
        Ok(file) => {
            let mut report = checked(name, path, file.bytes, host.config, &mut host.zones, &host.others);
            report.problems.splice(0..0, of_file(path, &host.config.user));
            report
        }
        Err(problem) => unread(path, Some(name.clone()), problem),
    }
}

fn of_host(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    let user = &config.user;
    if account::find(user).is_none() {
        found.push(format!("the service user {user} does not exist: no job can run"));
    }
    let folder = config.job_directory.display();
    if inspect::everybody_writes(&config.job_directory) {
        found.push(format!("everybody may write to {folder}, and so run programs as {user}"));
    }
    found.extend(of_crontabs(config));
    let folders: [(&str, &PathBuf); 2] =
        [("run_directory", &config.run_directory), ("state_directory", &config.state_directory)];
    let logs = config.output_directory.iter().map(|folder| ("output_directory", folder));
    let account = account::find(user);
    for (key, folder) in folders.into_iter().chain(logs) {
        let shown = folder.display();
        if !inspect::folder(folder) {
            found.push(format!("{key} {shown} is not there: {FOLDERS}"));
        } else if account.as_ref().is_some_and(|it| !inspect::is_writable_for(folder, it.uid, it.gid)) {
            found.push(format!("{key} {shown} cannot be written by {user}: {FOLDERS}"));
        }
    }
    found
}

/// The crontabs that start jobs which systemd starts, or should.
fn of_crontabs(config: &Config) -> Vec<String> {
    let jobs = Folder::open(&config.job_directory).ok().and_then(|folder| existing(config, &folder).ok());
    // what may not be read here is for `jobctl migrate`, which root calls
    let there = Crontabs::read(config).to_systemd(&jobs.unwrap_or_default());
    let mut entries: BTreeMap<&str, usize> = BTreeMap::new();
    let blocking = there.blocking().map(|line| &line.entry);
    for entry in there.taken().chain(blocking) {
        *entries.entry(&entry.file).or_default() += 1;
    }
    let mut found: Vec<String> = Vec::new();
    found.extend(entries.into_iter().map(|(file, number)| {
        let jobs = count(number, "job");
        format!(
            "cron starts {jobs} by {file}, and systemd too while it schedules; jobctl migrate leaves them to systemd"
        )
    }));
    if !there.waiting.is_empty() && !systemctl::is_any_active(&[compile::TARGET]) {
        let what = "entries of cron are comments, and process-control.target is stopped: nothing starts their jobs";
        found.push(format!("{what}; jobctl migrate, or jobctl migrate --back"));
    }
    found
}
