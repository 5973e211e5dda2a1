//! `jobctl history`: the runs of a job.

use super::past::past;
use super::refusal::Refusal;
use super::{Screen, configuration, print, print_json};
use crate::app::args::History;
use crate::app::exit;
use crate::page::{Header, Page};
use crate::status::{Runs, numbered, runs};

/// Prints every run that is known, the last one first.
pub(super) fn history(arguments: &History) -> Result<u8, Refusal> {
    let config = configuration()?;
    let (name, history) = past(&config, &arguments.job)?;
    let entries = numbered(&history);
    if arguments.json {
        print_json(&Runs { job: &name, runs: &entries });
        return Ok(exit::OK);
    }
    let Screen { width, now, zone } = Screen::new();
    let header = if arguments.no_header { Header::Left } else { Header::Shown };
    print(&runs(&entries, Page { width, header, now, zone: &zone }));
    if entries.is_empty() && header == Header::Shown {
        print(&format!("{name} has not run yet\n"));
    }
    Ok(exit::OK)
}
