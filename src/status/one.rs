//! Everything about one job, on one page.

use super::Facts;
use super::explain::{clock_of, moment};
use super::history::{numbered, runs};
use super::log::{Line, line};
use super::table::{HELD_UP, attempt, colour, held_up, names, outcome_colour};
use crate::history::History;
use crate::job::schedule::Zone;
use crate::job::text::{one_line, printable};
use crate::job::{Activity, CatchUp, Job, Limits, Overtime, Problem, Timing};
use crate::page::Page;
use crate::page::words::{clock, date_and_time, span};
use crate::pause::{Scope, What};
use anstyle::Style;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What the page is made of.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// What is known of the job.
    pub facts: &'a Facts,
    /// Its file.
    pub file: &'a Path,
    /// What is wrong with the file.
    pub problems: &'a [Problem],
    /// Its units with their files; none where systemd did not tell.
    pub units: &'a [(String, Vec<PathBuf>)],
    /// Why systemd could not start it the last time, if it could not.
    pub refused: Option<&'a str>,
    /// All its runs that are known.
    pub history: &'a History,
    /// The rules of its zone.
    pub zone: &'a Zone,
    /// The last lines of its last run, or why there are none.
    pub log: Result<&'a [Line], &'a str>,
}

const STRING: &str = "a String takes every write";
/// So wide are the words at the left.
const LABEL: usize = 9;
/// So many runs are shown.
const RUNS: usize = 10;
/// So many times to come are shown.
const NEXT: usize = 5;

/// The page, in colours that the writer may take away.
pub fn one(about: &About<'_>, page: Page<'_>) -> String {
    let facts = about.facts;
    let mut out = String::new();
    let bold = Style::new().bold();
    let title = facts.job.as_ref().map(|job| format!(" - {}", job.title)).unwrap_or_default();
    writeln!(out, "{bold}{}{bold:#}{title}", facts.name).expect(STRING);
    for text in facts.job.iter().filter_map(|job| job.description.as_ref()).flat_map(|text| text.trim_end().lines()) {
        writeln!(out, "  {}", printable(text)).expect(STRING);
    }
    let mut fields = Fields(out);
    fields.add("state", &state(facts, page));
    fields.add("why", about.refused.unwrap_or_default());
    fields.add(HELD_UP, &facts.lock_wait.as_ref().map(held_up).unwrap_or_default());
    fields.add("retry", &retry(facts, page));
    fields.add("paused", &paused(facts, page));
    fields.add("last", &last(facts, page));
    fields.add("file", &printable(&about.file.to_string_lossy()));
    fields.all("problem", &about.problems.iter().map(|problem| one_line(&problem.to_string())).collect::<Vec<_>>());
    if let Some(job) = &facts.job {
        fields.add("runs", &format!("{}{}", job.timing.words(), by_clock(job, about.zone)));
        fields.add("waits", &waits(facts));
        fields.all("next", &next(about, job, page));
        fields.all("command", &job.commands.iter().map(|command| printable(&command.to_string())).collect::<Vec<_>>());
        let slow = job.slow_start.iter().map(|command| printable(&command.to_string()));
        fields.all("slow", &slow.collect::<Vec<_>>());
        fields.add("late", &facts.late.map(super::late).unwrap_or_default());
        fields.add("pace", &pace(facts, job));
        fields.all("limits", &limits(job));
        fields.add("tags", &job.tags.join(", "));
    }
    let units = about.units.iter().map(|(unit, files)| {
        let drop_ins: Vec<String> = files.iter().skip(1).map(|file| format!(", with {}", file.display())).collect();
        format!("{unit}{}", drop_ins.concat())
    });
    fields.all("units", &units.collect::<Vec<_>>());
    let Fields(mut out) = fields;
    past(about, page, &mut out);
    out
}

struct Fields(String);

impl Fields {
    fn add(&mut self, label: &str, text: &str) {
        if !text.is_empty() {
            writeln!(self.0, "{label:>LABEL$}: {text}").expect(STRING);
        }
    }

