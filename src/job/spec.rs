//! A job file as it was typed: [`Spec`] holds what each key says, [`Spec::job`] makes a [`Job`].

use super::keys::{self, JOB_KEYS};
use super::read::{Field, Timeout};
use super::schedule::{Calendar, Vixie, ZoneName};
use super::text::one_line;
use super::{
    Activity, Bytes, CatchUp, Ceilings, CommandLine, FailMail, IoClass, Job, JobName, Limits, Overtime, Place, Problem,
    TimeSpan, Timing,
};
use crate::yaml::{Entry, Meaning, Node, Scalar, Style, Value};
use std::path::PathBuf;

/// How long a job has to end after SIGTERM when it does not say.
const DEFAULT_KILL_GRACE: TimeSpan = TimeSpan::from_secs(30);

/// What a file says, key by key; None for a key that it does not have.
///
/// The configuration's `default_job_config` is a `Spec` too: its keys stand for those that a job
/// file lacks, whole, as in the original; only `failmail` is joined address by address.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    name: Option<String>,
    description: Option<String>,
    command: Option<Vec<CommandLine>>,
    slow_start_command: Option<Vec<CommandLine>>,
    timing: Option<Timing>,
    timezone: Option<ZoneName>,
    random_delay: Option<TimeSpan>,
    catch_up: Option<CatchUp>,
    activity: Option<Activity>,
    timeout: Option<Timeout>,
    kill_grace: Option<TimeSpan>,
    environment: Option<Vec<(String, String)>>,
    working_directory: Option<PathBuf>,
    umask: Option<u32>,
    limits: Limits,
    success_exit_codes: Option<Vec<u8>>,
    overtime: Option<Overtime>,
    tags: Option<Vec<String>>,
    from_address: Option<String>,
    to_address: Option<String>,
    failure_threshold: Option<u32>,
}

impl Spec {
    /// Reads a mapping of job keys. What is wrong is added to `problems`, all of it.
    pub fn read(node: &Node, problems: &mut Vec<Problem>) -> Spec {
        let mut spec = Spec::default();
        let Some(entries) = node.map() else {
            let what = format!("this is {}", node.kind());
            problems
                .push(Problem::error(node.place, "", what).allowed("a mapping of keys, as in `command: /bin/true`"));
            return spec;
        };
        for entry in entries {
            spec.read_entry(entry, problems);
        }
        spec.read_timing(node, problems);
        if let (Some(_), Some(second)) = (node.get("tag"), node.get("tags")) {
            let what = "tag and tags are the same key";
            problems.push(Problem::error(second.place, "tags", what).allowed("one of them, with a list"));
        }
        spec
    }

    fn read_entry(&mut self, Entry { key, place, value }: &Entry, problems: &mut Vec<Problem>) {
        let field = &mut Field { key: &key.text, node: value, problems };
        match key.text.as_str() {
            "name" => self.name = title(field),
            "description" => self.description = field.word(),
            "command" => self.command = commands(field),
            "slow_start_command" => self.slow_start_command = commands(field),
            "timezone" => self.timezone = zone(field),
            "random_delay" => self.random_delay = field.span(),
            "catch_up" => self.catch_up = catch_up(field),
            "disabled" => self.activity = Some(activity(field)),
            "timeout" => self.timeout = field.minutes(),
            "kill_grace" => self.kill_grace = field.span(),
            "environment" => self.environment = environment(field),
            "working_directory" => self.working_directory = absolute_path(field),
            "umask" => self.umask = umask(field),
            "nice" => self.limits.nice = field.number(0, 19).and_then(|nice| u8::try_from(nice).ok()),
            "io_class" => self.limits.io_class = io_class(field),
            "memory_max" => self.limits.memory_max = memory(field),
            "cpu_quota" => self.limits.cpu_quota = percent(field),
            "tasks_max" => self.limits.tasks_max = tasks(field),
            "success_exit_codes" => self.success_exit_codes = field.one_or_many(exit_code),
            "allow_overtime" => self.overtime = overtime(field),
            "tag" | "tags" => self.tags = field.one_or_many(tag),
            "failmail" => self.read_failmail(field),
            "failure_threshold_for_mail" => {
                self.failure_threshold = field.number(1, 1_000_000).and_then(|n| u32::try_from(n).ok());
            }
            // read together, in read_timing
            "schedule" | "calendar" | "every" | "at_boot" => {}
            unknown => problems.push(unknown_key(*place, "", unknown, JOB_KEYS)),
        }
    }

