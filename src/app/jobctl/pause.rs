//! `jobctl pause`: a marker that the gate obeys. It needs no reload, and no root.

use super::meant::{agreed, meant};
use super::refusal::Refusal;
use super::{Screen, configuration, print};
use crate::app::args::Pause;
use crate::app::exit;
use crate::job::JobName;
use crate::job::text::one_line;
use crate::job::when::{self, Side};
use crate::page::words::date_and_time;
use crate::pause::{Marker, What};
use crate::sys::{journal, pause};

/// Pauses the jobs that are meant, or all. A run that goes on goes on.
pub(super) fn pause(arguments: &Pause) -> Result<u8, Refusal> {
    let config = configuration()?;
    let Screen { now, zone, .. } = Screen::new();
    let until =
        match &arguments.until {
            None => None,
            Some(text) => Some(when::parse(text, now, &zone, Side::Future).ok_or_else(|| {
                Refusal::usage(format!("--until: {} is no moment; {}", one_line(text), when::ALLOWED))
            })?),
        };
    if let Some(past) = until.filter(|until| *until <= now) {
        return Err(Refusal::usage(format!("--until: {} is over", date_and_time(past, &zone))));
    }
    let marker = Marker {
        what: until.map_or(What::All, What::Until),
        reason: one_line(arguments.reason.as_deref().unwrap_or_default()),
    };
    let end = until.map(|until| format!(" until {}", date_and_time(until, &zone))).unwrap_or_default();
    if arguments.all {
        if !arguments.steer.yes {
            agreed("pause every job, also those that come later")?;
        }
        pause::put(&config, None, &marker).map_err(|error| Refusal::of_marker(&config, "all jobs", &error))?;
        note(None, &marker, &end);
        print(&format!("all jobs are paused{end}\n"));
        return Ok(exit::OK);
    }
    let (jobs, mut codes) = meant(&config, &arguments.steer, "pause")?;
    for facts in jobs {
        let name = &facts.name;
        if let Err(error) = pause::put(&config, Some(name), &marker) {
            codes.refuse(name, &Refusal::of_marker(&config, name, &error));
            continue;
        }
        note(Some(name), &marker, &end);
        let run = if facts.running.is_some() { "; its run goes on" } else { "" };
        // there is one marker for each job, and this is another
        let skip = if facts.left_out.is_some() { "; its skip-next is taken back" } else { "" };
        print(&format!("{name} is paused{end}{run}{skip}\n"));
    }
    Ok(codes.code())
}

fn note(job: Option<&JobName>, marker: &Marker, end: &str) {
    let reason = Some(&marker.reason).filter(|reason| !reason.is_empty());
    journal::note(job, &format!("paused{end}{}", reason.map(|it| format!(" ({it})")).unwrap_or_default()));
}
