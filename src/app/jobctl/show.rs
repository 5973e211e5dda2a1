//! `jobctl show NAME`: the units that would be generated, as systemd would read them.

use super::chosen::{names, unknown_name};
use super::codes::Codes;
use super::refusal::Refusal;
use super::{configuration, print, say};
use crate::app::args::Show;
use crate::app::exit;
use crate::app::translate::{growth, line};
use crate::compile;
use crate::config::Config;
use crate::job::{Job, JobName};
use crate::status::Selection;
use crate::sys::jobs::Folder;
use crate::sys::systemd::Systemd;
use crate::sys::zone::Zones;
use std::collections::BTreeSet;

/// Prints the units of each job, each after a line with its name.
pub(super) fn show(arguments: &Show) -> Result<u8, Refusal> {
    let config = configuration()?;
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let mut zones = Zones::default();
    let systemd = Systemd::default();
    let mut codes = Codes::default();
    let mut shown = BTreeSet::new();
    for (word, name) in
        arguments.jobs.iter().flat_map(|word| named(&config, word).into_iter().map(move |it| (word, it)))
    {
        let name = match name {
            Ok(name) if shown.contains(&name) => continue,
            Ok(name) => name,
            Err(refusal) => {
                codes.refuse(word, &refusal);
                continue;
            }
        };
        let path = folder.file_of(&name);
        let (job, problems) = match folder.read(&name) {
            Some(Ok(file)) => Job::read(&name, &file.bytes, &config.defaults, &config.ceilings),
            Some(Err(problem)) => (None, vec![problem]),
            None => {
                codes.refuse(&name, &unknown_name(&config, word, Vec::new()));
                continue;
            }
        };
        for problem in &problems {
            say(&line(&path, problem));
        }
        let units = match &job {
            Some(job) => {
                let zone = zones.get(job.timing.zone(job.zone.as_ref()));
                compile::job(job, &path, zone, growth(job, &systemd), &config)
            }
            None => compile::broken(&name, &path, &config),
        };
        for unit in units {
            print(&format!("## {}\n{}\n", unit.name, unit.file));
        }
        shown.insert(name);
    }
    Ok(codes.code())
}

/// The jobs that a word means: one by its name, or all that fit a pattern.
fn named(config: &Config, word: &String) -> Vec<Result<JobName, Refusal>> {
    let words = std::slice::from_ref(word);
    if (Selection { words, tag: None }).single().is_some() {
        let name = JobName::from_argument(word);
        return vec![name.map_err(|error| Refusal::new(exit::NO_JOB, error.to_string()))];
    }
    names(config, words).map_or_else(|refusal| vec![Err(refusal)], |(names, _)| names.into_iter().map(Ok).collect())
}