    fn read_timing(&mut self, node: &Node, problems: &mut Vec<Problem>) {
        let mut found: Option<&str> = None;
        for key in ["schedule", "calendar", "every", "at_boot"] {
            let Some(value) = node.get(key) else { continue };
            let field = &mut Field { key, node: value, problems };
            let timing = match key {
                "schedule" => schedule(field),
                "calendar" => calendar(field),
                "every" => every(field),
                _ => match field.flag() {
                    Some(true) => Some(Timing::AtBoot),
                    _ => continue,
                },
            };
            if let Some(first) = found {
                let what = format!("a job has one timing, and {first} is one already");
                problems
                    .push(Problem::error(value.place, key, what).allowed("one of schedule, calendar, every, at_boot"));
                continue;
            }
            found = Some(key);
            self.timing = timing;
        }
    }

    fn read_failmail(&mut self, field: &mut Field) {
        let Some(entries) = field.node.map() else {
            return field.refuse("this is no mapping", "from_address and to_address").unwrap_or_default();
        };
        for Entry { key, place, value } in entries {
            let name = format!("failmail/{}", key.text);
            let address = &mut Field { key: &name, node: value, problems: field.problems };
            match key.text.as_str() {
                "from_address" => self.from_address = mail_address(address),
                "to_address" => self.to_address = mail_address(address),
                unknown => {
                    let problem = Problem::mistake(*place, "failmail", "an unknown key").found(unknown);
                    field.problems.push(problem.allowed("from_address and to_address"));
                }
            }
        }
    }

    /// The job of this name, if nothing that it needs is missing or too much.
    pub fn job(self, name: &JobName, defaults: &Spec, most: &Ceilings, problems: &mut Vec<Problem>) -> Option<Job> {
        let top = Place::TOP;
        let title = self.name.unwrap_or_else(|| {
            if problems.iter().all(|problem| problem.key != "name") {
                let what = "missing; the job name stands for it";
                problems.push(Problem::warning(top, "name", what).allowed("what people call the job"));
            }
            one_line(name.as_str())
        });
        let commands = self.command.or_else(|| defaults.command.clone());
        if commands.is_none() && problems.iter().all(|problem| problem.key != "command") {
            problems.push(Problem::error(top, "command", "missing").allowed("what to run, as in `command: /bin/true`"));
        }
        let own = |limit: &str, most: String| {
            Problem::error(top, limit, "more than the operators allow").allowed(format!("{most} at the most"))
        };
        let timeout = self.timeout.or(defaults.timeout).and_then(Timeout::span).or(most.timeout);
        if let Some(ceiling) = most.timeout.filter(|ceiling| timeout.is_some_and(|wanted| wanted > *ceiling)) {
            problems.push(own("timeout", ceiling.to_string()));
        }
        let limits = self.limits.over(&defaults.limits).over(&most.as_limits());
        for key in limits.above(most) {
            problems.push(own(key, most.text(key)));
        }
        let (from, to) = (
            self.from_address.or_else(|| defaults.from_address.clone()),
            self.to_address.or_else(|| defaults.to_address.clone()),
        );
        let failmail = match (from, to) {
            (Some(from_address), Some(to_address)) => Some(FailMail { from_address, to_address }),
            (None, None) => None,
            (from, _) => {
                let missing = if from.is_none() { "failmail/from_address" } else { "failmail/to_address" };
                problems.push(Problem::warning(top, missing, "missing; no mail will be sent"));
                None
            }
        };
        if problems.iter().any(Problem::is_error) {
            return None;
        }
        Some(Job {
            name: name.clone(),
            title,
            description: self.description.or_else(|| defaults.description.clone()),
            commands: commands?,
            slow_start: self.slow_start_command.or_else(|| defaults.slow_start_command.clone()).unwrap_or_default(),
            timing: self.timing.or_else(|| defaults.timing.clone()).unwrap_or(Timing::Manual),
            zone: self.timezone.or_else(|| defaults.timezone.clone()),
            activity: self.activity.or(defaults.activity).unwrap_or(Activity::Enabled),
            timeout,
            kill_grace: self.kill_grace.or(defaults.kill_grace).unwrap_or(DEFAULT_KILL_GRACE),
            environment: self.environment.or_else(|| defaults.environment.clone()).unwrap_or_default(),
            tags: self.tags.or_else(|| defaults.tags.clone()).unwrap_or_default(),
            overtime: self.overtime.or(defaults.overtime).unwrap_or(Overtime::Told),
            failmail,
            failure_threshold: self.failure_threshold.or(defaults.failure_threshold).unwrap_or(1),
            random_delay: self.random_delay.or(defaults.random_delay).unwrap_or(TimeSpan::ZERO),
            catch_up: self.catch_up.or(defaults.catch_up).unwrap_or(CatchUp::None),
            working_directory: self.working_directory.or_else(|| defaults.working_directory.clone()),
            umask: self.umask.or(defaults.umask),
            limits,
            success_exit_codes: self
                .success_exit_codes
                .or_else(|| defaults.success_exit_codes.clone())
                .unwrap_or_default(),
        })
    }
}

