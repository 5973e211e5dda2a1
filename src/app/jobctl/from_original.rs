//! What is different under us for the job files of the original.

use super::refusal::Refusal;
use super::{print, say};
use crate::app::crontabs::Crontabs;
use crate::app::exit;
use crate::app::translate::line;
use crate::crontab::{FOR_ALL, Leftover, Subject, differences, new_keys};
use crate::job::{Job, JobName, Problem};
use crate::sys::jobs::Folder;
use crate::sys::zone::Zones;
use crate::sys::{clock, config};
use crate::yaml::Node;
use chrono::TimeDelta;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// How far ahead changes of the clocks are looked for.
const AHEAD: TimeDelta = TimeDelta::days(366);

/// Says it job by job, and writes nothing.
pub(super) fn from_original() -> Result<u8, Refusal> {
    let loaded = config::load();
    let about: Vec<String> = loaded.problems.iter().map(|problem| line(&loaded.path, problem)).collect();
    let Some(config) = loaded.config else {
        return Err(Refusal::new(exit::CONFIG, about.join("\njobctl: ")));
    };
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let candidates = folder.list().map_err(|error| Refusal::no_jobs(&config, &error))?;
    let crontabs = Crontabs::read(&config);
    for (path, error) in &crontabs.unread {
        unread(path, error);
    }
    let old = crontabs.leftovers();
    let mut page = about;
    let defaults =
        |key: &str| has(crate::yaml::parse(&loaded.bytes).ok().as_ref(), &format!("default_job_config/{key}"));
    let of_defaults = new_keys(&defaults).into_iter();
    page.extend(of_defaults.map(|what| format!("{}: default_job_config/{what}", loaded.path.display())));
    let (mut names, mut broken, mut same) = (BTreeSet::new(), 0, 0);
    let mut zones = Zones::default();
    for candidate in candidates {
        let name = match candidate.name() {
            Ok(name) => name,
            Err(problem) => {
                broken += 1;
                page.push(format!("{}: is no job here: {}", candidate.shown(), problem.what));
                continue;
            }
        };
        // a file that went away since the folder was listed is none
        let Some(file) = folder.read(&name) else { continue };
        let bytes = file.as_ref().map(|file| file.bytes.as_slice()).unwrap_or_default();
        let (job, problems) = match &file {
            Ok(file) => Job::read(&name, &file.bytes, &config.defaults, &config.ceilings),
            Err(problem) => (None, vec![problem.clone()]),
        };
        broken += usize::from(job.is_none());
        let lines = of_job(&name, job.as_ref(), &problems, bytes, &old, &mut zones);
        same += usize::from(lines.is_empty());
        page.extend(lines.into_iter().map(|what| format!("{name}: {what}")));
        names.insert(name);
    }
    let lost = old.iter().filter(|leftover| !names.contains(&leftover.job));
    page.extend(lost.map(|leftover| {
        let Leftover { file, line, job, .. } = leftover;
        format!("{job}: has no job file, and cron starts it by {file}:{line}")
    }));
    page.extend(FOR_ALL.iter().map(|what| format!("every job: {what}")));
    page.push(format!("\n{same} of {} jobs have no difference of their own", names.len()));
    page.push(closing(&old, broken));
    print(&format!("{}\n", page.join("\n")));
    Ok(if broken > 0 || !old.is_empty() { exit::NOT_READY } else { exit::OK })
}

fn of_job(
    name: &JobName,
    job: Option<&Job>,
    problems: &[Problem],
    bytes: &[u8],
    old: &[Leftover],
    zones: &mut Zones,
) -> Vec<String> {
    let node = crate::yaml::parse(bytes).ok();
    let has = |key: &str| has(node.as_ref(), key);
    let clocks = job.filter(|job| job.is_scheduled()).map(|job| {
        let zone = zones.get(job.timing.zone(job.zone.as_ref()));
        let now = clock::now();
        let notes = job.timing.slots(zone).map(|slots| slots.dst_notes(now, now + AHEAD)).unwrap_or_default();
        notes.iter().map(ToString::to_string).collect::<Vec<String>>()
    });
    let leftovers: Vec<&Leftover> = old.iter().filter(|leftover| leftover.job == *name).collect();
    let clocks = clocks.unwrap_or_default();
    differences(&Subject { job, problems, has: &has, clocks: &clocks, leftovers: &leftovers })
}

/// Whether a file has a key, as `timeout` or `failmail/to_address`.
fn has(node: Option<&Node>, key: &str) -> bool {
    key.split('/').try_fold(node, |node, part| Some(node?.get(part))).flatten().is_some()
}

/// What is to be typed next, in an order in which nothing runs twice.
fn closing(old: &[Leftover], broken: usize) -> String {
    let mut steps = vec!["jobctl check"];
    if broken > 0 {
        steps.push("jobctl edit NAME            # each job that does not run");
    }
    if old.is_empty() {
        steps.push("jobctl reload");
    } else {
        steps.extend(["jobctl migrate --dry-run    # what becomes of cron's entries", "jobctl migrate"]);
    }
    steps.push("jobctl status");
    format!("nothing was written. Next:\n    {}", steps.join("\n    "))
}

/// Jobs that stand there are not known.
fn unread(path: &Path, error: &io::Error) {
    say(&format!("{}: {error}; whether cron starts jobs by it is not known; ask as root", path.display()));
}
