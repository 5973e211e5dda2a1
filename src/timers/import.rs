//! Jobs from pairs of a timer and its service.

use super::Said;
use super::command::commands;
use super::environment::variables;
use super::file::{Source, Unit, timer_name};
use super::service::{Rest, rest, user};
use super::timing::{When, when};
use crate::crontab::{Host, Imported, Kind, Users, Wanted};
use crate::job::template::{self, Keys, Scalar, Timing};
use crate::job::text::printable;
use crate::job::{Activity, Job, JobName, Problem, Severity};
use crate::unit::UnitName;

/// A timer and what it starts.
#[derive(Clone, Debug)]
pub struct Pair<'a> {
    /// The name of the timer, without `.timer`.
    pub stem: &'a str,
    /// Its file and its drop-ins.
    pub timer: Vec<Source<'a>>,
    /// The name of the service.
    pub service_name: &'a str,
    /// Its file and its drop-ins; none if there is no such file.
    pub service: Vec<Source<'a>>,
    /// Whether systemd starts the timer.
    pub start: Start,
}

impl Pair<'_> {
    /// Whether a file of it has this `FILE:LINE`.
    fn reads(&self, at: &str) -> bool {
        let is_of = |source: &Source<'_>| {
            at.strip_prefix(source.label).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        self.timer.iter().chain(&self.service).any(is_of)
    }
}

/// Whether systemd starts a timer at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It does, or nobody knows.
    Maybe,
    /// It does not, so nothing may run that did not run before.
    Never,
}

/// Makes jobs.
pub fn import(pairs: &[Pair<'_>], wanted: Wanted, host: &Host<'_>) -> Imported {
    let mut imported = Imported::default();
    for (place, pair) in pairs.iter().enumerate() {
        let made = imported.files.len();
        let mut said = take(&mut imported, pair, wanted, host).unwrap_or_else(|said| said);
        let other = pairs[..place].iter().find(|other| other.service_name == pair.service_name);
        if let (Some(other), Some(source)) = (other.filter(|_| imported.files.len() > made), pair.timer.first()) {
            let what = format!(
                "{}.timer starts {} too; systemd runs it once at a time, and two jobs need the key conflicts for that",
                other.stem, pair.service_name
            );
            said.push(Said::note(source.label, what));
        }
        imported.not_carried += said.iter().filter(|said| said.kind == Kind::NotCarried).count();
        let others = || pairs.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other);
        for said in said {
            // a template, or a drop-in for many units, does not tell by its name which job this is about
            let whose =
                if others().any(|other| other.reads(&said.at)) { timer_name(pair.stem) + ": " } else { String::new() };
            imported.said.push(printable(&format!("{}: {whose}{}", said.at, said.what)));
        }
    }
    imported
}

/// Takes a pair, and gives what is to be said of it.
///
/// # Errors
/// What is to be said of a pair that cannot come along.
fn take(imported: &mut Imported, pair: &Pair<'_>, wanted: Wanted, host: &Host<'_>) -> Result<Vec<Said>, Vec<Said>> {
    let (timer, service) = (Unit::read(&pair.timer), Unit::read(&pair.service));
    let timer_name = timer_name(pair.stem);
    let alone = |said: Said| vec![said];
    let unreadable = |source: &&Source<'_>| std::str::from_utf8(source.bytes).is_err();
    if let Some(source) = pair.timer.iter().chain(&pair.service).find(unreadable) {
        return Err(alone(Said::not_carried(source.label, "this is not UTF-8; write it in UTF-8")));
    }
    if UnitName::of(&timer_name).is_template() {
        let what = format!(
            "no instance of this template is enabled, started or a file of its own, so nothing runs; to make a job of one, give \
             it as FILE: {}NAME.timer",
            pair.stem
        );
        return Err(alone(Said::not_carried(&timer.at, what)));
    }
    if pair.service.is_empty() {
        let what = format!("there is no file of {}, which it starts", pair.service_name);
        return Err(alone(Said::not_carried(&timer.at, what)));
    }
    if let Some(job) = job_of_ours(pair.service_name) {
        let what = format!("it starts the job {job}; write its time into the file of that job");
        return Err(alone(Said::not_carried(&timer.at, what)));
    }
    let owner = user(&service, pair.service_name).map_err(alone)?;
    let other = Some(owner.as_str()).filter(|user| !(host.is_service_user)(user));
    let runs_as = host.service_user;
    if let (Some(user), Users::Service) = (other, wanted.users) {
        let what = format!("{user} runs this, and jobs run as {runs_as}; leave it as it is, or give --any-user");
        return Err(alone(Said::not_carried(&service.at, what)));
    }
    let when = when(&timer, &timer_name).map_err(alone)?;
    let rest = rest(&service, pair.service_name).map_err(alone)?;
    let (environment, about_variables) = variables(&service, pair.service_name);
    let (commands, about_commands) = commands(&service, pair.service_name, &environment).map_err(alone)?;
    let activity = match pair.start {
        Start::Maybe => wanted.activity,
        Start::Never => Activity::Disabled,
    };
    let (name, taken) = imported.free(&job_name(pair.stem), host);
    let mut draft = Draft { when, rest, environment, commands, activity };
    let (job, text, about_keys) = draft.job(&name, &timer, host)?;
    if let Some(same) = host.existing.values().flatten().find(|known| crate::crontab::is_same(known, &job)) {
        let what = format!("the job {} does this already, and stays as it is", same.name);
        return Ok(alone(Said::note(&timer.at, what)));
    }
    let Draft { when, rest, commands, .. } = draft;
    let endless = shorter(&rest, &job, &service, host);
    let mut said: Vec<Said> = [when.said, rest.said, about_variables, about_commands, about_keys].concat();
    said.extend(endless);
    let privileges = commands.iter().find_map(|command| crate::crontab::needs_privileges(command));
    said.extend(privileges.map(|what| Said::note(&service.at, what)));
    if let Some(taken) = taken {
        said.push(Said::note(&timer.at, format!("there is a job {taken} already; this one is {name}")));
    }
    if let Some(user) = other {
        said.push(Said::note(&service.at, format!("{user} runs this; the job will run as {runs_as}")));
    }
    if pair.start == Start::Never && wanted.activity == Activity::Enabled {
        said.push(Said::note(
            &timer.at,
            format!("systemd does not start this timer at boot, so the job {name} stays disabled"),
        ));
    }
    imported.files.push((name, text));
    Ok(said)
}