/// The complaint about a key that the table does not have.
pub fn unknown_key(place: Place, parent: &str, word: &str, table: &[keys::Key]) -> Problem {
    let problem = Problem::mistake(place, parent, "an unknown key").found(word);
    match keys::nearest(word, table) {
        Some(near) => problem.allowed(format!("did you mean {near}?")),
        None => problem.allowed("a key of the manual, job.yaml(5)"),
    }
}

fn title(field: &mut Field) -> Option<String> {
    let title = one_line(&field.word()?);
    if title.is_empty() { field.refuse("an empty name", "what people call the job") } else { Some(title) }
}

fn commands(field: &mut Field) -> Option<Vec<CommandLine>> {
    let all = field.one_or_many(|field| {
        let line = field.word()?;
        match CommandLine::parse(&line) {
            Ok(command) => Some(command),
            Err(error) => field.refuse(error.to_string(), "one command in one line; several commands are a list"),
        }
    })?;
    if all.is_empty() { field.refuse("an empty list", "at least one command") } else { Some(all) }
}

fn schedule(field: &mut Field) -> Option<Timing> {
    let text = field.text()?.to_owned();
    let vixie = match Vixie::parse(&text) {
        Ok(vixie) => vixie,
        Err(error) => return field.refuse_schedule(error),
    };
    for warning in vixie.warnings() {
        field.warn_schedule(warning);
    }
    if vixie.never_fires() {
        field.mistake("this date never comes", "a day that the month has");
    }
    Some(Timing::Schedule(vixie))
}

fn calendar(field: &mut Field) -> Option<Timing> {
    let text = field.text()?.to_owned();
    match Calendar::parse(&text) {
        Ok(calendar) => Some(Timing::Calendar(calendar)),
        Err(error) => field.refuse_schedule(error),
    }
}

fn every(field: &mut Field) -> Option<Timing> {
    let span = field.span()?;
    if span < TimeSpan::from_secs(1) {
        return field.refuse("this is too short", "one second or more");
    }
    Some(Timing::Every(span))
}

fn zone(field: &mut Field) -> Option<ZoneName> {
    let text = field.text()?.to_owned();
    let allowed = "a name of the time zone database, as in Europe/Berlin";
    match ZoneName::new(&text) {
        Ok(zone) => Some(zone),
        Err(_) => field.refuse("this is no time zone", allowed),
    }
}

fn catch_up(field: &mut Field) -> Option<CatchUp> {
    match field.node.scalar().map(|scalar| scalar.text.as_str()) {
        Some("none") => Some(CatchUp::None),
        Some("latest") => Some(CatchUp::Latest),
        _ => field.refuse("this is neither", "none or latest"),
    }
}

/// The original's rule: only what YAML reads as true disables.
fn activity(field: &mut Field) -> Activity {
    match field.node.scalar() {
        Some(scalar) if scalar.meaning() == Meaning::Bool(true) => return Activity::Disabled,
        Some(scalar) if matches!(scalar.meaning(), Meaning::Bool(false) | Meaning::Null) => {}
        Some(Scalar { style: Style::Quoted, .. }) => {
            field.warn("a quoted word does not disable a job, and never did", "true without quotes");
        }
        _ => field.warn("this does not disable the job, and never did", "true or false, without quotes"),
    }
    Activity::Enabled
}

/// The original's rule: what Python takes for true.
fn overtime(field: &mut Field) -> Option<Overtime> {
    let quiet = match field.node.scalar().map(|scalar| (scalar.meaning(), scalar)) {
        Some((Meaning::Bool(value), _)) => value,
        Some((Meaning::Null, _)) => false,
        Some((Meaning::Int(digits), _)) => digits != "0",
        Some((Meaning::Text, scalar)) => {
            if !scalar.text.is_empty() {
                field.warn("any text means true here, and always did", "true or false, without quotes");
            }
            !scalar.text.is_empty()
        }
        _ => field.flag()?,
    };
    Some(if quiet { Overtime::Quiet } else { Overtime::Told })
}

