//! `jobctl timeline`: the coming day drawn.

use super::refusal::Refusal;
use super::upcoming::Upcoming;
use super::{Screen, configuration, print};
use crate::app::args::Timeline;
use crate::app::exit;
use crate::outlook::{svg, timeline as drawing};
use crate::page::{Header, Page};
use crate::sys::replace::{self, Existing};
use std::path::Path;

/// Everybody may look at a picture.
const MODE: u32 = 0o644;

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
        Some(path) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let cannot = |why: String| Refusal::new(exit::NOT_MADE, format!("{}: {why}", path.display()));
            let file =
                path.file_name().and_then(|file| file.to_str()).ok_or_else(|| cannot("no file name".to_owned()))?;
            replace::write(folder, file, MODE, svg(&jobs, window, &zone).as_bytes(), Existing::Replaced)
                .map_err(|error| cannot(error.to_string()))?;
        }
    }
    Ok(code)
}