/// The job whose own service a timer starts.
fn job_of_ours(service: &str) -> Option<&str> {
    let unit = UnitName::of(service);
    Some(unit.instance()).filter(|name| unit.prefix() == "job" && unit.kind() == "service" && !name.is_empty())
}

/// That a run is ended which systemd lets run as long as it takes.
fn shorter(rest: &Rest, job: &Job, service: &Unit, host: &Host<'_>) -> Option<Said> {
    let ((key, line), limit) = (rest.endless.as_ref()?, job.timeout?);
    let says = if line.is_some() { format!("{key}=:") } else { format!("without {key}=") };
    let ends = match host.ceilings.timeout {
        Some(most) if most == limit => format!("ceiling ends a run after {limit}, and no job may ask for more"),
        Some(most) => format!("default timeout ends a run after {limit}; write a timeout, {most} at the most"),
        None => format!("default timeout ends a run after {limit}; write timeout: 0 for no limit"),
    };
    let what = format!("{says} systemd lets it run as long as it takes; here the configuration's {ends}");
    Some(Said::note(line.as_ref().unwrap_or(&service.at), what))
}

/// What the job is called, if nothing else is.
fn job_name(stem: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '-' };
    let text: String = stem.chars().map(safe).take(60).collect();
    let text = text.trim_start_matches('.');
    if JobName::new(text).is_ok() { text.to_owned() } else { "job".to_owned() }
}

/// What the two units say, before it is a job.
struct Draft {
    when: When,
    rest: Rest,
    environment: Vec<(String, String)>,
    commands: Vec<String>,
    activity: Activity,
}

impl Draft {
    /// The job and its file. Keys whose values no job may have are left out, and said.
    fn job(&mut self, name: &JobName, timer: &Unit, host: &Host<'_>) -> Result<(Job, String, Vec<Said>), Vec<Said>> {
        let mut said = Vec::new();
        let mut more: Vec<(&'static str, Scalar, String)> =
            self.when.more.drain(..).chain(self.rest.more.drain(..)).collect();
        loop {
            let text = self.text(name, &more);
            let (job, problems) = Job::read(name, text.as_bytes(), host.defaults, host.ceilings);
            let Some(job) = job else {
                let at = |problem: &Problem| more.iter().position(|(key, ..)| *key == problem.key);
                let errors = || problems.iter().filter(|problem| problem.is_error());
                let Some(place) = errors().find_map(at) else {
                    let line = |problem: &Problem| match problem.key.as_str() {
                        "calendar" | "every" => self.when.at.clone(),
                        _ => timer.at.clone(),
                    };
                    return Err(errors().map(|problem| Said::not_carried(&line(problem), words(problem))).collect());
                };
                let (key, _, line) = more.remove(place);
                let problem = errors().find(|problem| problem.key == key);
                said.extend(problem.map(|problem| Said::not_carried(&line, words(problem))));
                continue;
            };
            let notes = problems.iter().filter(|problem| problem.severity != Severity::Note);
            said.extend(notes.map(|problem| Said::note(&timer.at, words(problem))));
            return Ok((job, text, said));
        }
    }

    fn text(&self, name: &JobName, more: &[(&'static str, Scalar, String)]) -> String {
        let environment: Vec<(&str, &str)> = self.environment.iter().map(|(name, value)| (&**name, &**value)).collect();
        let more: Vec<(&str, &Scalar)> = more.iter().map(|(key, value, _)| (*key, value)).collect();
        template::text(&Keys {
            name: name.as_str(),
            description: self.rest.description.as_deref(),
            timing: Some(Timing { key: self.when.timing.0, value: &self.when.timing.1 }),
            zone: None,
            activity: self.activity,
            timeout: self.rest.timeout.as_deref(),
            tags: &[],
            commands: &self.commands,
            environment: &environment,
            working_directory: self.rest.working_directory.as_deref(),
            more: &more,
            failmail: None,
        })
    }
}

fn words(problem: &Problem) -> String {
    let allowed = problem.allowed.as_deref().map(|allowed| format!("; {allowed}")).unwrap_or_default();
    let about = if problem.key.is_empty() { String::new() } else { format!("{}: ", problem.key) };
    format!("{about}{}{allowed}", problem.what)
}