fn environment(field: &mut Field) -> Option<Vec<(String, String)>> {
    let Some(entries) = field.node.map() else {
        return match field.node.scalar().map(Scalar::meaning) {
            Some(Meaning::Null) => Some(Vec::new()),
            _ => field.refuse("this is no mapping", "names and values, as in `PATH: /usr/bin`"),
        };
    };
    let all: Vec<Option<(String, String)>> = entries.iter().map(|entry| variable(field.problems, entry)).collect();
    all.into_iter().collect()
}

fn variable(problems: &mut Vec<Problem>, Entry { key, place, value }: &Entry) -> Option<(String, String)> {
    let name = crate::yaml::python::scalar_text(key).unwrap_or_default();
    let path = format!("environment/{}", one_line(&name));
    let usable = !name.is_empty() && !name.contains(['=', '\0']) && !name.chars().any(char::is_control);
    if !usable {
        let problem = Problem::error(*place, "environment", "this is no name of a variable");
        problems.push(problem.allowed("a name without = and control characters"));
        return None;
    }
    if name != key.text {
        let what = "YAML 1.1 reads this name as something else than text, and the job gets its Python form";
        problems
            .push(Problem::warning(*place, "environment", what).found(&*key.text).allowed("put the name in quotes"));
    }
    let field = &mut Field { key: &path, node: value, problems };
    let text =
        crate::yaml::python::text(value).or_else(|| field.refuse("this cannot be text", "put the value in quotes"))?;
    if text.contains('\0') {
        return field.refuse("a variable cannot hold a NUL byte", "text");
    }
    if let Value::List(_) | Value::Map(_) = value.value {
        field.warn("the job gets this in Python's notation", "text");
    }
    Some((name, text))
}

fn absolute_path(field: &mut Field) -> Option<PathBuf> {
    let allowed = "an absolute path without .. in it";
    let text = field.text()?;
    match crate::unit::path(text) {
        Some(path) => Some(path),
        None => field.refuse("this is no absolute path", allowed),
    }
}

/// Always octal, whatever YAML makes of the digits: nobody means a decimal umask.
fn umask(field: &mut Field) -> Option<u32> {
    let text = field.node.scalar().map(|scalar| scalar.text.as_str()).unwrap_or_default();
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    match u32::from_str_radix(text, 8) {
        Ok(mask) if plain && mask <= 0o777 => Some(mask),
        _ => field.refuse("this is no umask", "three octal digits, as in 027"),
    }
}

fn io_class(field: &mut Field) -> Option<IoClass> {
    match field.node.scalar().map(|scalar| scalar.text.as_str()) {
        Some("best-effort") => Some(IoClass::BestEffort),
        Some("idle") => Some(IoClass::Idle),
        _ => field.refuse("this is no class for jobs", "best-effort or idle"),
    }
}

/// A word as an amount of memory.
pub fn memory(field: &mut Field) -> Option<Bytes> {
    match field.node.scalar().and_then(|scalar| Bytes::parse(&scalar.text)) {
        Some(bytes) => Some(bytes),
        None => field.refuse("this is no amount of memory", Bytes::ALLOWED),
    }
}

/// A word as a share of processor time.
pub fn percent(field: &mut Field) -> Option<u32> {
    let digits = field.node.scalar().and_then(|scalar| scalar.text.trim().strip_suffix('%'));
    let plain = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match plain.and_then(|digits| digits.parse().ok()).filter(|percent| (1..=1_000_000).contains(percent)) {
        Some(percent) => Some(percent),
        None => field.refuse("this is no share of a processor", "percent, as in 50% or 200% for two processors"),
    }
}

/// A word as a number of tasks.
pub fn tasks(field: &mut Field) -> Option<u32> {
    field.number(1, 4_194_304).and_then(|tasks| u32::try_from(tasks).ok())
}

fn exit_code(field: &mut Field) -> Option<u8> {
    field.number(0, 255).and_then(|code| u8::try_from(code).ok())
}

fn tag(field: &mut Field) -> Option<String> {
    let tag = one_line(&field.word()?);
    if tag.is_empty() { field.refuse("an empty tag", "a word") } else { Some(tag) }
}

/// A mail address as it may stand in a header: one line, one `@` or a local name, no blanks.
fn mail_address(field: &mut Field) -> Option<String> {
    let text = field.text()?.to_owned();
    let fits = !text.is_empty() && text.chars().all(|c| !c.is_control() && !c.is_whitespace() || c == ' ');
    if fits { Some(text) } else { field.refuse("this is no mail address", "an address in one line") }
}
