//! `jobctl status NAME`: everything about one job.

use super::chosen::{ask_systemd, single};
use super::output::{Source, why};
use super::own_units::own_units;
use super::refusal::Refusal;
use super::{Screen, print, say};
use crate::app::exit;
use crate::app::others::Others;
use crate::compile;
use crate::config::Config;
use crate::history::History;
use crate::job::{Job, JobName, Problem};
use crate::page::{Header, Page};
use crate::status::log::{Line, Speaker};
use crate::status::{About, Service, one as page, refused};
use crate::sys::bus::{Bus, Failure, Rest};
use crate::sys::history::Store;
use crate::sys::jobs::Folder;
use crate::sys::journal::Query;
use crate::sys::run_log;
use crate::sys::zone::Zones;
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// Prints the page.
pub(super) fn one(config: &Config, word: &str, lines: usize) -> Result<u8, Refusal> {
    let mut facts = single(config, word)?;
    let name = facts.name.clone();
    let mut code = exit::OK;
    let mut units = Vec::new();
    let mut refusal = None;
    let history = Store::new(&config.state_directory).read(&name).unwrap_or_default().history;
    let asked = Bus::system().and_then(|bus| {
        ask_systemd(&bus, std::slice::from_mut(&mut facts))?;
        units = own_units(&bus, &name)?;
        if facts.service == Service::Failed {
            refusal = why_refused(&bus, &name, &history)?;
        }
        Ok(())
    });
    if let Err(error) = asked {
        say(&format!("systemd does not answer, so it is not known when the job runs next: {error}"));
        code = exit::UNAVAILABLE;
    }
    let log = if lines == 0 { Ok(Vec::new()) } else { last_words(config, &name, &history, lines) };
    let mut zones = Zones::default();
    let zone = zones.get(facts.job.as_ref().and_then(|job| job.timing.zone(job.zone.as_ref())));
    let Screen { width, now, zone: here } = Screen::new();
    let about = About {
        facts: &facts,
        file: &config.job_directory.join(format!("{name}.yaml")),
        problems: &problems(config, &name),
        units: &units,
        refused: refusal.as_deref(),
        history: &history,
        zone,
        log: log.as_deref().map_err(String::as_str),
    };
    print(&page(&about, Page { width, header: Header::Shown, now, zone: &here }));
    Ok(code)
}

/// Why systemd could not begin the last start of the job's units. A command can exit with any code, but then there
/// was a run.
fn why_refused(bus: &Bus, name: &JobName, history: &History) -> Result<Option<String>, Failure> {
    for service in [compile::service_name(name), compile::slow_start_name(name)] {
        let (id, Rest { result, status }) = bus.last_start(&service)?;
        if let Some(why) = refused(&result, status).filter(|_| history.run(&id).is_none()) {
            return Ok(Some(why));
        }
    }
    Ok(None)
}

/// What is wrong with the job's file.
fn problems(config: &Config, name: &JobName) -> Vec<Problem> {
    let file = Folder::open(&config.job_directory).ok().and_then(|folder| folder.read(name));
    match file {
        Some(Ok(file)) => {
            let (job, mut problems) = Job::read(name, &file.bytes, &config.defaults, &config.ceilings);
            problems.extend(job.iter().flat_map(|job| Others::of(config).problems(job, &file.bytes)));
            problems.sort_by_key(|problem| problem.place);
            problems
        }
        Some(Err(problem)) => vec![problem],
        None => Vec::new(),
    }
}

/// The last lines of the last run, or why there are none.
fn last_words(config: &Config, name: &JobName, history: &History, lines: usize) -> Result<Vec<Line>, String> {
    let Some(run) = history.last_run() else { return Ok(Vec::new()) };
    let mut found = VecDeque::new();
    match Source::of(config) {
        Source::Journal => {
            let mut query = Query::runs([run.id.as_str()]);
            query.last = Some(lines);
            let read = query.read(|line| {
                found.push_back(line);
                ControlFlow::Continue(())
            });
            read.map_err(|error| error.to_string())?;
        }
        Source::Nowhere(access) => return Err(why(access).to_owned()),
        Source::Files(_, folder) => {
            let Some(start) = run.start else { return Ok(Vec::new()) };
            let each = |text: &str| {
                let from = Speaker::Run(run.id.clone());
                found.push_back(Line { at: start, from, priority: 6, text: text.to_owned() });
                if found.len() > lines {
                    found.pop_front();
                }
                ControlFlow::Continue(())
            };
            let read = run_log::open(folder, name, start).and_then(|log| run_log::read(log, each));
            read.map_err(|error| error.to_string())?;
        }
    }
    Ok(found.into())
}
