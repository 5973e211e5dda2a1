//! The journal, by journalctl(1): it knows compressed, rotated and foreign files, and who may read.

mod follow;
mod note;

pub use follow::Follow;
pub use note::note;

use crate::status::log::Line;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::ops::ControlFlow;
use std::process::{Command, Stdio};

/// Which lines are meant.
#[derive(Clone, Debug, Default)]
pub struct Query {
    matches: Vec<String>,
    /// Those since then.
    pub since: Option<DateTime<Utc>>,
    /// The last ones, so many.
    pub last: Option<usize>,
    /// Those after the line of this cursor.
    pub after: Option<String>,
}

impl Query {
    /// What was said in some runs, by their processes and by systemd of them.
    pub fn runs<'a>(ids: impl IntoIterator<Item = &'a str>) -> Query {
        let mut matches = Vec::new();
        for id in ids {
            if !matches.is_empty() {
                matches.push("+".to_owned());
            }
            // anybody can say INVOCATION_ID=, but only PID 1 is process 1
            matches.push(format!("_SYSTEMD_INVOCATION_ID={id}"));
            matches.push("+".to_owned());
            matches.extend([format!("INVOCATION_ID={id}"), "_PID=1".to_owned()]);
        }
        Query { matches, ..Query::default() }
    }

    /// What was said in one run of a unit, as [`Query::runs`], and in no unit but that.
    pub fn run_of(unit: &str, id: &str) -> Query {
        let by_it = [format!("_SYSTEMD_UNIT={unit}"), format!("_SYSTEMD_INVOCATION_ID={id}")];
        let of_it = [format!("UNIT={unit}"), format!("INVOCATION_ID={id}"), "_PID=1".to_owned()];
        let matches = by_it.into_iter().chain(["+".to_owned()]).chain(of_it).collect();
        Query { matches, ..Query::default() }
    }

    /// What was said in any run of some units.
    pub fn units<'a>(units: impl IntoIterator<Item = &'a str>) -> Query {
        Query { matches: units.into_iter().map(|unit| format!("--unit={unit}")).collect(), ..Query::default() }
    }

    /// Hands over each line, as long as more are wanted.
    ///
    /// # Errors
    /// That journalctl cannot be started.
    pub fn read(&self, mut each: impl FnMut(Line) -> ControlFlow<()>) -> io::Result<()> {
        let mut child = self.command(&[]).spawn()?;
        for entry in entries(child.stdout.take()) {
            if each(entry.line).is_break() {
                break;
            }
        }
        child.wait().map(drop)
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new("journalctl");
        command.args(["--quiet", "--no-pager", "--all", "--output=json"]);
        command.arg("--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER").args(more);
        if let Some(since) = self.since {
            command.arg(format!("--since=@{}", since.timestamp()));
        }
        if let Some(cursor) = &self.after {
            command.arg(format!("--after-cursor={cursor}"));
        }
        command.arg(format!("--lines={}", self.last.map_or("all".to_owned(), |last| last.to_string())));
        command.args(&self.matches).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

/// A line with its place in the journal.
struct Entry {
    line: Line,
    cursor: String,
}

fn entries(from: Option<impl io::Read>) -> impl Iterator<Item = Entry> {
    let lines = from.into_iter().flat_map(|from| BufReader::new(from).split(b'\n'));
    lines.map_while(Result::ok).filter_map(|line| entry(&serde_json::from_slice(&line).ok()?))
}

/// An entry as `--output=json` writes it: see systemd.journal-fields(7). Bytes that are no text come as a list.
fn entry(fields: &Value) -> Option<Entry> {
    let text = |name: &str| match fields.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(bytes) => {
            let bytes: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => None,
    };
    let micros = text("__REALTIME_TIMESTAMP")?.parse().ok()?;
    let line = Line {
        at: DateTime::from_timestamp_micros(micros)?,
        from: text("SYSLOG_IDENTIFIER").unwrap_or_default(),
        priority: text("PRIORITY").and_then(|priority| priority.parse().ok()).unwrap_or(6),
        text: text("MESSAGE").unwrap_or_default(),
    };
    Some(Entry { line, cursor: text("__CURSOR")? })
}

/// Whether we may read what the system's services said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// We may.
    Granted,
    /// There is a journal, and we may not.
    Denied,
    /// There is none.
    NoJournal,
}

/// Looks at the journal's own files: journalctl shows to each user what is theirs, and is silent of the rest.
pub fn access() -> Access {
    let folders = ["/var/log/journal", "/run/log/journal"];
    let machines = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut found = Access::NoJournal;
    for journal in machines.map(|machine| machine.path().join("system.journal")) {
        match File::open(&journal) {
            Ok(_) => return Access::Granted,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => found = Access::Denied,
            Err(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_whatever_their_bytes() {
        let read = |text: &str| entry(&serde_json::from_str(text).unwrap()).map(|entry| entry.line.text);
        let line = |message: &str| {
            format!("{{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1700000000000000\",\"MESSAGE\":{message}}}")
        };
        assert_eq!(read(&line("\"tea\"")).as_deref(), Some("tea"));
        assert_eq!(read(&line("[116,101,255]")).as_deref(), Some("te\u{fffd}"));
        assert_eq!(read(&line("null")).as_deref(), Some(""));
        assert_eq!(read("{}"), None);
    }

    #[test]
    fn a_run_is_told_by_its_processes_and_by_systemd() {
        let matches = Query::runs(["aa", "bb"]).matches.join(" ");
        let expected =
            "_SYSTEMD_INVOCATION_ID=aa + INVOCATION_ID=aa _PID=1 + _SYSTEMD_INVOCATION_ID=bb + INVOCATION_ID=bb _PID=1";
        assert_eq!(matches, expected);
    }
}
