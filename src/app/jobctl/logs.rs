//! `jobctl logs`: what the runs of a job said.

use super::output::{Source, why};
use super::past::{past, run};
use super::refusal::Refusal;
use super::{Screen, configuration, print_line, say};
use crate::app::args::Logs;
use crate::app::exit;
use crate::compile;
use crate::config::Config;
use crate::history::{History, Run};
use crate::job::JobName;
use crate::job::schedule::Zone;
use crate::job::text::{one_line, printable};
use crate::job::when::{self, Side};
use crate::status::log::line;
use crate::sys::bus::{Bus, Interest, Orders};
use crate::sys::history::Store;
use crate::sys::journal::{Access, Follow, Query};
use crate::sys::run_log::{self, Next, Tail};
use chrono::{DateTime, Utc};
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::path::Path;

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
    match Source::of(&config) {
        Source::Journal => from_journal(arguments, &name, &part, zone),
        Source::Files(access, folder) => {
            say(&format!("{}; so this is from {}", why(access), folder.display()));
            Files { config: &config, folder, name: &name }.show(arguments, &history, &part)
        }
        Source::Nowhere(access) => {
            let code = if access == Access::Denied { exit::REFUSED } else { exit::UNAVAILABLE };
            let what = format!("{}; and no output_directory is configured for log files", why(access));
            Err(Refusal::new(code, what))
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

/// The log files of a job.
struct Files<'a> {
    config: &'a Config,
    folder: &'a Path,
    name: &'a JobName,
}

impl Files<'_> {
    fn show(&self, arguments: &Logs, history: &History, part: &Part<'_>) -> Result<u8, Refusal> {
        let mut starts = match part {
            Part::Run(run) => run.start.into_iter().collect(),
            Part::Since(since) => starts(history, *since),
        };
        let mut left_out = arguments.lines.map_or(0, |most| self.count(&starts).saturating_sub(most));
        let mut each = move |text: &str| {
            if left_out > 0 {
                left_out -= 1;
                return ControlFlow::Continue(());
            }
            print_line(&printable(text))
        };
        // a run that has ended says no more
        let only = match part {
            Part::Run(run) if arguments.run.is_some() => Some(*run),
            _ => None,
        };
        let follow = arguments.follow && only.is_none_or(|run| run.end.is_none());
        let growing = if follow { starts.pop() } else { None };
        if starts.is_empty() && !follow {
            say(&format!(
                "there is no log file of {}{}",
                self.name,
                if arguments.since.is_some() { " since then" } else { "" }
            ));
        }
        let mut code = exit::OK;
        for start in starts {
            let read = run_log::open(self.folder, self.name, start).and_then(|log| run_log::read(log, &mut each));
            match (read, part) {
                (Ok(()), _) => {}
                (Err(error), _) if error.kind() == ErrorKind::PermissionDenied => return Err(unread(&error)),
                // the others are shown all the same
                (Err(error), Part::Since(_)) if error.kind() == ErrorKind::NotFound => say(&error.to_string()),
                (Err(error), _) => {
                    let refusal = unread(&error);
                    say(&refusal.what);
                    code = refusal.code;
                }
            }
        }
        if !follow {
            return Ok(code);
        }
        let each = Box::new(each);
        let read = if let Some(run) = only {
            let tail = Tail::begin(self.only(run.start), each);
            wait_for_end(self.name, run)?;
            tail.finish()
        } else {
            let since = match part {
                Part::Since(since) => growing.unwrap_or(*since),
                Part::Run(_) => growing.unwrap_or(DateTime::UNIX_EPOCH),
            };
            Tail::begin(self.all(since), each).stay()
        };
        read.map_err(|error| unread(&error)).map(|()| code)
    }

    /// How many lines there are; none in what cannot be read.
    fn count(&self, starts: &[DateTime<Utc>]) -> usize {
        let mut count = 0;
        for start in starts {
            let each = |_: &str| {
                count += 1;
                ControlFlow::Continue(())
            };
            // the one who shows it says why not
            let _ = run_log::open(self.folder, self.name, *start).and_then(|log| run_log::read(log, each));
        }
        count
    }

    /// The file of one run.
    fn only(&self, mut start: Option<DateTime<Utc>>) -> Next {
        let (folder, name) = (self.folder.to_owned(), self.name.clone());
        Box::new(move || {
            let log = start.map_or(Ok(None), |start| run_log::open_if_there(&folder, &name, start))?;
            start = start.filter(|_| log.is_none());
            Ok(log)
        })
    }

    /// The files of the runs since then, and of all that will come.
    fn all(&self, mut since: DateTime<Utc>) -> Next {
        let (folder, name, store) =
            (self.folder.to_owned(), self.name.clone(), Store::new(&self.config.state_directory));
        Box::new(move || {
            let history = store.read(&name).unwrap_or_default().history;
            for start in starts(&history, since) {
                // one run may have been unable to write its file
                if let Some(log) = run_log::open_if_there(&folder, &name, start)? {
                    // two of one second share a file
                    since = DateTime::from_timestamp(start.timestamp() + 1, 0).unwrap_or(start);
                    return Ok(Some(log));
                }
            }
            Ok(None)
        })
    }
}

/// When the runs since then began. Two of one second share a file.
fn starts(history: &History, since: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let runs = history.runs.iter().filter(|run| !run.is_skipped());
    let mut starts: Vec<_> = runs.filter_map(|run| run.start).filter(|start| *start >= since).collect();
    starts.dedup_by_key(|start| start.timestamp());
    starts
}

fn unread(error: &io::Error) -> Refusal {
    let code = if error.kind() == ErrorKind::PermissionDenied { exit::REFUSED } else { exit::NO_JOB };
    Refusal::new(code, error.to_string())
}
