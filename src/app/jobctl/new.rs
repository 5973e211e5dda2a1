//! `jobctl new`: a job file from options.

use super::draft::{edited, kept};
use super::refusal::Refusal;
use super::{configuration, save, say};
use crate::app::args::New;
use crate::app::exit;
use crate::config::Config;
use crate::job::{Activity, JobName, template};
use crate::sys::clock;
use crate::sys::editor::Draft;
use crate::sys::jobs::Folder;
use crate::sys::pause::{Markers, Owners};

/// Makes a job file, unless there is one or it would have an error.
pub(super) fn new(arguments: &New) -> Result<u8, Refusal> {
    let config = configuration()?;
    let name = JobName::new(&arguments.job).map_err(|error| Refusal::usage(format!("NAME: {error}")))?;
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(&config, &error))?;
    if folder.read(&name).is_some() {
        return Err(Refusal::new(exit::NOT_MADE, format!("there is a job {name} already; jobctl edit {name}")));
    }
    let text = template::text(&template::Keys {
        name: arguments.name.as_deref().unwrap_or(name.as_str()),
        description: arguments.description.as_deref(),
        timing: timing(arguments),
        zone: None,
        activity: Activity::Enabled,
        timeout: arguments.timeout.as_deref(),
        tags: &arguments.tag,
        commands: &arguments.command,
        environment: &[],
        working_directory: None,
        more: &[],
        failmail: None,
    });
    if !arguments.edit {
        if save::check(&config, &name, text.as_bytes()).errors > 0 {
            return Err(Refusal::new(exit::ERRORS, "nothing was saved"));
        }
        return saved(&config, &name, save::create(&config, &name, text.as_bytes()));
    }
    let draft = Draft::new(&name, text.as_bytes()).map_err(|error| Refusal::new(exit::NOT_MADE, error.to_string()))?;
    let (draft, text) = edited(&config, &name, draft)?;
    // what came back as it was has not been looked at
    if !draft.is_changed(&text) && save::check(&config, &name, &text).errors > 0 {
        return Err(Refusal::new(exit::ERRORS, "nothing was saved"));
    }
    saved(&config, &name, save::create(&config, &name, &text).inspect_err(|_| kept(draft)))
}

/// An earlier job of this name may have left its pause.
fn saved(config: &Config, name: &JobName, done: Result<u8, Refusal>) -> Result<u8, Refusal> {
    if let Some(hold) = Markers::new(config, Owners::Named).pause(name, clock::now()) {
        say(&format!("{name} is paused {hold}; jobctl resume {name} ends that"));
    }
    done
}

fn timing(arguments: &New) -> Option<template::Timing<'_>> {
    if arguments.at_boot {
        return Some(template::Timing { key: "at_boot", value: "true" });
    }
    let keys = [("schedule", &arguments.schedule), ("calendar", &arguments.calendar), ("every", &arguments.every)];
    keys.into_iter().find_map(|(key, value)| Some(template::Timing { key, value: value.as_deref()? }))
}
