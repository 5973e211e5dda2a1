//! `jobctl status`: all jobs in one table, or one on a page of its own.

use super::chosen::{ask_systemd, chosen};
use super::one::one;
use super::refusal::Refusal;
use super::{Screen, configuration, print, print_json, say};
use crate::app::args::Status;
use crate::app::exit;
use crate::app::facts::host;
use crate::page::{Header, Page};
use crate::status::{Jobs, Selection, sort, table};
use crate::sys::bus::Bus;
use crate::sys::clock;

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
    if let Err(error) = Bus::system().and_then(|bus| ask_systemd(&bus, &mut jobs)) {
        say(&format!("systemd does not answer, so it is not known when jobs run next: {error}"));
        code = exit::UNAVAILABLE;
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
