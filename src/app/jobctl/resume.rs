//! `jobctl resume`: takes markers away.

use super::codes::Codes;
use super::meant::meant;
use super::refusal::Refusal;
use super::{configuration, print, say};
use crate::app::args::Resume;
use crate::app::exit;
use crate::config::Config;
use crate::job::JobName;
use crate::pause::{Pace, Scope};
use crate::status::Facts;
use crate::sys::jobs::Folder;
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
    let mut steer = arguments.steer.clone();
    let gone = gone(&config, &mut steer.which.jobs);
    let nothing_else = steer.which.jobs.is_empty() && !gone.is_empty();
    let (jobs, mut codes) =
        if nothing_else { (Vec::new(), Codes::default()) } else { meant(&config, &steer, "resume")? };
    for name in &gone {
        if let Err(error) = pause::take_away(&config, Some(name)) {
            codes.refuse(name, &Refusal::of_marker(&config, name, &error));
            continue;
        }
        print(&format!("{name}: there is no such job any more, and its pause is taken back\n"));
        journal::note(Some(name), "resumed");
    }
    for facts in &jobs {
        match resumed(&config, facts, arguments.slow_start) {
            Ok(exit::OK) => {}
            Ok(code) => codes.note(&facts.name, code),
            Err(refusal) => codes.refuse(&facts.name, &refusal),
        }
    }
    Ok(codes.code())
}

/// Resumes one job.
fn resumed(config: &Config, facts: &Facts, slow_start: bool) -> Result<u8, Refusal> {
    let name = &facts.name;
    let until = facts.job.as_ref().and_then(|job| job.slow_start_until);
    // what cannot be as it is asked for stays as it is
    if slow_start && until.is_none() {
        return Err(Refusal::usage(format!("{name}: its file has no slow_start: until_successes")));
    }
    let pace = if slow_start { Pace::Slow } else { Pace::Normal };
    let mut markers = Markers::new(config, Owners::Named);
    let was_paused = markers.own(name).is_some() || markers.automatic(name).is_some();
    let refused = |error| Refusal::of_marker(config, name, &error);
    pause::take_away(config, Some(name)).map_err(refused)?;
    if was_paused || pace == Pace::Slow {
        pause::resume(config, name, pace).map_err(refused)?;
    }
    if was_paused {
        journal::note(Some(name), "resumed");
    }
    let other = Markers::new(config, Owners::Named).pause(name, clock::now());
    match (was_paused, &other) {
        (_, Some(hold)) => {
            let cure = match hold.scope {
                Scope::EveryJob => "; jobctl resume --all ends that",
                Scope::Job | Scope::Automatic => "",
            };
            say(&format!("{name} stays paused {hold}{cure}"));
            return Ok(exit::STAYS);
        }
        (_, None) if pace == Pace::Slow => print(&format!("{name} starts slowly by its timer\n")),
        (true, None) if facts.has_no_timer() => print(&format!("{name} is paused no longer\n")),
        (true, None) => print(&format!("{name} runs by its timer again\n")),
        (false, None) => print(&format!("{name} was not paused\n")),
    }
    Ok(exit::OK)
}

/// Takes the names of jobs out that have a marker and no file.
fn gone(config: &Config, words: &mut Vec<String>) -> Vec<JobName> {
    let Ok(folder) = Folder::open(&config.job_directory) else { return Vec::new() };
    let mut markers = Markers::new(config, Owners::Named);
    let mut is_gone = |name: &JobName| folder.read(name).is_none() && markers.own(name).is_some();
    let gone = words.extract_if(.., |word| JobName::from_argument(word).is_ok_and(|name| is_gone(&name)));
    gone.filter_map(|word| JobName::from_argument(&word).ok()).collect()
}
