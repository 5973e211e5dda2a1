//! `jobctl follow-up`: starts the jobs whose turn it is. The unit of a job that has ended calls it, and the boot.

use super::configuration;
use super::refusal::Refusal;
use crate::app::args::FollowUp;
use crate::app::exit;
use crate::app::facts::Sources;
use crate::app::turn;
use crate::compile;
use crate::job::JobName;
use crate::status::Facts;
use crate::sys::history::Store;
use crate::sys::invocation::Invocation;
use crate::sys::jobs::Folder;
use crate::sys::started::Started;
use crate::sys::systemctl;
use crate::sys::voice::{Priority, Voice};
use std::io;

/// Starts each job that comes after others and has its turn.
pub(super) fn follow_up(arguments: &FollowUp) -> Result<u8, Refusal> {
    let config = configuration()?;
    let voice = Voice::of("jobctl", &Invocation::detect());
    let started = Started::open().map_err(|error| Refusal::new(exit::REFUSED, error.to_string()))?;
    let no_jobs = |error: io::Error| Refusal::no_jobs(&config, &error);
    let names: Vec<JobName> = if arguments.all {
        let mut order = turn::order(&Folder::open(&config.job_directory).map_err(no_jobs)?, &config);
        // those that units name are in no circle
        order.without_circles();
        order.jobs().cloned().collect()
    } else {
        arguments.jobs.iter().filter_map(|name| JobName::from_argument(name).ok()).collect()
    };
    let mut sources = Sources::open(&config).map_err(no_jobs)?;
    let store = Store::new(&config.state_directory);
    let mut code = exit::OK;
    for name in names {
        // what has gone or cannot run since systemd read it is not started
        let Some(facts) = sources.facts(name) else { continue };
        if let Err(error) = start(&facts, &store, &started, voice) {
            voice.say(Priority::Error, &format!("{}: {error:#}", facts.name));
            code = exit::UNAVAILABLE;
        }
    }
    Ok(code)
}

fn start(facts: &Facts, store: &Store, started: &Started, voice: Voice) -> anyhow::Result<()> {
    let (name, Some(job), Some([])) = (&facts.name, &facts.job, facts.waits_for.as_deref()) else { return Ok(()) };
    let unit = compile::service_name(name);
    // what ends later looks again, and so does the job itself
    if !systemctl::is_at_rest(&unit)? {
        return Ok(());
    }
    if let Some(hold) = &facts.pause {
        voice.say(Priority::Notice, &format!("{name}: not started: paused {hold}"));
        return Ok(());
    }
    // its own history would tell, unless it cannot be written: then the same successes would start it for ever
    if started.last(name).is_some_and(|at| turn::since(store, job).is_none_or(|turn| turn <= at)) {
        return Ok(());
    }
    voice.say(Priority::Notice, &format!("{name}: started, as it is its turn"));
    started.note(name)?;
    systemctl::start(&unit)
}
