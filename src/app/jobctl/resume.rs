//! `jobctl resume`: takes markers away.

use super::meant::meant;
use super::refusal::Refusal;
use super::{configuration, print, say};
use crate::app::args::Resume;
use crate::app::exit;
use crate::pause::Scope;
use crate::sys::pause::{Markers, Owners};
use crate::sys::{clock, journal, pause};

/// Resumes the jobs that are meant, or takes back that all are paused.
pub(super) fn resume(arguments: &Resume) -> Result<u8, Refusal> {
    let config = configuration()?;
    if arguments.all {
        pause::take_away(&config, None).map_err(|error| Refusal::of_marker(&config, "all jobs", &error))?;
        journal::note(None, "resumed");
        print("jobs run by their timers again; those that were paused by their names stay paused\n");
        return Ok(exit::OK);
    }
    for facts in meant(&config, &arguments.steer, "resume")? {
        let name = &facts.name;
        let marker = Markers::new(&config, Owners::Named).own(name);
        pause::take_away(&config, Some(name)).map_err(|error| Refusal::of_marker(&config, name, &error))?;
        let other = Markers::new(&config, Owners::Named).pause(name, clock::now());
        match (&marker, &other) {
            (_, Some(hold)) => {
                let cure = match hold.scope {
                    Scope::EveryJob => "; jobctl resume --all ends that",
                    Scope::Job | Scope::Automatic => "",
                };
                say(&format!("{name} stays paused {hold}{cure}"));
            }
            (Some(_), None) => print(&format!("{name} runs by its timer again\n")),
            (None, None) => print(&format!("{name} was not paused\n")),
        }
        if marker.is_some() {
            journal::note(Some(name), "resumed");
        }
    }
    Ok(exit::OK)
}
