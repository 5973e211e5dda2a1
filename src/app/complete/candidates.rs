//! What arguments may be, attached to the definitions: jobs, tags, runs. It is read from the folders of the
//! configuration, as whoever presses the key may read them.

use crate::config::Config;
use crate::job::text::one_line;
use crate::job::{Job, JobName};
use crate::page::words::date_and_time;
use crate::status::{Next, Numbered, numbered, outcome};
use crate::sys::history::Store;
use crate::sys::jobs::{Folder, JobFile};
use crate::sys::{clock, config, zone};
use clap::Command;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

/// Whether the shell shows what a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Titles {
    Shown,
    Left,
}

/// What an argument names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Job,
    /// Also one that is gone, and whose history is there.
    PastJob,
    JobOrFile,
    Tag,
    Run,
}

/// So many job files are read for their titles, and no more: a key is answered at once.
const FEW: usize = 50;

/// By the verb, or the program, and the argument's name in the definition.
fn kind(verb: &str, argument: &str) -> Option<Kind> {
    match (verb, argument) {
        // its job is not there yet
        ("new", "job") => None,
        ("logs" | "history", "job") => Some(Kind::PastJob),
        ("check", "jobs") => Some(Kind::JobOrFile),
        ("run-job", "name" | "kill_job" | "finish") | ("explain", "schedule") | (_, "job" | "jobs") => Some(Kind::Job),
        ("logs", "run") => Some(Kind::Run),
        (_, "tag") => Some(Kind::Tag),
        _ => None,
    }
}

/// The definition of a program, told what its arguments may be. The last word is the one that is looked for.
pub(super) fn with_candidates(command: Command, words: &[String], titles: Titles) -> Command {
    let before = words.split_last().map(|(_, before)| before).unwrap_or_default();
    with_values(command, before, titles).mut_subcommands(|verb| with_values(verb, before, titles))
}

fn with_values(command: Command, before: &[String], titles: Titles) -> Command {
    let verb = command.get_name().to_owned();
    command.mut_args(|argument| {
        let Some(kind) = kind(&verb, argument.get_id().as_str()) else { return argument };
        // what begins with a dash is an option, but after `--`
        let dashes = argument.is_allow_hyphen_values_set() || before.iter().any(|word| word == "--");
        let before = before.to_vec();
        argument.add(ArgValueCompleter::new(move |typed: &OsStr| {
            let Some(config) = config::load().config else { return Vec::new() };
            let typed = typed.to_string_lossy();
            match kind {
                Kind::Tag => tags(&config, &typed),
                Kind::Run => runs(&config, &before, &typed),
                kind => {
                    let mut names = names(&config, &typed, kind);
                    names.retain(|name| dashes || !name.as_str().starts_with('-'));
                    match kind {
                        Kind::JobOrFile if names.is_empty() => files(&typed),
                        _ => titled(&config, names, titles),
                    }
                }
            }
        }))
    })
}

/// The jobs whose names begin so.
fn names(config: &Config, typed: &str, kind: Kind) -> Vec<JobName> {
    let listed = Folder::open(&config.job_directory).and_then(|folder| folder.list()).unwrap_or_default();
    let mut names: BTreeSet<JobName> = listed.iter().filter_map(|candidate| candidate.name().ok()).collect();
    if kind == Kind::PastJob {
        names.extend(Store::new(&config.state_directory).names());
    }
    names.into_iter().filter(|name| name.as_str().starts_with(typed)).collect()
}

/// Each job with its title, if it has one of its own and there are not too many.
fn titled(config: &Config, names: Vec<JobName>, titles: Titles) -> Vec<CompletionCandidate> {
    let folder = Folder::open(&config.job_directory).ok();
    let folder = folder.filter(|_| titles == Titles::Shown && names.len() <= FEW);
    let title = |name: &JobName| {
        let job = job(config, name, &folder.as_ref()?.read(name)?.ok()?)?;
        (job.title != name.as_str()).then(|| job.title.into())
    };
    names.into_iter().map(|name| CompletionCandidate::new(name.as_str()).help(title(&name))).collect()
}

