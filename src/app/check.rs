//! `jobctl check`: everything that is wrong with jobs, configuration and host, at once.

use super::args::Check;
use super::exit;
use crate::check::{FileReport, Next, Report, json, text};
use crate::config::{Config, User};
use crate::job::schedule::{Slots, Zone};
use crate::job::{CommandLine, Job, JobName, Place, Problem, Timing};
use crate::sys::account;
use crate::sys::config::{self, Loaded};
use crate::sys::jobs::{Candidate, Folder};
use crate::sys::zone::Zones;
use crate::sys::{clock, inspect};
use chrono::{FixedOffset, TimeDelta};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// How many slots are shown.
const NEXT: usize = 5;
/// How far ahead changes of the clocks are looked for.
const AHEAD: TimeDelta = TimeDelta::days(366);

/// Runs the check and prints what it found.
pub(super) fn check(arguments: &Check) -> u8 {
    let loaded = config::load();
    let fallback = Config::default();
    let config = loaded.config.as_ref().unwrap_or(&fallback);
    let mut report = Report::default();
    let mut zones = Zones::default();
    if arguments.jobs.is_empty() {
        report.files.extend(configuration(&loaded));
        // without it nobody knows which jobs there are, and the built-in one would mislead
        if loaded.config.is_some() {
            report.host = host(config);
            for_all(config, &mut zones, &mut report);
        }
    } else {
        // a job's defaults come from a configuration that must be right first
        report.files.extend(configuration(&loaded).filter(|file| file.problems.iter().any(Problem::is_error)));
        for argument in &arguments.jobs {
            report.files.push(one(argument, config, &mut zones));
        }
    }
    if arguments.json {
        super::print(&format!("{:#}\n", json(&report)));
    } else {
        super::print(&text(&report));
    }
    let count = report.count();
    match (count.errors, count.warnings, arguments.strict) {
        (1.., _, _) => exit::ERRORS,
        (0, 1.., true) => exit::WARNINGS,
        _ => exit::OK,
    }
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

fn for_all(config: &Config, zones: &mut Zones, report: &mut Report) {
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
            Ok(name) => named(&name, &path, &folder, config, zones),
            Err(problem) => unread(&path, None, problem),
        });
    }
}

/// A job by its name, or a file wherever it is: before it is put into the job directory.
fn one(argument: &OsStr, config: &Config, zones: &mut Zones) -> FileReport {
    let path = Path::new(argument);
    let is_file = argument.to_string_lossy().ends_with(".yaml") || path.components().count() > 1;
    let file = path.file_name().map(OsString::from).unwrap_or_default();
    if is_file {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return match (Candidate { file }.name(), Folder::open(folder)) {
            (Ok(name), Ok(folder)) => named(&name, path, &folder, config, zones),
            (Err(problem), _) => unread(path, None, problem),
            (_, Err(error)) => unread(path, None, Problem::error(Place::default(), "", error.to_string())),
        };
    }
    let missing = config.job_directory.join(path);
    match (JobName::from_argument(&argument.to_string_lossy()), Folder::open(&config.job_directory)) {
        (Ok(name), Ok(folder)) => named(&name, &folder.file_of(&name), &folder, config, zones),
        (Err(error), _) => unread(&missing, None, Problem::error(Place::default(), "", error.to_string())),
        (_, Err(error)) => unread(&missing, None, Problem::error(Place::default(), "", error.to_string())),
    }
}

fn unread(path: &Path, job: Option<JobName>, problem: Problem) -> FileReport {
    let summary = "cannot run".to_owned();
    FileReport { path: path.to_owned(), job, text: None, problems: vec![problem], summary, next: Vec::new() }
}

fn named(name: &JobName, path: &Path, folder: &Folder, config: &Config, zones: &mut Zones) -> FileReport {
    let missing = || Problem::error(Place::default(), "", "there is no such file");
    let file = match folder.read(name).unwrap_or_else(|| Err(missing())) {
        Ok(file) => file,
        Err(problem) => return unread(path, Some(name.clone()), problem),
    };
    let (job, mut problems) = Job::read(name, &file.bytes, &config.defaults, &config.ceilings);
    let (mut next, mut summary) = (Vec::new(), "cannot run".to_owned());
    if let Some(job) = &job {
        let zone = zones.get(job.timing.zone(job.zone.as_ref()));
        problems.extend(of_timing(job, zone, &file.bytes));
        problems.extend(of_commands(job, &file.bytes));
        problems.extend(of_file(path, &config.user));
        next = upcoming(job, zone);
        summary = summarise(job);
    }
    problems.sort_by_key(|problem| problem.place);
    FileReport {
        path: path.to_owned(),
        job: Some(name.clone()),
        text: String::from_utf8(file.bytes).ok(),
        problems,
        summary,
        next,
    }
}

