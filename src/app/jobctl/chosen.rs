//! The jobs that a command line means, with all that is known of them.

use super::codes::Codes;
use super::refusal::Refusal;
use crate::app::args::Which;
use crate::app::exit;
use crate::app::facts::Sources;
use crate::app::others::Others;
use crate::compile;
use crate::config::Config;
use crate::job::text::one_line;
use crate::job::{Job, JobName, Timing};
use crate::run::due;
use crate::status::{Facts, Running, Selection, Service, Timer, Unknown};
use crate::sys::bus::{Bus, Doing, Failure, Found};
use crate::sys::clock;
use crate::sys::zone::Zones;

/// The jobs that are meant, as files and locks tell of them; and what becomes of the words that mean none.
pub(super) fn chosen(config: &Config, which: &Which) -> Result<(Vec<Facts>, Codes), Refusal> {
    let selection = Selection { words: &which.jobs, tag: which.tag.as_deref() };
    let mut sources = Sources::open(config).map_err(|error| Refusal::no_jobs(config, &error))?;
    let names = sources.names().map_err(|error| Refusal::no_jobs(config, &error))?;
    let (names, codes) = told(selection.of(names))?;
    let jobs = names.into_iter().filter_map(|name| sources.facts(name));
    let mut jobs: Vec<Facts> = jobs.filter(|facts| selection.has_tag(facts.job.as_ref())).collect();
    let all = selection.words.is_empty() && selection.tag.is_none();
    let others = if all { Others::all(config, &jobs) } else { Others::of(config) };
    others.tell(&mut jobs);
    match selection.tag.filter(|_| jobs.is_empty()) {
        Some(tag) => {
            let what = format!("no job that is meant has the tag {}", one_line(tag));
            Err(Refusal::new(exit::NO_JOB, what))
        }
        None => Ok((jobs, codes)),
    }
}

/// The names of the jobs that are meant; and what becomes of the words that mean none.
pub(super) fn names(config: &Config, words: &[String]) -> Result<(Vec<JobName>, Codes), Refusal> {
    let sources = Sources::open(config).map_err(|error| Refusal::no_jobs(config, &error))?;
    let names = sources.names().map_err(|error| Refusal::no_jobs(config, &error))?;
    told(Selection { words, tag: None }.of(names))
}

/// Says which words mean no job. That is a refusal where no word means any.
fn told((names, mut unknown): (Vec<JobName>, Vec<Unknown>)) -> Result<(Vec<JobName>, Codes), Refusal> {
    let last = if names.is_empty() { unknown.pop() } else { None };
    let mut codes = Codes::default();
    for unknown in unknown {
        codes.refuse(unknown.word.clone(), &Refusal::from(unknown));
    }
    last.map_or(Ok((names, codes)), |last| Err(Refusal::from(last)))
}

/// The one job that is meant by its name, plain or as it stands in a unit name.
pub(super) fn single(config: &Config, word: &str) -> Result<Facts, Refusal> {
    let mut sources = Sources::open(config).map_err(|error| Refusal::no_jobs(config, &error))?;
    let exact = JobName::from_argument(word).ok().and_then(|name| sources.facts(name));
    match exact {
        Some(mut facts) => {
            Others::of(config).tell(std::slice::from_mut(&mut facts));
            Ok(facts)
        }
        None => Err(unknown_name(config, word, Vec::new())),
    }
}

/// The refusal of a word that names no job, with the names that are near it: of those that have a file, and
/// these besides.
pub(super) fn unknown_name(config: &Config, word: &str, mut names: Vec<JobName>) -> Refusal {
    match Sources::open(config).and_then(|sources| sources.names()) {
        Ok(known) => names.extend(known),
        Err(error) => return Refusal::no_jobs(config, &error),
    }
    names.sort();
    names.dedup();
    Refusal::from(Unknown::of(word, &names))
}

/// Adds what only systemd knows: when each timer elapses, what runs although its lock is free, what failed
/// before it came to a run.
pub(super) fn ask_systemd(bus: &Bus, jobs: &mut [Facts]) -> Result<(), Failure> {
    let timers = bus.found(&["active"], &["job@*.timer"])?;
    let services =
        bus.found(&["active", "activating", "deactivating", "failed"], &["job@*.service", "job-slow-start@*.service"])?;
    for facts in &mut *jobs {
        let names = [compile::service_name(&facts.name), compile::slow_start_name(&facts.name)];
        let found: Vec<&Found> = names.iter().filter_map(|name| services.get(name)).collect();
        let any = |does| found.iter().any(|unit| unit.does == does);
        if any(Doing::Runs) && facts.running.is_none() {
            let since = facts.recent.open.as_ref().and_then(|run| run.start);
            facts.running = Some(Running { pid: None, since });
        }
        facts.service = if any(Doing::Failed) { Service::Failed } else { Service::Quiet };
        // who stops a unit that waits takes its next attempt away
        facts.retry = facts.retry.filter(|_| any(Doing::Waits) || facts.running.is_some());
        facts.timer = Timer::Off;
    }
    let (places, found): (Vec<usize>, Vec<&Found>) = jobs
        .iter()
        .enumerate()
        .filter_map(|(place, facts)| Some((place, timers.get(&compile::timer_name(&facts.name))?)))
        .unzip();
    let mut without = Vec::new();
    for ((place, timer), next) in places.into_iter().zip(&found).zip(bus.next_elapses(&found)?) {
        jobs[place].timer = Timer::On(next.and_then(clock::of_micros));
        let by_span = |job: &Job| matches!(job.timing, Timing::Every(_));
        if next.is_none() && jobs[place].job.as_ref().is_some_and(by_span) {
            without.push((place, *timer));
        }
    }
    // key `every` goes by the monotonic clock
    let timers: Vec<&Found> = without.iter().map(|(_, timer)| *timer).collect();
    for ((place, _), next) in without.iter().zip(bus.next_monotonic(&timers)?) {
        jobs[*place].timer = Timer::On(next.and_then(clock::of_monotonic));
    }
    let mut zones = Zones::default();
    let now = clock::now();
    for facts in jobs.iter_mut().filter(|facts| facts.left_out.is_some() || facts.running.is_some()) {
        let zone = zones.get(facts.job.as_ref().and_then(|job| job.timing.zone(job.zone.as_ref())));
        facts.foresee(zone, now);
        let (Some(job), Some(next)) = (&facts.job, facts.next()) else { continue };
        let slot = job.timing.slots(zone).and_then(|slots| slots.last_at_or_before(next));
        facts.left_out = facts.left_out.filter(|last| due::left_out(job, slot, next, *last));
    }
    Ok(())
}
