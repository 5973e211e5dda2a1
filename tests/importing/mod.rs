//! A host to which something is moved, for tests of what `jobctl import` makes.

use process_control::config::{self, Config};
use process_control::crontab::{Host, Imported};
use process_control::job::{Ceilings, Job, JobName, Spec};
use std::collections::BTreeMap;

/// As whom its jobs run.
pub(crate) const SERVICE_USER: &str = "process-control";

/// What a job file is, where nothing is configured.
pub(crate) fn job(name: &JobName, text: &str) -> Job {
    let (job, problems) = Job::read(name, text.as_bytes(), &Spec::default(), &Ceilings::default());
    job.unwrap_or_else(|| panic!("{text}{problems:?}"))
}

/// What becomes of something on a host that has jobs: a name and a text each.
pub(crate) fn on_host(there: &[(&str, &str)], configuration: &str, import: impl Fn(&Host<'_>) -> Imported) -> Imported {
    let existing: BTreeMap<JobName, Option<Job>> = there
        .iter()
        .map(|(name, text)| JobName::new(name).map(|name| (name.clone(), Some(job(&name, text)))).unwrap())
        .collect();
    let mut problems = Vec::new();
    let config = match configuration {
        "" => Config::default(),
        text => config::read(None, text.as_bytes(), &mut problems).unwrap_or_else(|| panic!("{problems:?}")),
    };
    import(&Host {
        service_user: SERVICE_USER,
        is_service_user: &|name| name == SERVICE_USER,
        defaults: &config.defaults,
        ceilings: &config.ceilings,
        existing: &existing,
    })
}

/// Where pages are, and how they are named.
pub(crate) fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// The files and the words.
pub(crate) fn page(imported: &Imported) -> String {
    let files = imported.files.iter().map(|(name, text)| format!("## {name}.yaml\n{text}\n"));
    let page = files.chain(imported.said.iter().map(|line| format!("{line}\n"))).collect::<String>();
    format!("{page}{} not carried\n", imported.not_carried)
}
