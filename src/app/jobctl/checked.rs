//! One job file and everything that can be said of it.

use crate::app::others::{AFTER, Others, found, place};
use crate::check::{Effect, FileReport, Next};
use crate::config::{Config, User};
use crate::job::schedule::Zone;
use crate::job::{CommandLine, Job, JobName, Place, Problem, Timing};
use crate::sys::zone::Zones;
use crate::sys::{account, clock, inspect};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use std::path::Path;

/// How many slots are shown.
const NEXT: usize = 5;
/// How far ahead changes of the clocks are looked for.
const AHEAD: TimeDelta = TimeDelta::days(366);

/// What is to be said of a job whose file has these bytes, or will have them.
pub(super) fn checked(
    name: &JobName,
    path: &Path,
    bytes: Vec<u8>,
    config: &Config,
    zones: &mut Zones,
    others: &Others<'_>,
) -> FileReport {
    let (job, mut problems) = Job::read(name, &bytes, &config.defaults, &config.ceilings);
    let (mut next, mut summary) = (Vec::new(), "cannot run".to_owned());
    if let Some(job) = &job {
        let zone = zones.get(job.timing.zone(job.zone.as_ref()));
        problems.extend(of_timing(job, zone, &bytes));
        problems.extend(of_commands(job, &bytes));
        let is_named = || others.name_in_conflicts(job);
        let place = |key: &str| found(&bytes, key);
        let effect = Effect { job, zone, now: clock::now(), place: &place, is_named: &is_named };
        problems.extend(effect.problems());
        let of_others = others.problems(job, &bytes);
        next = upcoming(job, zone);
        summary = summarise(job, &of_others);
        problems.extend(of_others);
    }
    problems.sort_by_key(|problem| problem.place);
    FileReport {
        path: path.to_owned(),
        job: Some(name.clone()),
        text: String::from_utf8(bytes).ok(),
        problems,
        summary,
        next,
    }
}

/// What happens with a job, with what is wrong with the names of others in its file.
fn summarise(job: &Job, of_others: &[Problem]) -> String {
    let after = of_others.iter().find(|problem| problem.key == AFTER);
    match after.or(of_others.first()) {
        None => starts(job),
        Some(problem) if problem.key == AFTER => format!("runs by hand alone: {}", problem.what),
        Some(problem) => format!("{}, with an error: {}: {}", starts(job), problem.key, problem.what),
    }
}

fn starts(job: &Job) -> String {
    match (&job.timing, job.is_scheduled()) {
        (Timing::Manual, _) => "runs when it is started by hand".to_owned(),
        (_, false) => "is disabled".to_owned(),
        (Timing::AtBoot, _) => "runs once after boot".to_owned(),
        (Timing::After(_), _) => format!("runs {}", job.timing.words()),
        (Timing::Every(span), _) => format!("runs {span} after its last start"),
        (timing, _) => match timing.zone(job.zone.as_ref()) {
            Some(zone) => format!("runs by the clock of {zone}: {}", timing.words()),
            None => format!("runs by the host's clock: {}", timing.words()),
        },
    }
}

/// The next slots of a job that has any.
fn upcoming(job: &Job, zone: &Zone) -> Vec<Next> {
    let Some(slots) = job.timing.slots(zone).filter(|_| job.is_scheduled()) else { return Vec::new() };
    let civil = |at: DateTime<Utc>| zone.rules().map_or(at.naive_utc(), |rules| rules.civil(at));
    let next = slots.upcoming(clock::now()).take(NEXT).map(|at| {
        let civil = civil(at);
        let offset = i32::try_from((civil - at.naive_utc()).num_seconds()).ok().and_then(FixedOffset::east_opt);
        Next { civil, at: at.with_timezone(&offset.unwrap_or(chrono::Offset::fix(&Utc))) }
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
    let Some(slots) = job.timing.slots(zone) else { return Vec::new() };
    let now = clock::now();
    let notes = slots.dst_notes(now, now + AHEAD);
    notes.iter().map(|note| Problem::warning(place(bytes, key), key, note.to_string())).collect()
}

/// Who may read and write the file itself, if it is there.
pub(super) fn of_file(path: &Path, user: &User) -> Vec<Problem> {
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
