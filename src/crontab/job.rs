//! The job file of one entry.

use super::command::{self, SHELL, Split};
use super::mail::failmail;
use super::read::{Entry, When};
use super::{Said, program};
use crate::job::template::{self, Keys, Timing};
use crate::job::{Activity, Ceilings, Job, JobName, Problem, Severity, Spec};

/// Variables that tell cron something, and the command nothing.
const FOR_CRON: &[&str] = &["MAILTO", "MAILFROM", "CRON_TZ", "LOGNAME", "RANDOM_DELAY"];

/// An entry whose command is taken apart.
pub(super) struct Draft<'a> {
    entry: &'a Entry,
    split: Split,
}

/// A job that could be.
pub(super) struct Made {
    /// The text of its file.
    pub(super) text: String,
    /// As it is read.
    pub(super) job: Job,
    /// What is to be said of it.
    pub(super) said: Vec<Said>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(entry: &'a Entry) -> Draft<'a> {
        Draft { entry, split: command::split(&entry.command) }
    }

    /// What the job would be called, if nothing else were.
    pub(super) fn name(&self) -> String {
        program::name(&self.split.command)
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let variable = self.entry.variables.iter().find(|variable| variable.name == name);
        variable.map(|variable| variable.value.as_str()).filter(|value| !value.is_empty())
    }

    /// The job of this name.
    ///
    /// # Errors
    /// What is wrong with it, so that it cannot run.
    pub(super) fn job(
        &self,
        name: &JobName,
        activity: Activity,
        defaults: &Spec,
        most: &Ceilings,
    ) -> Result<Made, Vec<Said>> {
        let (mail, about_mail) = failmail(&self.entry.variables, defaults.sender());
        let timing = match &self.entry.when {
            When::AtBoot => Timing { key: "at_boot", value: "true" },
            When::Fields(fields) => Timing { key: "schedule", value: fields },
        };
        let kept = self.entry.variables.iter().filter(|variable| !FOR_CRON.contains(&variable.name.as_str()));
        let environment: Vec<(&str, &str)> = kept.map(|variable| (&*variable.name, &*variable.value)).collect();
        let text = template::text(&Keys {
            name: name.as_str(),
            description: self.entry.comment.as_deref(),
            timing: Some(timing),
            zone: self.value("CRON_TZ").filter(|_| self.entry.when != When::AtBoot),
            activity,
            timeout: None,
            tags: &[],
            commands: &[command::line(&self.split, self.value("SHELL").unwrap_or(SHELL))],
            environment: &environment,
            // cron goes there, and leaves the variable
            working_directory: self.value("HOME"),
            more: &[],
            failmail: mail,
        });
        let (job, problems) = Job::read(name, text.as_bytes(), defaults, most);
        let words = |problem: &Problem| {
            // in the words of the crontab
            let about = match (problem.key.as_str(), &self.entry.when) {
                ("schedule", When::Fields(fields)) => fields,
                ("timezone", _) => "CRON_TZ",
                ("working_directory", _) => "HOME",
                (key, _) => key,
            };
            let allowed = problem.allowed.as_deref().map(|allowed| format!("; {allowed}")).unwrap_or_default();
            let about = if about.is_empty() { String::new() } else { format!("{about}: ") };
            format!("{about}{}{allowed}", problem.what)
        };
        let line = self.entry.line;
        let Some(job) = job else {
            let errors = problems.iter().filter(|problem| problem.is_error());
            return Err(errors.map(|problem| Said::not_carried(line, words(problem))).collect());
        };
        let notes = problems.iter().filter(|problem| problem.severity != Severity::Note);
        let mut said: Vec<Said> = notes.map(|problem| Said::note(line, words(problem))).collect();
        said.extend(about_mail);
        said.extend(self.of_variables());
        said.extend(self.of_privileges());
        Ok(Made { text, job, said })
    }

    fn of_variables(&self) -> impl Iterator<Item = Said> {
        self.entry.variables.iter().filter_map(|variable| match variable.name.as_str() {
            "LOGNAME" => Some(Said::note(variable.line, "LOGNAME is left out: cron sets it itself, and so does systemd")),
            "CRON_TZ" if !variable.value.is_empty() => {
                let what = "CRON_TZ is the timezone of the jobs below; cronie reads times by it, Debian's cron by the host's clock";
                Some(Said::note(variable.line, what))
            }
            "RANDOM_DELAY" => {
                let what = "RANDOM_DELAY: cronie starts later by up to so many minutes; write random_delay into the job files";
                Some(Said::not_carried(variable.line, what))
            }
            _ => None,
        })
    }

    fn of_privileges(&self) -> Option<Said> {
        needs_privileges(&self.split.command).map(|what| Said::note(self.entry.line, what))
    }
}

/// What is to be said of a command that seems to need more rights than its caller has.
pub(crate) fn needs_privileges(command: &str) -> Option<String> {
    let program = program::that_needs_privileges(command)?;
    Some(format!(
        "{program} may need rights that no job has by itself; if it does, write sandbox: {{new_privileges: allowed}}"
    ))
}