fn job(config: &Config, name: &JobName, file: &JobFile) -> Option<Job> {
    Job::read(name, &file.bytes, &config.defaults, &config.ceilings).0
}

/// Files that could be job files, and folders.
fn files(typed: &str) -> Vec<CompletionCandidate> {
    let is_yaml = |path: &Path| path.extension().is_some_and(|extension| extension == "yaml");
    PathCompleter::any().filter(is_yaml).complete(OsStr::new(typed))
}

/// All tags that begin so.
fn tags(config: &Config, typed: &str) -> Vec<CompletionCandidate> {
    let Ok(folder) = Folder::open(&config.job_directory) else { return Vec::new() };
    let names = names(config, "", Kind::Job);
    let mut tags = BTreeSet::new();
    let mut defaults_are_known = false;
    for name in names {
        let Some(Ok(file)) = folder.read(&name) else { continue };
        // most time goes into reading YAML, and all files without the key have the tags of the defaults
        let has_key = file.bytes.windows(3).any(|bytes| bytes == b"tag");
        if !has_key && defaults_are_known {
            continue;
        }
        if let Some(job) = job(config, &name, &file) {
            defaults_are_known |= !has_key;
            tags.extend(job.tags);
        }
    }
    // one that cannot be typed is no candidate
    let tags = tags.into_iter().filter(|tag| tag.starts_with(typed) && one_line(tag) == *tag);
    tags.map(CompletionCandidate::new).collect()
}

/// The runs of the job that was typed before: their numbers, or the ids that begin so.
fn runs(config: &Config, before: &[String], typed: &str) -> Vec<CompletionCandidate> {
    let store = Store::new(&config.state_directory);
    let histories = before.iter().skip(2).filter_map(|word| {
        let found = store.read(&JobName::from_argument(word).ok()?).ok()?;
        (!found.history.runs.is_empty()).then_some(found.history)
    });
    let Some(history) = { histories }.next() else { return Vec::new() };
    let zone = zone::read(None);
    let mut numbers = Vec::new();
    let mut ids = Vec::new();
    let now = clock::now();
    for entry in numbered(&history) {
        let Numbered { number, run } = entry;
        let start = run.start.map(|start| format!(", {}", date_and_time(start, &zone))).unwrap_or_default();
        let help = || Some(format!("{}{start}", outcome(run, Next::of(&entry, now))).into());
        let number = number.map(|number| number.to_string()).filter(|number| number.starts_with(typed));
        numbers.extend(number.map(|number| CompletionCandidate::new(number).help(help())));
        if !typed.is_empty() && run.id.starts_with(typed) {
            ids.push(CompletionCandidate::new(&run.id).help(help()));
        }
    }
    numbers.extend(ids);
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::args::{JobCtl, RunJob};
    use clap::CommandFactory;

    #[test]
    fn every_name_of_something_has_candidates() {
        let jobctl = JobCtl::command();
        let mut all: Vec<&Command> = jobctl.get_subcommands().collect();
        let run_job = RunJob::command();
        all.push(&run_job);
        let mut count = 0;
        for verb in all {
            for argument in verb.get_arguments() {
                let names = argument.get_value_names().unwrap_or_default();
                let is_name =
                    names.iter().any(|name| ["NAME", "FILE|NAME", "JOB", "TAG", "N|ID"].contains(&name.as_str()));
                let known = kind(verb.get_name(), argument.get_id().as_str());
                let wanted = is_name && (verb.get_name(), argument.get_id().as_str()) != ("new", "job");
                assert!(known.is_some() || !wanted, "{} {}", verb.get_name(), argument.get_id());
                count += usize::from(known.is_some());
            }
        }
        assert!(count > 20, "{count} arguments");
    }
}