    fn all(&mut self, label: &str, texts: &[String]) {
        for (place, text) in texts.iter().enumerate() {
            match place {
                0 => self.add(label, text),
                _ => writeln!(self.0, "{:LABEL$}  {text}", "").expect(STRING),
            }
        }
    }
}

fn state(facts: &Facts, page: Page<'_>) -> String {
    let state = facts.state();
    let style = colour(state);
    let word = if facts.lock_wait.is_some() { HELD_UP } else { state.word() };
    let mut text = format!("{style}{word}{style:#}");
    if let Some(running) = facts.running {
        let since = running.since.map(|since| format!(" for {}", span(page.now - since))).unwrap_or_default();
        let pid = running.pid.filter(|pid| *pid > 0).map(|pid| format!(", process {pid}")).unwrap_or_default();
        write!(text, "{since}{pid}").expect(STRING);
    }
    text
}

/// The attempt that comes.
fn retry(facts: &Facts, page: Page<'_>) -> String {
    let when = facts.retry.map(|at| moment(at, page.now, page.zone));
    when.map(|when| format!("{}, {when}", attempt(facts))).unwrap_or_default()
}

/// Those whose success it waits for.
fn waits(facts: &Facts) -> String {
    let others = facts.waits_for.as_ref().filter(|others| !others.is_empty());
    others.map(|others| format!("for a success of {}", names(others))).unwrap_or_default()
}

/// How its timer starts it, where that is not as ever.
fn pace(facts: &Facts, job: &Job) -> String {
    let tally = &facts.recent.tally;
    match job.slow_start_until.filter(|_| tally.slow_start) {
        Some(until) => {
            let so_far = tally.successes_in_a_row;
            format!("slow start until {until} runs in a row have succeeded, {so_far} so far")
        }
        None => String::new(),
    }
}

fn paused(facts: &Facts, page: Page<'_>) -> String {
    let Some(hold) = &facts.pause else { return String::new() };
    let all = if hold.scope == Scope::EveryJob { " (all jobs)" } else { "" };
    let until = match hold.marker.what {
        What::Until(end) => format!(", until {}", date_and_time(end, page.zone)),
        What::All | What::Slot(_) => String::new(),
    };
    let reason = Some(&hold.marker.reason).filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("by {}{all} since {}{until}{reason}", hold.by, date_and_time(hold.since, page.zone))
}

fn last(facts: &Facts, page: Page<'_>) -> String {
    let Some((run, end)) = facts.last_run().and_then(|run| Some((run, run.end.as_ref()?))) else {
        return String::new();
    };
    let style = outcome_colour(end.outcome);
    let took = run.took().map(|took| format!(", took {}", span(took))).unwrap_or_default();
    let why = end.reason.as_ref().map(|why| format!(": {}", one_line(why))).unwrap_or_default();
    format!("{style}{}{style:#}, {} ago{took}{why}", super::outcome(run, facts.next_attempt()), span(page.now - end.at))
}

fn by_clock(job: &Job, zone: &Zone) -> String {
    match job.timing {
        Timing::Schedule(_) | Timing::Calendar(_) => format!(", by {}", clock_of(zone)),
        Timing::Manual | Timing::Every(_) | Timing::AtBoot | Timing::After(_) => String::new(),
    }
}

/// systemd's word for the next start, with the delay that it adds; the rest by the schedule.
fn next(about: &About<'_>, job: &Job, page: Page<'_>) -> Vec<String> {
    let facts = about.facts;
    if job.activity == Activity::Disabled {
        return vec!["never, as it is disabled; it can be started by hand".to_owned()];
    }
    if facts.lacks_timer() {
        return vec![
            "its timer does not run: is process-control.target active? does systemd know the file?".to_owned(),
        ];
    }
    let by_span = matches!(job.timing, Timing::Every(_));
    let shown = facts.starts(about.zone, page.now).take(NEXT).enumerate().map(|(place, at)| {
        let held = match &facts.pause {
            Some(hold) if hold.pauses(at) => ", paused",
            _ if facts.leaves_out(at) => ", left out",
            // each counts from the start before it
            _ if by_span && (place > 0 || facts.running.is_some()) => ", expected",
            _ => "",
        };
        format!("{}{held}", moment(at, page.now, page.zone))
    });
    shown.collect()
}

