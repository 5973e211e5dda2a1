//! What each key of a job file takes: its value read as what it means.

use super::read::Field;
use super::schedule::{Calendar, Vixie, ZoneName};
use super::text::one_line;
use super::{Activity, Bytes, CatchUp, CommandLine, IoClass, JobName, KeepLogs, Overtime, Problem, TimeSpan, Timing};
use crate::yaml::{Entry, Meaning, Scalar, Style, Value};
use std::path::PathBuf;

pub(super) fn title(field: &mut Field) -> Option<String> {
    let title = one_line(&field.word()?);
    if title.is_empty() { field.refuse("an empty name", "what people call the job") } else { Some(title) }
}

pub(super) fn commands(field: &mut Field) -> Option<Vec<CommandLine>> {
    let all = field.one_or_many(|field| {
        let line = field.word()?;
        match CommandLine::parse(&line) {
            Ok(command) => Some(command),
            Err(error) => field.refuse(error.to_string(), "one command in one line; several commands are a list"),
        }
    })?;
    if all.is_empty() { field.refuse("an empty list", "at least one command") } else { Some(all) }
}

pub(super) fn schedule(field: &mut Field) -> Option<Timing> {
    let text = field.text()?.to_owned();
    let vixie = match Vixie::parse(&text) {
        Ok(vixie) => vixie,
        Err(error) => return field.refuse_schedule(error),
    };
    for warning in vixie.warnings() {
        field.warn_schedule(warning);
    }
    if vixie.never_fires() {
        never_comes(field);
    }
    Some(Timing::Schedule(vixie))
}

pub(super) fn calendar(field: &mut Field) -> Option<Timing> {
    let text = field.text()?.to_owned();
    let calendar = match Calendar::parse(&text) {
        Ok(calendar) => calendar,
        Err(error) => return field.refuse_schedule(error),
    };
    if calendar.never_fires() {
        never_comes(field);
    }
    Some(Timing::Calendar(calendar))
}

fn never_comes(field: &mut Field) {
    field.mistake("this date never comes", "a day that the month has");
}

pub(super) fn every(field: &mut Field) -> Option<Timing> {
    let span = field.span()?;
    if span < TimeSpan::from_secs(1) {
        return field.refuse("this is too short", "one second or more");
    }
    Some(Timing::Every(span))
}

/// systemd gives the recorder of a run's end the same time.
pub(super) fn grace(field: &mut Field) -> Option<TimeSpan> {
    let span = field.span()?;
    if !span.is_zero() && span < TimeSpan::from_secs(1) {
        return field.refuse("this is too short", "0s, which kills at once, or one second or more");
    }
    Some(span)
}

pub(super) fn zone(field: &mut Field) -> Option<ZoneName> {
    let text = field.text()?.to_owned();
    let allowed = "a name of the time zone database, as in Europe/Berlin";
    match ZoneName::new(&text) {
        Ok(zone) => Some(zone),
        Err(_) => field.refuse("this is no time zone", allowed),
    }
}

pub(super) fn catch_up(field: &mut Field) -> Option<CatchUp> {
    match field.node.scalar().map(|scalar| scalar.text.as_str()) {
        Some("none") => Some(CatchUp::None),
        Some("latest") => Some(CatchUp::Latest),
        _ => field.refuse("this is neither", "none or latest"),
    }
}

