//! `jobctl start`: as a timer would, and if wanted with an eye on the run.

use super::codes::Codes;
use super::meant::meant;
use super::output::Output;
use super::refusal::Refusal;
use super::warning::{Unit, warn};
use super::{configuration, say};
use crate::app::args::Start;
use crate::app::exit;
use crate::compile;
use crate::config::Config;
use crate::history::{Exit, Outcome, Run};
use crate::job::{JobName, Overtime};
use crate::run::{BUSY, TIMEOUT};
use crate::status::{Facts, Next, outcome};
use crate::sys::bus::{Bus, Done, Interest, Orders, Verb};
use crate::sys::history::Store;
use crate::sys::journal;
use std::collections::BTreeSet;

/// Starts the jobs that are meant. What becomes of one costs the others nothing.
pub(super) fn start(arguments: &Start) -> Result<u8, Refusal> {
    let config = configuration()?;
    let (mut jobs, codes) = meant(&config, &arguments.steer, "start")?;
    let mut started = Started { config: &config, codes };
    if arguments.slow_start {
        jobs.retain(|facts| {
            let able = facts.job.as_ref().is_none_or(|job| !job.slow_start.is_empty());
            if !able {
                let name = &facts.name;
                started.codes.refuse(name, &Refusal::usage(format!("{name}: the job has no slow_start_command")));
            }
            able
        });
    }
    let unit = if arguments.slow_start { compile::slow_start_name } else { compile::service_name };
    let units: Vec<String> = jobs.iter().map(|facts| unit(&facts.name)).collect();
    let interest = if arguments.wait || arguments.follow { Interest::Runs } else { Interest::Orders };
    let bus = Bus::system().map_err(|error| Refusal::no_systemd(&error))?;
    let mut orders = Orders::new(&bus, &units, interest).map_err(|error| Refusal::no_systemd(&error))?;
    for (facts, unit) in jobs.iter().zip(&units) {
        warn(facts, does(facts, &orders, unit));
        if facts.job.is_none() {
            // its end tells more, if that is waited for
            started.codes.note(&facts.name, exit::CONFIG);
        }
    }
    let ran_before: Vec<bool> = units.iter().map(|unit| orders.is_running(unit)).collect();
    // a start would wait, on systemd 252, until systemd itself makes the next attempt
    let verb = |facts: &Facts, unit| match does(facts, &orders, unit) {
        Unit::Waits => Verb::Restart,
        _ => Verb::Start,
    };
    let all: Vec<(Verb, &str)> = jobs.iter().zip(&units).map(|(facts, unit)| (verb(facts, unit), &**unit)).collect();
    let done = orders.give(&all).map_err(|error| Refusal::no_systemd(&error))?;
    let mut taken = Vec::new();
    for (((facts, unit), done), ran_before) in jobs.iter().zip(&units).zip(done).zip(ran_before) {
        match done {
            Err(error) => started.codes.refuse(&facts.name, &Refusal::of_order(&facts.name, &error)),
            Ok(done) => {
                if !ran_before {
                    let what = if arguments.slow_start { "slow-started" } else { "started" };
                    journal::note(Some(&facts.name), what);
                }
                taken.push(Taken { facts, unit, done });
            }
        }
    }
    if arguments.wait || arguments.follow {
        let ends = started.watch(&mut orders, &taken)?;
        if arguments.wait {
            for (name, status) in ends.iter().filter(|(_, status)| *status != exit::OK) {
                started.codes.note(name, *status);
            }
        }
    } else {
        started.look_once(&mut orders, &taken);
    }
    Ok(started.codes.code())
}

/// What a unit does that is to be started.
fn does(facts: &Facts, orders: &Orders, unit: &str) -> Unit {
    // the next attempt may have begun since the files were read
    let failed = facts.last_run().map(|run| &*run.id);
    match facts.retry {
        _ if !orders.is_running(unit) => Unit::Idle,
        Some(_) if orders.run(unit) == failed => Unit::Waits,
        _ => Unit::Running,
    }
}

/// A start that systemd took.
struct Taken<'a> {
    facts: &'a Facts,
    unit: &'a str,
    done: Done,
}

struct Started<'a> {
    config: &'a Config,
    codes: Codes,
}

