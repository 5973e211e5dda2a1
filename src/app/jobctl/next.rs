//! `jobctl next`: what will run when.

use super::refusal::Refusal;
use super::upcoming::Upcoming;
use super::{Screen, configuration, print, print_json};
use crate::app::args::Next;
use crate::outlook::{Outlooks, next as table};
use crate::page::{Header, Page};

/// Prints the starts to come.
pub(super) fn next(arguments: &Next) -> Result<u8, Refusal> {
    let config = configuration()?;
    let Screen { width, now, zone } = Screen::new();
    let Upcoming { window, jobs, code } = Upcoming::of(&config, &arguments.which, arguments.hours, now)?;
    if arguments.json {
        print_json(&Outlooks { window, jobs: &jobs });
        return Ok(code);
    }
    let header = if arguments.no_header { Header::Left } else { Header::Shown };
    print(&table(&jobs, Page { width, header, now, zone: &zone }));
    if header == Header::Shown && jobs.iter().all(|job| job.starts.is_empty()) {
        print(&format!("no timer starts a job in the next {} hours\n", arguments.hours));
    }
    Ok(code)
}
