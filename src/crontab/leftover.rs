//! Entries of crontabs that start jobs of ours: what the original wrote, and what people wrote by hand.

use super::command::split;
use super::read::{Columns, read};
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
    /// Whether the crontab holds nothing else.
    pub alone: Alone,
}

/// Whether a crontab can go as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// Each of its entries starts a job.
    Yes,
    /// It runs other things too.
    No,
}

impl Leftover {
    /// What to type, as root, for [`Leftover::cure`].
    pub fn step(&self) -> String {
        let file = shell_words::quote(&self.file);
        match self.alone {
            Alone::Yes => format!("rm {file}"),
            Alone::No => format!("editor {file}  # take line {} out", self.line),
        }
    }

    /// What is to be done about it.
    pub fn cure(&self) -> String {
        match self.alone {
            Alone::Yes => format!("remove {}", self.file),
            Alone::No => format!("take line {} out of {}", self.line, self.file),
        }
    }
}

/// The entries of a crontab that start jobs; `runner` is `run-job` where the configuration has it.
pub fn leftovers(label: &str, bytes: &[u8], columns: Columns, runner: &str) -> Vec<Leftover> {
    let table = read(bytes, columns);
    let jobs: Vec<Option<JobName>> = table.entries.iter().map(|entry| started(&entry.command, runner)).collect();
    let alone = if jobs.iter().all(Option::is_some) && table.unread.is_empty() { Alone::Yes } else { Alone::No };
    let lines = table.entries.iter().zip(jobs);
    let found =
        lines.filter_map(|(entry, job)| Some(Leftover { file: label.to_owned(), line: entry.line, job: job?, alone }));
    found.collect()
}

/// The job that a command starts.
fn started(command: &str, runner: &str) -> Option<JobName> {
    let words = shell_words::split(&split(command).command).ok()?;
    let is_runner = |word: &String| word == runner || word.rsplit('/').next() == Some("run-job");
    let after = words.iter().position(is_runner)? + 1;
    let mut arguments = words[after..].iter();
    while let Some(word) = arguments.next() {
        let name = match word.as_str() {
            "-w" | "--slow-start" => continue,
            "-j" | "--job" => arguments.next()?,
            option if option.starts_with('-') => {
                option.strip_prefix("--job=").or_else(|| option.strip_prefix("-j").filter(|_| !option.contains('=')))?
            }
            plain => plain,
        };
        return JobName::from_argument(name).ok();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_however_it_is_started() {
        for (command, job) in [
            ("/usr/bin/run-job --job a", Some("a")),
            ("/usr/bin/run-job -j a > /dev/null", Some("a")),
            ("run-job --slow-start 'a b'", Some("a b")),
            ("run-job --job=50\\%", Some("50%")),
            ("X=1 nice /opt/start -w --job a", Some("a")),
            ("run-job -ja", Some("a")),
            ("run-job --status", None),
            ("run-job", None),
            ("run-job --kill-job a", None),
            ("/bin/true --job a", None),
            ("run-job 'a", None),
        ] {
            assert_eq!(started(command, "/opt/start").as_ref().map(JobName::as_str), job, "{command}");
        }
    }

    #[test]
    fn a_crontab_goes_as_a_whole_if_nothing_else_is_in_it() {
        let found = |text: &str| leftovers("x", text.as_bytes(), Columns::WithUser, "/usr/bin/run-job");
        let ours = "# Generated from /jobs/a.yaml\n1 2 * * * u /usr/bin/run-job --job a\n";
        let cure = |text: &str| found(text).iter().map(Leftover::cure).collect::<Vec<_>>();
        assert_eq!(cure(ours), ["remove x"]);
        assert_eq!(cure(&format!("{ours}@daily root /bin/true\n")), ["take line 2 out of x"]);
        assert!(cure("@daily root /bin/true\n").is_empty());
    }
}
