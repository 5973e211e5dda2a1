//! `jobctl timeline`: the coming day drawn.

use super::refusal::Refusal;
use super::upcoming::Upcoming;
use super::written::written;
use super::{Screen, configuration, print};
use crate::app::args::Timeline;
use crate::outlook::{svg, timeline as drawing};
use crate::page::{Header, Page};
use std::path::Path;

/// Draws the jobs that start in the coming hours, or run now.
pub(super) fn timeline(arguments: &Timeline) -> Result<u8, Refusal> {
    let config = configuration()?;
    let Screen { width, now, zone } = Screen::new();
    let Upcoming { window, mut jobs, code } = Upcoming::of(&config, &arguments.which, arguments.hours, now)?;
    jobs.retain(|job| !job.starts.is_empty() || job.running.is_some());
    match arguments.svg.as_deref() {
        None if jobs.is_empty() => print(&format!("no timer starts a job in the next {} hours\n", arguments.hours)),
        None => print(&drawing(&jobs, window, Page { width, header: Header::Shown, now, zone: &zone })),
        Some(path) if path == Path::new("-") => print(&svg(&jobs, window, &zone)),
        Some(path) => written(path, svg(&jobs, window, &zone).as_bytes())?,
    }
    Ok(code)
}
