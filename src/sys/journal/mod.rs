//! The journal, by journalctl(1): it knows compressed, rotated and foreign files, and who may read.

mod child;
mod entry;
mod follow;
mod note;

pub use follow::Follow;
pub use note::note;

use crate::status::log::Line;
use child::Reader;
use chrono::{DateTime, Utc};
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::process::Command;

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
    /// That journalctl cannot be started, or why it failed.
    pub fn read(&self, mut each: impl FnMut(Line) -> ControlFlow<()>) -> io::Result<()> {
        let mut journalctl = Reader::start(self.command(&[]))?;
        if journalctl.entries().try_for_each(|entry| each(entry.line)).is_break() {
            return journalctl.end();
        }
        journalctl.wait()
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new("journalctl");
        command.args(["--quiet", "--no-pager", "--all", "--output=export"]);
        command.arg(format!("--output-fields={}", entry::FIELDS)).args(more);
        if let Some(since) = self.since {
            command.arg(format!("--since=@{}", since.timestamp()));
        }
        if let Some(cursor) = &self.after {
            command.arg(format!("--after-cursor={cursor}"));
        }
        command.arg(format!("--lines={}", self.last.map_or("all".to_owned(), |last| last.to_string())));
        command.args(&self.matches);
        command
    }
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
    fn a_run_is_told_by_its_processes_and_by_systemd() {
        let matches = Query::runs(["aa", "bb"]).matches.join(" ");
        let expected =
            "_SYSTEMD_INVOCATION_ID=aa + INVOCATION_ID=aa _PID=1 + _SYSTEMD_INVOCATION_ID=bb + INVOCATION_ID=bb _PID=1";
        assert_eq!(matches, expected);
    }
}
