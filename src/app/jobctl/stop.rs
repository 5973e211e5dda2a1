//! `jobctl stop` and `jobctl restart`.

use super::meant::meant;
use super::refusal::Refusal;
use super::warning::{Unit, warn};
use super::{configuration, say};
use crate::app::args::Steer;
use crate::app::exit;
use crate::compile;
use crate::status::Facts;
use crate::sys::bus::{Bus, Done, Interest, Orders, Verb};
use crate::sys::journal;

/// Ends the runs of jobs, and waits until they have ended.
pub(super) fn stop(arguments: &Steer) -> Result<u8, Refusal> {
    steer(arguments, Verb::Stop)
}

/// Ends the runs of jobs, and starts them anew; what does not run is started.
pub(super) fn restart(arguments: &Steer) -> Result<u8, Refusal> {
    steer(arguments, Verb::Restart)
}

fn steer(arguments: &Steer, verb: Verb) -> Result<u8, Refusal> {
    let config = configuration()?;
    let (jobs, mut codes) = meant(&config, arguments, if verb == Verb::Stop { "stop" } else { "restart" })?;
    let both = |facts: &Facts| [compile::service_name(&facts.name), compile::slow_start_name(&facts.name)];
    let units: Vec<String> = jobs.iter().flat_map(both).collect();
    let bus = Bus::system().map_err(|error| Refusal::no_systemd(&error))?;
    let mut orders = Orders::new(&bus, &units, Interest::Orders).map_err(|error| Refusal::no_systemd(&error))?;
    let mut given: Vec<(&Facts, String)> = Vec::new();
    for facts in &jobs {
        let [normal, slow] = both(facts);
        let running: Vec<String> = [normal.clone(), slow].into_iter().filter(|unit| orders.is_running(unit)).collect();
        if verb == Verb::Restart {
            warn(facts, if running.is_empty() { Unit::Idle } else { Unit::Restarted });
        }
        match verb {
            // a slow start is started anew as one
            Verb::Restart if running.is_empty() => given.push((facts, normal)),
            Verb::Stop if running.is_empty() => idle(facts),
            _ => given.extend(running.into_iter().map(|unit| (facts, unit))),
        }
    }
    let all: Vec<(Verb, &str)> = given.iter().map(|(_, unit)| (verb, &**unit)).collect();
    let done = orders.give(&all).map_err(|error| Refusal::no_systemd(&error))?;
    for ((facts, _), done) in given.into_iter().zip(done) {
        let refusal = match done {
            Ok(Done::Well) => {
                journal::note(Some(&facts.name), if verb == Verb::Stop { "stopped" } else { "restarted" });
                continue;
            }
            Ok(Done::Badly) => {
                let name = &facts.name;
                Refusal::new(exit::NOT_STARTED, format!("{name}: systemd could not do it; see jobctl logs {name}"))
            }
            Err(error) => Refusal::of_order(&facts.name, &error),
        };
        codes.refuse(&facts.name, &refusal);
    }
    // what cannot run was not started anew, whatever systemd made of it
    for facts in jobs.iter().filter(|facts| verb == Verb::Restart && facts.job.is_none()) {
        codes.note(&facts.name, exit::CONFIG);
    }
    Ok(codes.code())
}

/// There is no unit to stop.
fn idle(facts: &Facts) {
    let name = &facts.name;
    match facts.running.and_then(|running| running.pid) {
        Some(pid) => say(&format!(
            "{name} runs by hand, as process {pid}, and not as a unit: end it there, or with run-job --kill-job {name}"
        )),
        None => say(&format!("{name} does not run")),
    }
}
