//! `jobctl follow-up`: starts the jobs whose turn it is. The unit of a job that has ended calls it, and the boot.

use super::configuration;
use super::refusal::Refusal;
use crate::app::args::FollowUp;
use crate::app::exit;
use crate::app::facts::Sources;
use crate::compile;
use crate::config::Config;
use crate::job::JobName;
use crate::job::order::Order;
use crate::status::Facts;
use crate::sys::invocation::Invocation;
use crate::sys::started::Started;
use crate::sys::systemctl;
use crate::sys::voice::{Priority, Voice};

/// Starts each job that comes after others and has its turn.
pub(super) fn follow_up(arguments: &FollowUp) -> Result<u8, Refusal> {
    let config = configuration()?;
    let voice = Voice::of("jobctl", &Invocation::detect());
    let started = Started::open().map_err(|error| Refusal::new(exit::REFUSED, error.to_string()))?;
    let mut sources = Sources::open(&config).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let names = if arguments.all {
        sources.names().map_err(|error| Refusal::no_jobs(&config, &error))?
    } else {
        arguments.jobs.iter().filter_map(|name| JobName::from_argument(name).ok()).collect()
    };
    // what has gone or cannot run since systemd read it is not started
    let mut all: Vec<Facts> = names.into_iter().filter_map(|name| sources.facts(name)).collect();
    all.retain(|facts| facts.waits_for.as_ref().is_some_and(Vec::is_empty));
    if arguments.all {
        untangle(&mut all, &mut sources, &config)?;
    }
    let mut code = exit::OK;
    for facts in all {
        if let Err(error) = start(&facts, &started, voice) {
            voice.say(Priority::Error, &format!("{}: {error:#}", facts.name));
            code = exit::UNAVAILABLE;
        }
    }
    Ok(code)
}

/// Takes those out that wait for themselves; those that units name are none of these.
fn untangle(all: &mut Vec<Facts>, sources: &mut Sources<'_>, config: &Config) -> Result<(), Refusal> {
    if all.is_empty() {
        return Ok(());
    }
    let names = sources.names().map_err(|error| Refusal::no_jobs(config, &error))?;
    let mut order = Order::default();
    for job in names.into_iter().filter_map(|name| sources.facts(name)?.job) {
        order.add(&job);
    }
    let circles = order.without_circles();
    all.retain(|facts| !circles.contains_key(&facts.name));
    Ok(())
}

fn start(facts: &Facts, started: &Started, voice: Voice) -> anyhow::Result<()> {
    let name = &facts.name;
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
    if started.last(name).is_some_and(|at| facts.turn_since.is_none_or(|turn| turn <= at)) {
        return Ok(());
    }
    voice.say(Priority::Notice, &format!("{name}: started, as it is its turn"));
    started.note(name)?;
    systemctl::start(&unit)
}
