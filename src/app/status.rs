//! `jobctl status`: all jobs in one table.

use super::args::Status;
use super::configuration;
use super::exit;
use super::facts;
use crate::compile;
use crate::status::{Facts, Header, Table, json, select, table};
use crate::sys::bus::{Bus, Failure, UnitState};
use crate::sys::{clock, terminal, zone};
use chrono::DateTime;

/// Prints the jobs that were asked for.
pub(super) fn status(arguments: &Status) -> u8 {
    match chosen(arguments) {
        Ok(jobs) if arguments.json => {
            super::print(&format!("{:#}\n", json(&jobs)));
            exit::OK
        }
        Ok(jobs) => {
            let width = terminal::width();
            let header = if arguments.no_header { Header::Left } else { Header::Shown };
            super::print(&table(&jobs, Table { width, header, now: clock::now(), zone: &zone::read(None) }));
            exit::OK
        }
        Err((what, code)) => {
            eprintln!("jobctl: {what}");
            code
        }
    }
}

fn chosen(arguments: &Status) -> Result<Vec<Facts>, (String, u8)> {
    let config = configuration()?;
    let folder = config.job_directory.display();
    let jobs = facts::all(&config).map_err(|error| (format!("{folder}: {error}"), exit::NO_JOB))?;
    let mut jobs = select(jobs, &arguments.jobs, arguments.tag.as_deref()).map_err(|what| (what, exit::NO_JOB))?;
    // what files can tell is told without a bus as well
    if let Err(error) = ask_systemd(&mut jobs) {
        eprintln!("jobctl: systemd does not answer, so it is not known when jobs run next: {error}");
    }
    jobs.retain(|facts| arguments.state.as_ref().is_none_or(|state| *state == facts.state().to_string()));
    Ok(jobs)
}

/// Adds what only systemd knows: when each timer elapses.
fn ask_systemd(jobs: &mut [Facts]) -> Result<(), Failure> {
    let bus = Bus::system()?;
    let timers = bus.units(&["job@*.timer"])?;
    let (places, states): (Vec<usize>, Vec<&UnitState>) = jobs
        .iter()
        .enumerate()
        .filter_map(|(place, facts)| {
            let timer = timers.get(&compile::timer_name(&facts.name)).filter(|timer| timer.active == "active");
            Some((place, timer?))
        })
        .unzip();
    for (place, next) in places.into_iter().zip(bus.next_elapses(&states)?) {
        jobs[place].next = next.and_then(|micros| DateTime::from_timestamp_micros(i64::try_from(micros).ok()?));
    }
    Ok(())
}
