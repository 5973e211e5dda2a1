//! `jobctl resume`: takes markers away.

use super::meant::meant;
use super::refusal::Refusal;
use super::{configuration, print, say};
use crate::app::args::Resume;
use crate::app::exit;
use crate::config::Config;
use crate::job::JobName;
use crate::pause::Scope;
use crate::sys::jobs::Folder;
use crate::sys::pause::{Markers, Owners, Pace};
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
    if let Some(gone) = gone(&config, &arguments.steer.which.jobs) {
        for name in &gone {
            pause::take_away(&config, Some(name)).map_err(|error| Refusal::of_marker(&config, name, &error))?;
            print(&format!("{name}: there is no such job any more, and its pause is taken back\n"));
            journal::note(Some(name), "resumed");
        }
        return Ok(exit::OK);
    }
    let mut code = exit::OK;
    for facts in meant(&config, &arguments.steer, "resume")? {
        let name = &facts.name;
        let mut markers = Markers::new(&config, Owners::Named);
        let was_paused = markers.own(name).is_some() || markers.automatic(name).is_some();
        let refused = |error| Refusal::of_marker(&config, name, &error);
        pause::take_away(&config, Some(name)).map_err(refused)?;
        let pace = match facts.job.as_ref().and_then(|job| job.slow_start_until) {
            Some(_) if arguments.slow_start => Pace::Slow,
            None if arguments.slow_start => {
                return Err(Refusal::usage(format!("{name}: its file has no slow_start: until_successes")));
            }
            _ => Pace::Normal,
        };
        if was_paused || pace == Pace::Slow {
            pause::resume(&config, name, pace).map_err(refused)?;
        }
        let other = Markers::new(&config, Owners::Named).pause(name, clock::now());
        match (was_paused, &other) {
            (_, Some(hold)) => {
                let cure = match hold.scope {
                    Scope::EveryJob => "; jobctl resume --all ends that",
                    Scope::Job | Scope::Automatic => "",
                };
                say(&format!("{name} stays paused {hold}{cure}"));
                code = exit::STAYS;
            }
            (_, None) if pace == Pace::Slow => print(&format!("{name} starts slowly by its timer\n")),
            (true, None) if facts.has_no_timer() => print(&format!("{name} is paused no longer\n")),
            (true, None) => print(&format!("{name} runs by its timer again\n")),
            (false, None) => print(&format!("{name} was not paused\n")),
        }
        if was_paused {
            journal::note(Some(name), "resumed");
        }
    }
    Ok(code)
}

/// Jobs that have a marker and no file, if that is what all words mean.
fn gone(config: &Config, words: &[String]) -> Option<Vec<JobName>> {
    let folder = Folder::open(&config.job_directory).ok()?;
    let mut markers = Markers::new(config, Owners::Named);
    let mut is_gone = |name: &JobName| folder.read(name).is_none() && markers.own(name).is_some();
    let names: Vec<JobName> = words.iter().filter_map(|word| JobName::from_argument(word).ok()).collect();
    (!words.is_empty() && names.len() == words.len() && names.iter().all(&mut is_gone)).then_some(names)
}