impl Started<'_> {
    /// One that ended within the moment of its start has its end told; whether one did is a matter of chance,
    /// and so no error.
    fn look_once(&mut self, orders: &mut Orders, taken: &[Taken<'_>]) {
        for Taken { facts, unit, done } in taken {
            let name = &facts.name;
            match (done, self.run(name, orders.run(unit))) {
                (Done::Well, _) => {}
                (Done::Badly, Some(run)) => say(&format!("{name} has ended already: {}", outcome(&run, Next::ToCome))),
                (Done::Badly, None) => self.codes.refuse(name, &not_started(orders, name, unit)),
            }
        }
    }

    /// Shows what the runs say until all have ended. The exit status of each.
    fn watch(&mut self, orders: &mut Orders, taken: &[Taken<'_>]) -> Result<Vec<(JobName, u8)>, Refusal> {
        let mut shown = BTreeSet::new();
        loop {
            // one that fails may be tried again, and that is another run of the same unit
            let runs = taken.iter().filter_map(|taken| Some((taken, orders.run(taken.unit)?.to_owned())));
            let runs: Vec<(&Taken, String)> = runs.filter(|(_, run)| !shown.contains(run)).collect();
            let named: Vec<(&JobName, &str)> = runs.iter().map(|(taken, run)| (&taken.facts.name, &**run)).collect();
            let output = Output::begin(self.config, &named);
            for (taken, run) in &runs {
                orders.wait_for_end(taken.unit, run).map_err(|error| Refusal::no_systemd(&error))?;
            }
            output.finish();
            if runs.is_empty() {
                break;
            }
            shown.extend(runs.into_iter().map(|(_, run)| run));
        }
        for taken in taken {
            orders.wait_for_rest(taken.unit).map_err(|error| Refusal::no_systemd(&error))?;
        }
        let mut statuses = Vec::new();
        for Taken { facts, unit, .. } in taken {
            let name = &facts.name;
            let Some(run) = self.run(name, orders.run(unit)).or_else(|| self.last_of(name, &shown)) else {
                let what = format!("{name}: nothing is recorded of this run; see jobctl logs {name}");
                self.codes.refuse(name, &Refusal::new(exit::NOT_STARTED, what));
                continue;
            };
            if let Some(end) = run.end.as_ref().filter(|end| end.outcome != Outcome::Success) {
                let why = end.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
                say(&format!("{name}: {}{why}", outcome(&run, Next::Missed)));
            }
            statuses.push((name.clone(), status(&run, facts)));
        }
        Ok(statuses)
    }

    /// The last run that is recorded, if it is one of these: a start of systemd's after the last attempt has no record.
    fn last_of(&self, name: &JobName, runs: &BTreeSet<String>) -> Option<Run> {
        let history = Store::new(&self.config.state_directory).read(name).ok()?.history;
        history.last_run().filter(|run| runs.contains(&run.id)).cloned()
    }

    fn run(&self, name: &JobName, id: Option<&str>) -> Option<Run> {
        Store::new(&self.config.state_directory).read(name).ok()?.history.run(id?).cloned()
    }
}

fn not_started(orders: &mut Orders, name: &JobName, unit: &str) -> Refusal {
    let why = match orders.rest(unit) {
        Ok(rest) => format!("systemd says {}, status {}", rest.result, rest.status),
        Err(error) => error.to_string(),
    };
    Refusal::new(exit::NOT_STARTED, format!("{name} could not be started: {why}; see jobctl logs {name}"))
}

/// As `run-job` by hand has it: 0 for a success, whatever its exit code.
fn status(run: &Run, facts: &Facts) -> u8 {
    let Some(end) = &run.end else { return exit::NOT_STARTED };
    let quiet = facts.job.as_ref().is_some_and(|job| job.overtime == Overtime::Quiet);
    match (end.outcome, end.exit) {
        (Outcome::Success, _) => exit::OK,
        (Outcome::Skipped, _) => {
            if quiet {
                exit::OK
            } else {
                BUSY
            }
        }
        (Outcome::Timeout, _) => TIMEOUT,
        (_, Some(exit)) => u8::try_from(Exit::status(exit)).unwrap_or(u8::MAX).max(1),
        (_, None) => 1,
    }
}
