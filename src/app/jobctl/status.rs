//! `jobctl status`: all jobs in one table, or one on a page of its own.

use super::chosen::{ask_systemd, chosen};
use super::one::one;
use super::refusal::Refusal;
use super::{Screen, configuration, print, print_json, say};
use crate::app::args::Status;
use crate::app::crontabs::Crontabs;
use crate::app::exit;
use crate::app::facts::host;
use crate::compile;
use crate::page::{Header, Page};
use crate::status::{Facts, Jobs, Selection, Timer, sort, table};
use crate::sys::bus::{Bus, Failure};
use crate::sys::clock;

/// Why no job has a timer.
const STOPPED: &str =
    "nothing is scheduled, as process-control.target is stopped: systemctl start process-control.target";
const CRON: &str = "systemd schedules nothing, as cron starts the jobs: jobctl migrate lets systemd do so";

/// Prints the jobs that were asked for. What files tell is told without a bus as well.
pub(super) fn status(arguments: &Status) -> Result<u8, Refusal> {
    let config = configuration()?;
    let selection = Selection { words: &arguments.which.jobs, tag: arguments.which.tag.as_deref() };
    // what only a table can obey asks for one
    let is_page = !arguments.json && !arguments.no_header && arguments.state.is_empty() && arguments.sort.is_none();
    if !arguments.json && !arguments.no_header {
        host(&config).warnings(clock::now()).iter().for_each(|line| say(line));
    }
    if let Some(word) = selection.single().filter(|_| is_page) {
        return one(&config, word, arguments.lines);
    }
    let (mut jobs, codes) = chosen(&config, &arguments.which)?;
    let mut code = codes.code();
    match Bus::system().and_then(|bus| ask_systemd(&bus, &mut jobs).and_then(|()| is_stopped(&bus, &jobs))) {
        Ok(true) if !arguments.json && !arguments.no_header => {
            say(if Crontabs::start_jobs(&config) { CRON } else { STOPPED });
        }
        Ok(_) => {}
        Err(error) => {
            say(&format!("systemd does not answer, so it is not known when jobs run next: {error}"));
            code = exit::UNAVAILABLE;
        }
    }
    jobs.retain(|facts| arguments.state.is_empty() || arguments.state.contains(&facts.state()));
    sort(&mut jobs, arguments.sort.unwrap_or_default());
    if arguments.json {
        print_json(&Jobs { jobs: &jobs });
    } else {
        let Screen { width, now, zone } = Screen::new();
        let header = if arguments.no_header { Header::Left } else { Header::Shown };
        print(&table(&jobs, Page { width, header, now, zone: &zone }));
    }
    Ok(code)
}

/// Whether the target is stopped that owns all timers; nobody asks while a timer runs.
fn is_stopped(bus: &Bus, jobs: &[Facts]) -> Result<bool, Failure> {
    let lack = jobs.iter().filter(|facts| facts.lacks_timer()).count();
    let run = jobs.iter().filter(|facts| matches!(facts.timer, Timer::On(_))).count();
    Ok(lack > 0 && run == 0 && bus.found(&["active"], &[compile::TARGET])?.is_empty())
}
