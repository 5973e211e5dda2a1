//! `jobctl logs`: what the runs of a job said.

use super::output::why;
use super::past::{past, run};
use super::refusal::Refusal;
use super::{Screen, configuration, print, print_line, say};
use crate::app::args::Logs;
use crate::app::exit;
use crate::compile;
use crate::history::{History, Run};
use crate::job::JobName;
use crate::job::schedule::Zone;
use crate::job::text::{one_line, printable};
use crate::job::when::{self, Side};
use crate::status::log::line;
use crate::sys::bus::{Bus, Interest, Orders};
use crate::sys::journal::{self, Access, Follow, Query};
use crate::sys::run_log::{self, Tail};
use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Which part of a job's log is meant.
enum Part<'a> {
    /// One run.
    Run(&'a Run),
    /// All since then.
    Since(DateTime<Utc>),
}

/// Prints the part that was asked for; from the run logs where the journal cannot be read.
pub(super) fn logs(arguments: &Logs) -> Result<u8, Refusal> {
    let config = configuration()?;
    let (name, history) = past(&config, &arguments.job)?;
    let Screen { now, zone, .. } = Screen::new();
    let part = match (&arguments.run, &arguments.since) {
        (Some(word), _) => Part::Run(run(&name, &history, word)?),
        (None, Some(text)) => {
            let since = when::parse(text, now, &zone, Side::Past);
            Part::Since(since.ok_or_else(|| {
                Refusal::usage(format!("--since: {} is no moment; {}", one_line(text), when::ALLOWED))
            })?)
        }
        (None, None) => match history.last_run() {
            Some(run) => Part::Run(run),
            // of a job that never came to a run, systemd may say why
            None => Part::Since(DateTime::UNIX_EPOCH),
        },
    };
    match (journal::access(), &config.output_directory) {
        (Access::Granted, _) => from_journal(arguments, &name, &part, zone),
        (access, Some(folder)) => {
            say(&format!("{}; so this is from {}", why(access), folder.display()));
            from_files(arguments, folder, &name, &history, &part)
        }
        (Access::Denied, None) => {
            let what = format!("{}; and no output_directory is configured for log files", why(Access::Denied));
            Err(Refusal::new(exit::REFUSED, what))
        }
        (access, None) => {
            let what = format!("{}, and no output_directory is configured", why(access));
            Err(Refusal::new(exit::UNAVAILABLE, what))
        }
    }
}

fn units(name: &JobName) -> [String; 2] {
    [compile::service_name(name), compile::slow_start_name(name)]
}

fn from_journal(arguments: &Logs, name: &JobName, part: &Part<'_>, zone: Zone) -> Result<u8, Refusal> {
    let units = units(name);
    let no_journalctl = |error: io::Error| Refusal::new(exit::UNAVAILABLE, error.to_string());
    let mut query = match part {
        Part::Run(run) if arguments.run.is_some() || !arguments.follow => Query::runs([run.id.as_str()]),
        // this run and all later ones
        Part::Run(_) | Part::Since(_) => Query::units(units.iter().map(String::as_str)),
    };
    query.since = match part {
        Part::Run(run) => run.start,
        Part::Since(since) => Some(*since),
    };
    query.last = arguments.lines;
    if arguments.follow {
        let follow =
            Follow::begin(query, Box::new(move |said| print_line(&line(&said, &zone)))).map_err(no_journalctl)?;
        match part {
            Part::Run(run) if arguments.run.is_some() => {
                wait_for_end(name, run)?;
                follow.finish()
            }
            _ => follow.stay(),
        }
        .map_err(no_journalctl)?;
        return Ok(exit::OK);
    }
    let mut count = 0;
    query
        .read(|said| {
            count += 1;
            print_line(&line(&said, &zone))
        })
        .map_err(no_journalctl)?;
    if count == 0 && arguments.lines != Some(0) {
        say(&match part {
            Part::Run(run) => format!(
                "the journal has nothing of run {}: it said nothing, was started by hand in a terminal, or is too long ago",
                run.id.chars().take(8).collect::<String>()
            ),
            Part::Since(_) => format!("the journal has nothing of {name} since then"),
        });
    }
    Ok(exit::OK)
}

/// Waits until a run has ended; it may have long ago.
fn wait_for_end(name: &JobName, run: &Run) -> Result<(), Refusal> {
    if run.end.is_some() {
        return Ok(());
    }
    let units = units(name);
    let bus = Bus::system().map_err(|error| Refusal::no_systemd(&error))?;
    let mut orders = Orders::new(&bus, &units, Interest::Runs).map_err(|error| Refusal::no_systemd(&error))?;
    match units.iter().find(|unit| orders.run(unit) == Some(run.id.as_str())) {
        Some(unit) => orders.wait_for_rest(unit).map_err(|error| Refusal::no_systemd(&error)),
        None => Ok(()),
    }
}

fn from_files(
    arguments: &Logs,
    folder: &Path,
    name: &JobName,
    history: &History,
    part: &Part<'_>,
) -> Result<u8, Refusal> {
    let starts: Vec<DateTime<Utc>> = match part {
        Part::Run(run) => run.start.into_iter().collect(),
        Part::Since(since) => {
            let runs = history.runs.iter().filter(|run| !run.is_skipped());
            runs.filter_map(|run| run.start).filter(|start| start >= since).collect()
        }
    };
    let mut paths: Vec<PathBuf> = starts.iter().map(|start| run_log::path(folder, name, *start)).collect();
    paths.dedup();
    let growing = if arguments.follow { paths.pop() } else { None };
    let mut last = VecDeque::new();
    for path in &paths {
        let read = run_log::read(path, |text| {
            let Some(most) = arguments.lines else { return print_line(&printable(text)) };
            last.push_back(printable(text));
            if last.len() > most {
                last.pop_front();
            }
            ControlFlow::Continue(())
        });
        read.map_err(|error| {
            let code = if error.kind() == ErrorKind::PermissionDenied { exit::REFUSED } else { exit::NO_JOB };
            Refusal::new(code, format!("{}: {error}", path.display()))
        })?;
    }
    for text in &last {
        print(&format!("{text}\n"));
    }
    if let Some(path) = growing {
        let tail = Tail::begin(Box::new(move || Some(path.clone())), Box::new(|text| print_line(&printable(text))));
        match part {
            Part::Run(run) if arguments.run.is_some() => {
                wait_for_end(name, run)?;
                tail.finish();
            }
            _ => tail.stay(),
        }
    }
    Ok(exit::OK)
}