fn limits(job: &Job) -> Vec<String> {
    // one that is not told does not compile
    let Limits { nice, io_class, memory_max, cpu_quota, tasks_max } = &job.limits;
    let mut all = vec![
        job.timeout.map_or("no timeout".to_owned(), |timeout| format!("timeout {timeout}")),
        format!("kill_grace {}", job.kill_grace),
    ];
    all.extend(memory_max.as_ref().map(|bytes| format!("memory_max {bytes}")));
    all.extend(cpu_quota.map(|percent| format!("cpu_quota {percent}%")));
    all.extend(tasks_max.map(|tasks| format!("tasks_max {tasks}")));
    all.extend(nice.map(|nice| format!("nice {nice}")));
    all.extend(io_class.as_ref().map(|class| format!("io_class {class}")));
    all.extend(job.retries.map(|retries| {
        let up_to = retries.longest.map(|longest| format!(" up to {longest}")).unwrap_or_default();
        format!("retries {} after {}{up_to}", retries.most, retries.delay)
    }));
    all.extend(watched(job));
    all.extend(job.sandbox.of_units().map(str::to_owned));
    all.extend(job.sandbox.allowed().map(|key| format!("{key} allowed")));
    all.extend((!job.conflicts.is_empty()).then(|| format!("never together with {}", names(&job.conflicts))));
    all.extend(job.lock_group.as_ref().map(|group| format!("lock_group {group} of {}", job.lock_group_size)));
    all.extend((!job.lock_wait.is_zero()).then(|| format!("lock_wait {}", job.lock_wait)));
    all.extend((!job.random_delay.is_zero()).then(|| format!("random_delay {}", job.random_delay)));
    all.extend((job.catch_up == CatchUp::Latest).then(|| "catch_up latest".to_owned()));
    all.extend((job.overtime == Overtime::Quiet).then(|| "allow_overtime".to_owned()));
    vec![all.join(", ")]
}

/// What is told of it, and what pauses it.
fn watched(job: &Job) -> Vec<String> {
    let codes: Vec<String> = job.unrecoverable_exit_codes.iter().map(ToString::to_string).collect();
    let all = [
        job.pause_after_failures.map(|most| format!("pause_after_failures {most}")),
        (!codes.is_empty()).then(|| format!("unrecoverable_exit_codes {}", codes.join(" "))),
        job.late_after.map(|late| format!("late_after {late}")),
        job.expected_duration.map(|expected| format!("expected_duration {expected}")),
    ];
    all.into_iter().flatten().collect()
}

fn past(about: &About<'_>, page: Page<'_>, out: &mut String) {
    let all = numbered(about.history);
    let (real, skipped): (Vec<_>, Vec<_>) = all.into_iter().partition(|entry| entry.number.is_some());
    let shown = &real[..real.len().min(RUNS)];
    if shown.is_empty() {
        out.push_str("\nno run is known\n");
    } else {
        write!(out, "\n{}", runs(shown, page)).expect(STRING);
    }
    if let Some(last) = skipped.first().and_then(|entry| Some((entry.run.start?, entry.run.end.as_ref()?))) {
        let why = last.1.reason.as_deref().map(one_line).unwrap_or_default();
        let when = clock(last.0, page.now, page.zone);
        writeln!(out, "{} skipped, the last at {when}: {why}", crate::page::words::count(skipped.len(), "start"))
            .expect(STRING);
    }
    match about.log {
        Ok([]) => {}
        Ok(lines) => {
            out.push('\n');
            for said in lines {
                writeln!(out, "{}", line(said, page.zone)).expect(STRING);
            }
        }
        Err(why) => writeln!(out, "\nno log: {why}").expect(STRING),
    }
}