/// The original's rule: only what YAML reads as true disables.
pub(super) fn activity(field: &mut Field) -> Activity {
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
pub(super) fn overtime(field: &mut Field) -> Option<Overtime> {
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

pub(super) fn environment(field: &mut Field) -> Option<Vec<(String, String)>> {
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

pub(super) fn absolute_path(field: &mut Field) -> Option<PathBuf> {
    let allowed = "an absolute path without .. in it";
    let text = field.text()?;
    match crate::unit::path(text) {
        Some(path) => Some(path),
        None => field.refuse("this is no absolute path", allowed),
    }
}

/// Always octal, whatever YAML makes of the digits: nobody means a decimal umask.
pub(super) fn umask(field: &mut Field) -> Option<u32> {
    let text = field.node.scalar().map(|scalar| scalar.text.as_str()).unwrap_or_default();
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    match u32::from_str_radix(text, 8) {
        Ok(mask) if plain && mask <= 0o777 => Some(mask),
        _ => field.refuse("this is no umask", "three octal digits, as in 027"),
    }
}

pub(super) fn io_class(field: &mut Field) -> Option<IoClass> {
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

/// A number of runs.
pub(super) fn count(field: &mut Field, least: u64) -> Option<u32> {
    field.number(least, 1_000_000).and_then(|count| u32::try_from(count).ok())
}

/// More would be a schedule.
pub(super) fn retries(field: &mut Field) -> Option<u32> {
    field.number(0, 100).and_then(|count| u32::try_from(count).ok())
}

pub(super) fn exit_code(field: &mut Field) -> Option<u8> {
    field.number(0, 255).and_then(|code| u8::try_from(code).ok())
}

pub(super) fn tag(field: &mut Field) -> Option<String> {
    let tag = one_line(&field.word()?);
    if tag.is_empty() { field.refuse("an empty tag", "a word") } else { Some(tag) }
}

/// A mail address as it may stand in a header: one line, in which a name may stand before the address.
pub(super) fn mail_address(field: &mut Field) -> Option<String> {
    let text = field.text()?.to_owned();
    let fits = !text.is_empty() && text.chars().all(|c| !c.is_control() && !c.is_whitespace() || c == ' ');
    if fits { Some(text) } else { field.refuse("this is no mail address", "an address in one line") }
}

/// `HOST` or `HOST:PORT` of a mail server, with the port.
pub(super) fn mail_server(field: &mut Field) -> Option<String> {
    let text = field.node.scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|port: &u16| *port > 0)),
        None => (&*text, Some(25)),
    };
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    match port {
        Some(port) if !host.is_empty() && host.bytes().all(is_host) => Some(format!("{host}:{port}")),
        _ => field.refuse("this is no mail server", "HOST or HOST:PORT"),
    }
}

/// Key `slow_start`: `until_successes` of it.
pub(super) fn slow_start(field: &mut Field) -> Option<u32> {
    let allowed = "until_successes, as in `slow_start: {until_successes: 3}`";
    let Some([Entry { key, value, .. }]) = field.node.map() else {
        return field.refuse("this is no way to start", allowed);
    };
    if key.text != "until_successes" {
        return field.refuse("an unknown key", allowed);
    }
    count(&mut Field { key: "slow_start/until_successes", node: value, problems: field.problems }, 1)
}

/// A number of runs, or a span of time.
pub(super) fn keep_logs(field: &mut Field) -> Option<KeepLogs> {
    let scalar = field.node.scalar();
    if let Some(Meaning::Int(_)) = scalar.map(Scalar::meaning) {
        return count(field, 1).map(KeepLogs::Runs);
    }
    match scalar.and_then(|scalar| TimeSpan::parse(&scalar.text)).filter(|span| !span.is_zero()) {
        Some(span) => Some(KeepLogs::For(span)),
        None => field.refuse("this is neither a number of runs nor a time span", "as in 30, or 90d"),
    }
}

/// So many jobs one job may name: each costs the host files.
const MOST_JOBS: usize = 100;

/// Names of jobs, each once.
pub(super) fn jobs(field: &mut Field) -> Option<Vec<JobName>> {
    let mut names: Vec<JobName> = field.one_or_many(|field| {
        let text = field.text()?.to_owned();
        match JobName::new(&text) {
            Ok(name) => Some(name),
            Err(error) => field.refuse(error.to_string(), "the name of a job, which is that of its file without .yaml"),
        }
    })?;
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    match names.len() {
        0 => field.refuse("no job", "the name of a job, or a list of some"),
        1..=MOST_JOBS => Some(names),
        _ => field.refuse("too many jobs", format!("{MOST_JOBS} at the most")),
    }
}

/// The name of a group of jobs.
pub(super) fn group(field: &mut Field) -> Option<String> {
    let text = field.text()?.to_owned();
    let fits =
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits { Some(text) } else { field.refuse("this is no name of a group", "letters, digits, - and _") }
}

/// How many may run at once: each place is a file.
pub fn places(field: &mut Field) -> Option<u32> {
    field.number(1, 1000).and_then(|places| u32::try_from(places).ok())
}