fn summarise(job: &Job) -> String {
    match (&job.timing, job.is_scheduled()) {
        (Timing::Manual, _) => "runs when it is started by hand".to_owned(),
        (_, false) => "is disabled".to_owned(),
        (Timing::AtBoot, _) => "runs once after boot".to_owned(),
        (Timing::Every(span), _) => format!("runs {span} after its last start"),
        (timing, _) => match timing.zone(job.zone.as_ref()) {
            Some(zone) => format!("runs by the clock of {zone}"),
            None => "runs by the host's clock".to_owned(),
        },
    }
}

fn slots<'a>(job: &'a Job, zone: &'a Zone) -> Option<Slots<'a>> {
    match &job.timing {
        Timing::Schedule(vixie) => vixie.slots(zone),
        Timing::Calendar(calendar) => calendar.slots(zone),
        Timing::Manual | Timing::Every(_) | Timing::AtBoot => None,
    }
}

fn upcoming(job: &Job, zone: &Zone) -> Vec<Next> {
    let Some(slots) = slots(job, zone).filter(|_| job.is_scheduled()) else { return Vec::new() };
    let civil = |at: chrono::DateTime<chrono::Utc>| zone.rules().map_or(at.naive_utc(), |rules| rules.civil(at));
    let next = slots.upcoming(clock::now()).take(NEXT).map(|at| {
        let civil = civil(at);
        let offset = i32::try_from((civil - at.naive_utc()).num_seconds()).ok().and_then(FixedOffset::east_opt);
        Next { civil, at: at.with_timezone(&offset.unwrap_or(chrono::Offset::fix(&chrono::Utc))) }
    });
    next.collect()
}

fn of_timing(job: &Job, zone: &Zone, bytes: &[u8]) -> Vec<Problem> {
    let key = if matches!(job.timing, Timing::Calendar(_)) { "calendar" } else { "schedule" };
    if zone.rules().is_none() {
        let what = "the host has no such time zone";
        let allowed = "a name of the host's time zone database";
        return vec![Problem::mistake(place(bytes, "timezone"), "timezone", what).allowed(allowed)];
    }
    let Some(slots) = slots(job, zone) else { return Vec::new() };
    let now = clock::now();
    let notes = slots.dst_notes(now, now + AHEAD);
    notes.iter().map(|note| Problem::warning(place(bytes, key), key, note.to_string())).collect()
}

/// Who may read and write the file itself.
fn of_file(path: &Path, user: &User) -> Vec<Problem> {
    let mut problems = Vec::new();
    if inspect::everybody_writes(path) {
        let what = format!("everybody may write this file, and so run programs as {user}");
        problems.push(Problem::warning(Place::default(), "", what).allowed("a mode such as 0644"));
    }
    if account::find(user).is_some_and(|account| !inspect::is_readable_for(path, account.uid)) {
        let what = format!("{user} may be unable to read this file, and then the job does not run");
        problems.push(Problem::warning(Place::default(), "", what).allowed("a mode such as 0644"));
    }
    problems
}

/// Programs that are not there now; they may be there when the job runs.
fn of_commands(job: &Job, bytes: &[u8]) -> Vec<Problem> {
    let path = job.environment.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_str());
    let missing = |key: &'static str, commands: &[CommandLine]| -> Vec<Problem> {
        let unknown = commands.iter().map(CommandLine::program).filter(|program| {
            // a relative path is relative to a folder that only the run knows
            let relative = program.contains('/') && !program.starts_with('/');
            !relative && inspect::program(program, path).is_none()
        });
        let what = "this host has no such program that can be executed";
        unknown.map(|program| Problem::warning(place(bytes, key), key, what).found(program)).collect()
    };
    let mut problems = missing("command", &job.commands);
    problems.extend(missing("slow_start_command", &job.slow_start));
    if let Some(folder) = job.working_directory.as_deref().filter(|folder| !inspect::folder(folder)) {
        let problem =
            Problem::warning(place(bytes, "working_directory"), "working_directory", "this host has no such folder");
        problems.push(problem.found(folder.to_string_lossy()));
    }
    problems
}

/// Where a key's value stands; the file's start if it comes from the defaults.
fn place(bytes: &[u8], key: &str) -> Place {
    crate::yaml::parse(bytes).ok().and_then(|node| Some(node.get(key)?.place)).unwrap_or(Place::TOP)
}

fn host(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    let user = &config.user;
    if account::find(user).is_none() {
        found.push(format!("the service user {user} does not exist: no job can run"));
    }
    let folder = config.job_directory.display();
    if inspect::everybody_writes(&config.job_directory) {
        found.push(format!("everybody may write to {folder}, and so run programs as {user}"));
    }
    if inspect::has_text(&config.old_crontab) {
        let crontab = config.old_crontab.display();
        found.push(format!("{crontab} is still there: cron runs its jobs a second time; remove it"));
    }
    let folders: [(&str, &PathBuf); 2] =
        [("run_directory", &config.run_directory), ("state_directory", &config.state_directory)];
    let logs = config.output_directory.iter().map(|folder| ("output_directory", folder));
    for (key, folder) in folders.into_iter().chain(logs) {
        if !inspect::folder(folder) {
            found.push(format!("{key} {} is not there: see systemd-tmpfiles(8)", folder.display()));
        }
    }
    found
}
