//! A job file from single values.

use super::Activity;
use std::fmt::{self, Write as _};

/// What is to stand in it.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// Key `name`.
    pub name: &'a str,
    /// Key `description`.
    pub description: Option<&'a str>,
    /// What starts it.
    pub timing: Option<Timing<'a>>,
    /// Key `timezone`.
    pub zone: Option<&'a str>,
    /// Key `disabled`.
    pub activity: Activity,
    /// Key `timeout`.
    pub timeout: Option<&'a str>,
    /// Key `tag`.
    pub tags: &'a [String],
    /// Key `command`.
    pub commands: &'a [String],
    /// Key `environment`.
    pub environment: &'a [(&'a str, &'a str)],
    /// Key `working_directory`.
    pub working_directory: Option<&'a str>,
    /// Other keys, each with its value.
    pub more: &'a [(&'a str, &'a Scalar)],
    /// Key `failmail`.
    pub failmail: Option<FailMail<'a>>,
}

/// The value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Whatever stands in it.
    Text(String),
    /// A number.
    Number(u64),
    /// A list of numbers.
    Numbers(Vec<u64>),
    /// `true`
    Flag,
}

/// Who is told of a failure by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailMail<'a> {
    /// `from_address`; none if the configuration has one for all jobs.
    pub from: Option<&'a str>,
    /// `to_address`.
    pub to: &'a str,
}

/// One of the keys that start a job.
#[derive(Clone, Copy, Debug)]
pub struct Timing<'a> {
    /// `schedule`, `calendar`, `every` or `at_boot`.
    pub key: &'a str,
    /// Its value.
    pub value: &'a str,
}

/// The text of a job file. No value can end its line, whatever stands in it.
pub fn text(keys: &Keys<'_>) -> String {
    let mut out = String::new();
    let mut line = |key: &str, value: &str| writeln!(out, "{key}: {value}").expect("a String takes every write");
    line("name", &quoted(keys.name));
    if let Some(description) = keys.description {
        line("description", &quoted(description));
    }
    match keys.timing {
        Some(Timing { key: "at_boot", value }) => line("at_boot", value),
        Some(Timing { key, value }) => line(key, &quoted(value)),
        None => {}
    }
    if let Some(zone) = keys.zone {
        line("timezone", &quoted(zone));
    }
    if keys.activity == Activity::Disabled {
        line("disabled", "true");
    }
    if let Some(timeout) = keys.timeout {
        line("timeout", &quoted(timeout));
    }
    if !keys.tags.is_empty() {
        let tags: Vec<String> = keys.tags.iter().map(|tag| quoted(tag)).collect();
        line("tag", &format!("[{}]", tags.join(", ")));
    }
    match keys.commands {
        [] => line("command", "\"\"  # what to run"),
        [command] => line("command", &quoted(command)),
        commands => {
            line("command", "");
            for command in commands {
                writeln!(out, "  - {}", quoted(command)).expect("a String takes every write");
            }
        }
    }
    let mut out = out.replace("command: \n", "command:\n");
    rest(keys, &mut out).expect("a String takes every write");
    out
}

/// What comes after the commands.
fn rest(keys: &Keys<'_>, out: &mut String) -> fmt::Result {
    if let Some(folder) = keys.working_directory {
        writeln!(out, "working_directory: {}", quoted(folder))?;
    }
    for (key, value) in keys.more {
        let value = match value {
            Scalar::Text(text) => quoted(text),
            Scalar::Number(number) => number.to_string(),
            Scalar::Numbers(numbers) => format!("{numbers:?}"),
            Scalar::Flag => "true".to_owned(),
        };
        writeln!(out, "{key}: {value}")?;
    }
    if !keys.environment.is_empty() {
        writeln!(out, "environment:")?;
    }
    for (name, value) in keys.environment {
        writeln!(out, "  {}: {}", quoted(name), quoted(value))?;
    }
    if let Some(FailMail { from, to }) = keys.failmail {
        writeln!(out, "failmail:")?;
        if let Some(from) = from {
            writeln!(out, "  from_address: {}", quoted(from))?;
        }
        writeln!(out, "  to_address: {}", quoted(to))?;
    }
    Ok(())
}

/// In double quotes, the one style of YAML in which every text has a form.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                write!(out, "\\u{:04x}", u32::from(c)).expect("a String takes every write");
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::schedule::ZoneName;
    use crate::job::{Ceilings, Job, JobName, Spec};

    #[test]
    fn whatever_stands_in_it_is_read_back() {
        let awkward = "a \"b\" 'c' \\d #e: - {f} %g @h ä\u{2028}";
        let commands = [shell_words::join(["/bin/echo", awkward]), "/bin/true".to_owned()];
        let text = text(&Keys {
            name: awkward,
            description: Some("line\nline\u{7}"),
            timing: Some(Timing { key: "schedule", value: "*/5 * * * *" }),
            zone: Some("Europe/Berlin"),
            activity: Activity::Disabled,
            timeout: Some("90s"),
            tags: &["a, b".to_owned(), "]".to_owned()],
            commands: &commands,
            environment: &[("no", awkward), (awkward.split('=').next().unwrap_or_default(), "")],
            working_directory: Some("/a b"),
            more: &[
                ("kill_grace", &Scalar::Text("5s".to_owned())),
                ("nice", &Scalar::Number(5)),
                ("success_exit_codes", &Scalar::Numbers(vec![3, 4])),
                ("private_tmp", &Scalar::Flag),
            ],
            failmail: Some(FailMail { from: Some("a@b"), to: awkward.trim_end_matches('\u{2028}') }),
        });
        let name = JobName::new("x").unwrap();
        let (job, problems) = Job::read(&name, text.as_bytes(), &Spec::default(), &Ceilings::default());
        let job = job.unwrap_or_else(|| panic!("{text}{problems:?}"));
        assert_eq!(problems, [], "{text}");
        assert_eq!(job.tags, ["a, b", "]"]);
        assert_eq!(job.description.as_deref(), Some("line\nline\u{7}"));
        assert_eq!(job.commands[0].arguments(), [awkward]);
        assert_eq!(job.commands.len(), 2);
        assert!(job.timeout.is_some());
        assert_eq!(job.zone.as_ref().map(ZoneName::as_str), Some("Europe/Berlin"));
        assert_eq!(job.activity, Activity::Disabled);
        assert_eq!(
            job.environment,
            [("no", awkward), (awkward, "")].map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!((job.limits.nice, job.success_exit_codes, job.sandbox.private_tmp), (Some(5), vec![3, 4], true));
        assert_eq!(job.working_directory.as_deref(), Some(std::path::Path::new("/a b")));
        assert_eq!(job.failmail.map(|mail| mail.from_address), Some("a@b".to_owned()));
    }
}
