//! A job file from single values.

use std::fmt::Write as _;

/// What is to stand in it.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// Key `name`.
    pub name: &'a str,
    /// Key `description`.
    pub description: Option<&'a str>,
    /// What starts it.
    pub timing: Option<Timing<'a>>,
    /// Key `timeout`.
    pub timeout: Option<&'a str>,
    /// Key `tag`.
    pub tags: &'a [String],
    /// Key `command`.
    pub commands: &'a [String],
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
    out.replace("command: \n", "command:\n")
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
    use crate::job::{Ceilings, Job, JobName, Spec};

    #[test]
    fn whatever_stands_in_it_is_read_back() {
        let awkward = "a \"b\" 'c' \\d #e: - {f} %g @h ä\u{2028}";
        let commands = [shell_words::join(["/bin/echo", awkward]), "/bin/true".to_owned()];
        let text = text(&Keys {
            name: awkward,
            description: Some("line\nline\u{7}"),
            timing: Some(Timing { key: "schedule", value: "*/5 * * * *" }),
            timeout: Some("90s"),
            tags: &["a, b".to_owned(), "]".to_owned()],
            commands: &commands,
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
    }
}
