//! Entries of crontabs that start jobs of ours: what the original wrote, and what people wrote by hand.

use super::command::split;
use super::read::{Columns, When, read};
use crate::history::Command;
use crate::job::JobName;

/// An entry that starts a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The crontab, for people.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The job.
    pub job: JobName,
    /// Which of its commands.
    pub command: Command,
    /// When.
    pub when: When,
}

/// The entries of a crontab that start jobs; `runner` is `run-job` where the configuration has it.
pub fn leftovers(label: &str, bytes: &[u8], columns: Columns, runner: &str) -> Vec<Leftover> {
    let found = read(bytes, columns).entries.into_iter().filter_map(|entry| {
        let (job, command) = started(&entry.command, runner)?;
        Some(Leftover { file: label.to_owned(), line: entry.line, job, command, when: entry.when })
    });
    found.collect()
}

/// The job that a command starts, and which of its commands.
fn started(command: &str, runner: &str) -> Option<(JobName, Command)> {
    let words = shell_words::split(&split(command).command).ok()?;
    let is_runner = |word: &String| word == runner || word.rsplit('/').next() == Some("run-job");
    let after = words.iter().position(is_runner)? + 1;
    let is_slow = words[after..].iter().any(|word| is_slow_start(word));
    let pace = if is_slow { Command::SlowStart } else { Command::Normal };
    let mut arguments = words[after..].iter();
    while let Some(word) = arguments.next() {
        let name = match word.as_str() {
            slow if is_slow_start(slow) => continue,
            "-j" | "--job" => arguments.next()?,
            option if option.starts_with('-') => {
                option.strip_prefix("--job=").or_else(|| option.strip_prefix("-j").filter(|_| !option.contains('=')))?
            }
            plain => plain,
        };
        return JobName::from_argument(name).ok().map(|job| (job, pace));
    }
    None
}

fn is_slow_start(word: &str) -> bool {
    matches!(word, "-w" | "--slow-start")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_however_it_is_started() {
        for (command, job) in [
            ("/usr/bin/run-job --job a", Some("a")),
            ("/usr/bin/run-job -j a > /dev/null", Some("a")),
            ("run-job --slow-start 'a b'", Some("a b slowly")),
            ("run-job --job=50\\%", Some("50%")),
            ("X=1 nice /opt/start -w --job a", Some("a slowly")),
            ("run-job --job a -w", Some("a slowly")),
            ("run-job -ja", Some("a")),
            ("run-job --status", None),
            ("run-job", None),
            ("run-job --kill-job a", None),
            ("/bin/true --job a", None),
            ("run-job 'a", None),
        ] {
            let found = started(command, "/opt/start").map(|(job, pace)| match pace {
                Command::Normal => job.to_string(),
                Command::SlowStart => format!("{job} slowly"),
            });
            assert_eq!(found.as_deref(), job, "{command}");
        }
    }
}
