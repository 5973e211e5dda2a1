//! `jobctl follow-up`: starts the jobs whose turn it is. The unit of a job that has ended calls it, and the boot.

use super::configuration;
use super::refusal::Refusal;
use crate::app::args::FollowUp;
use crate::app::exit;
use crate::app::facts::Sources;
use crate::compile;
use crate::job::JobName;
use crate::status::Facts;
use crate::sys::invocation::Invocation;
use crate::sys::lock::alone;
use crate::sys::systemctl;
use crate::sys::voice::{Priority, Voice};
use std::path::Path;

/// Two jobs that end at once must not both start the job after them.
const LOCK: &str = "/run/process-control-follow-up.lock";

/// Starts each job that comes after others and has its turn.
pub(super) fn follow_up(arguments: &FollowUp) -> Result<u8, Refusal> {
    let config = configuration()?;
    let voice = Voice::of("jobctl", &Invocation::detect());
    let _alone = alone(Path::new(LOCK)).map_err(|error| Refusal::new(exit::REFUSED, format!("{LOCK}: {error}")))?;
    let mut sources = Sources::open(&config).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let names = if arguments.all {
        sources.names().map_err(|error| Refusal::no_jobs(&config, &error))?
    } else {
        arguments.jobs.iter().filter_map(|name| JobName::from_argument(name).ok()).collect()
    };
    let mut code = exit::OK;
    for name in names {
        // what has gone or cannot run since systemd read it is not started
        let Some(facts) = sources.facts(name) else { continue };
        if let Err(error) = start(&facts, voice) {
            voice.say(Priority::Error, &format!("{}: {error:#}", facts.name));
            code = exit::UNAVAILABLE;
        }
    }
    Ok(code)
}

fn start(facts: &Facts, voice: Voice) -> anyhow::Result<()> {
    let Some(waits_for) = &facts.waits_for else { return Ok(()) };
    let name = &facts.name;
    let unit = compile::service_name(name);
    // what ends later looks again, and so does the job itself
    if !waits_for.is_empty() || !systemctl::is_at_rest(&unit)? {
        return Ok(());
    }
    if let Some(hold) = &facts.pause {
        voice.say(Priority::Notice, &format!("{name}: not started: paused {hold}"));
        return Ok(());
    }
    voice.say(Priority::Notice, &format!("{name}: started, as it is its turn"));
    systemctl::start(&unit)
}
