//! `jobctl start` and `jobctl stop`: orders to systemd, as whoever gives them.

use super::args::Order;
use super::configuration;
use super::exit;
use super::facts;
use crate::compile;
use crate::status::{Facts, State, select};
use crate::sys::bus::{Bus, Failure};
use std::io::{BufRead, IsTerminal, Write};

/// What to do with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Start its unit.
    Start,
    /// Start the unit of its slow start.
    SlowStart,
    /// Stop its units.
    Stop,
}

/// Gives the order for each job that is meant.
pub(super) fn order(arguments: &Order, what: What) -> u8 {
    match give(arguments, what) {
        Ok(()) => exit::OK,
        Err((said, code)) => {
            eprintln!("jobctl: {said}");
            code
        }
    }
}

fn give(arguments: &Order, what: What) -> Result<(), (String, u8)> {
    let config = configuration()?;
    let folder = config.job_directory.display();
    let jobs = facts::all(&config).map_err(|error| (format!("{folder}: {error}"), exit::NO_JOB))?;
    let jobs = select(jobs, &arguments.jobs, arguments.tag.as_deref()).map_err(|what| (what, exit::NO_JOB))?;
    if jobs.len() > 1 && !arguments.yes && !agreed(&jobs, what) {
        return Err(("nothing was done; --yes does not ask".to_owned(), exit::USAGE));
    }
    let bus = Bus::system().map_err(|error| (format!("systemd does not answer: {error}"), exit::UNAVAILABLE))?;
    for facts in &jobs {
        one(&bus, facts, what).map_err(|error| refused(facts, &error))?;
    }
    Ok(())
}

fn one(bus: &Bus, facts: &Facts, what: What) -> Result<(), Failure> {
    let (normal, slow) = (compile::service_name(&facts.name), compile::slow_start_name(&facts.name));
    match what {
        What::Start | What::SlowStart => {
            match facts.state() {
                State::Paused => eprintln!("jobctl: {} is paused; it runs all the same", facts.name),
                State::Running => eprintln!("jobctl: {} is running already", facts.name),
                _ => {}
            }
            bus.start(if what == What::SlowStart { &slow } else { &normal })
        }
        What::Stop => {
            let units = bus.units(&[&normal, &slow])?;
            units.iter().filter(|(_, unit)| unit.active != "inactive").try_for_each(|(name, _)| bus.stop(name))
        }
    }
}

/// More than one job is asked about, if there is somebody to ask.
fn agreed(jobs: &[Facts], what: What) -> bool {
    let verb = if what == What::Stop { "stop" } else { "start" };
    let names: Vec<&str> = jobs.iter().map(|facts| facts.name.as_str()).collect();
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return false;
    }
    eprint!("{verb} {} jobs ({})? [y/N] ", jobs.len(), names.join(", "));
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "yes")
}

fn refused(facts: &Facts, error: &Failure) -> (String, u8) {
    let name = &facts.name;
    if *error == Failure::Refused {
        let what = format!("{name}: you may not; members of the group process-control-operators may");
        return (what, exit::REFUSED);
    }
    (format!("{name}: {error}"), exit::UNAVAILABLE)
}
