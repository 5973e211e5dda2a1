//! A crontab that runs the jobs, for hosts without systemd, in the form that the original wrote; and all that is lost
//! on the way.

use super::lost::{Delivery, lost, why_not};
use crate::job::{Job, JobName, Timing};
use std::fmt::Write as _;

/// The entry of a job where the configuration has no `cron_template`: that of the original's example.
pub const DEFAULT_TEMPLATE: &str = "# Generated from {source}\n{schedule} {user} {command}\n";

/// An entry with places for what differs from job to job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Source,
    Schedule,
    User,
    Command,
}

/// What stands in each entry.
#[derive(Clone, Copy, Debug)]
pub struct Runner<'a> {
    /// As whom cron runs it.
    pub user: &'a str,
    /// `run-job`.
    pub program: &'a str,
    /// The configuration's file, if it is not in its usual place: the variable that names it, and the path.
    pub configuration: Option<(&'a str, &'a str)>,
    /// The job directory.
    pub folder: &'a str,
    /// Who delivers notices.
    pub delivery: Delivery,
}

/// A crontab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Its text.
    pub text: String,
    /// `NAME: KEY: what is lost`
    pub said: Vec<String>,
    /// How many entries it has.
    pub entries: usize,
    /// How many jobs that should run are not in it.
    pub left_out: usize,
}

impl Template {
    /// Reads a template by the rules of the original's: `{source}`, `{schedule}`, `{user}`, `{command}`; a brace that
    /// stands twice is one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Template, String> {
        let allowed = "{source}, {schedule}, {user} and {command}; a brace itself is written twice";
        let (mut parts, mut plain) = (Vec::new(), String::new());
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let (name, after) = rest
                .split_once('}')
                .filter(|_| brace == "{")
                .ok_or_else(|| format!("a brace stands alone; allowed are {allowed}"))?;
            let part = match name {
                "source" => Part::Source,
                "schedule" => Part::Schedule,
                "user" => Part::User,
                "command" => Part::Command,
                _ => return Err(format!("an unknown placeholder; allowed are {allowed}")),
            };
            parts.extend([Part::Text(std::mem::take(&mut plain)), part]);
            rest = after;
        }
        plain.push_str(rest);
        // without it the next entry would stand in the same line
        if !plain.ends_with('\n') {
            plain.push('\n');
        }
        parts.push(Part::Text(plain));
        for (part, name) in [(Part::Schedule, "{schedule}"), (Part::Command, "{command}")] {
            if !parts.contains(&part) {
                return Err(format!("{name} is missing; without it no entry runs anything"));
            }
        }
        Ok(Template(parts))
    }

    fn entry(&self, job: &JobName, schedule: &str, runner: Runner<'_>) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Source => format!("{}/{job}.yaml", runner.folder.trim_end_matches('/')),
            Part::Schedule => schedule.to_owned(),
            Part::User => runner.user.to_owned(),
            Part::Command => runner.command(job),
        });
        parts.collect()
    }
}

impl Runner<'_> {
    /// What the shell of cron gets.
    fn command(&self, job: &JobName) -> String {
        let word = |text: &str| shell_words::quote(text).into_owned();
        let mut command = String::new();
        if let Some((variable, path)) = self.configuration {
            // a template may put another program before it, which takes no assignment for a command
            let _ = write!(command, "/usr/bin/env {variable}={} ", word(path));
        }
        let name = job.as_str();
        // a name that looks like an option
        let gap = if name.starts_with('-') { '=' } else { ' ' };
        let _ = write!(command, "{} --job{gap}{}", word(self.program), word(name));
        // for cron a percent sign ends the command
        command.replace('%', "\\%")
    }
}

/// The crontab of these jobs; those of broken files are none.
pub fn export(jobs: &[(JobName, Option<Job>)], template: &Template, runner: Runner<'_>) -> Exported {
    let mut exported = Exported::default();
    for (name, job) in jobs {
        let Some(job) = job else {
            exported.leave_out(name, "the file has an error; jobctl check tells which");
            continue;
        };
        if !job.is_scheduled() {
            let _ = writeln!(exported.text, "# Skipping disabled job {name}");
            continue;
        }
        let schedule = match fields(job) {
            Ok(schedule) => schedule,
            Err(why) => {
                exported.leave_out(name, &why);
                continue;
            }
        };
        exported.text.push_str(&template.entry(name, &schedule, runner));
        exported.entries += 1;
        exported
            .said
            .extend(lost(job, runner.delivery).into_iter().map(|(key, what)| format!("{name}: {key}: {what}")));
    }
    exported
}

/// What an entry begins with, or why there is none: one at another hour would be worse.
fn fields(job: &Job) -> Result<String, String> {
    let zone = job.timing.zone(job.zone.as_ref());
    let by_the_clock = |fields: Result<String, String>| match zone {
        Some(zone) => Err(format!("timezone: it goes by {zone}, and cron by the host's clock")),
        None => fields,
    };
    match &job.timing {
        Timing::Schedule(vixie) => by_the_clock(Ok(vixie.as_str().to_owned())),
        Timing::Calendar(calendar) => by_the_clock(calendar.five_fields().map_err(|why| format!("calendar: {why}"))),
        Timing::AtBoot => Ok("@reboot".to_owned()),
        other => Err(why_not(other).to_owned()),
    }
}

impl Exported {
    fn leave_out(&mut self, name: &JobName, why: &str) {
        let _ = writeln!(self.text, "# Left out: job {name}: {why}");
        self.said.push(format!("{name}: {why}; the job is left out"));
        self.left_out += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Ceilings, Spec};

    const RUNNER: Runner<'_> = Runner {
        user: "olga",
        program: "/usr/bin/run-job",
        configuration: None,
        folder: "/jobs",
        delivery: Delivery::Nobody,
    };

    fn job(name: &str, keys: &str) -> (JobName, Option<Job>) {
        let name = JobName::new(name).unwrap();
        let text = format!("name: x\ncommand: /bin/true\n{keys}\n");
        let (job, _) = Job::read(&name, text.as_bytes(), &Spec::default(), &Ceilings::default());
        (name, job)
    }

    fn exported(name: &str, keys: &str) -> Exported {
        export(&[job(name, keys)], &Template::parse(DEFAULT_TEMPLATE).unwrap(), RUNNER)
    }

    #[test]
    fn the_original_would_have_written_it() {
        let jobs = [
            job("disabled", "schedule: '* * * * *'\ndisabled: true"),
            job("schedule_2", "schedule: '*/10 * * * *'"),
            job("schedule_good", "schedule: '*/5 *  * * *'"),
            job("unscheduled", ""),
        ];
        let written = export(&jobs, &Template::parse(DEFAULT_TEMPLATE).unwrap(), RUNNER);
        assert_eq!(
            written.text,
            "# Skipping disabled job disabled\n\
             # Generated from /jobs/schedule_2.yaml\n\
             */10 * * * * olga /usr/bin/run-job --job schedule_2\n\
             # Generated from /jobs/schedule_good.yaml\n\
             */5 *  * * * olga /usr/bin/run-job --job schedule_good\n\
             # Skipping disabled job unscheduled\n"
        );
        assert_eq!((written.said.len(), written.left_out), (0, 0));
    }

    #[test]
    fn names_stay_one_word_for_cron_and_its_shell() {
        for (name, word) in [
            ("a b;rm", "--job 'a b;rm'"),
            ("50%", "--job '50\\%'"),
            ("it's 5%", "--job 'it'\\''s 5\\%'"),
            ("-k", "--job=-k"),
            ("$(x)", "--job '$(x)'"),
        ] {
            let text = exported(name, "at_boot: true").text;
            assert_eq!(text.lines().last().unwrap(), format!("@reboot olga /usr/bin/run-job {word}"));
        }
    }

    #[test]
    fn a_template_has_four_places() {
        let runner = Runner { configuration: Some(("CONF", "/a b")), ..RUNNER };
        let template = Template::parse("{schedule} {command} # {{{user}}}").unwrap();
        let name = JobName::new("a").unwrap();
        assert_eq!(
            template.entry(&name, "1 2 3 4 5", runner),
            "1 2 3 4 5 /usr/bin/env CONF='/a b' /usr/bin/run-job --job a # {olga}\n"
        );
        for (text, wrong) in [
            ("{schedule} {comand}", "an unknown placeholder"),
            ("{schedule} {command} {0}", "an unknown placeholder"),
            ("{schedule} {command}}", "a brace stands alone"),
            ("{schedule} {command", "a brace stands alone"),
            ("{command}", "{schedule} is missing"),
            ("", "{schedule} is missing"),
        ] {
            assert!(Template::parse(text).unwrap_err().starts_with(wrong), "{text}");
        }
    }

    #[test]
    fn a_calendar_that_five_fields_can_say_is_an_entry() {
        for (calendar, fields) in
            [("daily", "0 0 * * *"), ("Mon..Fri 09:30", "30 9 * * 1-5"), ("*:0/15", "*/15 * * * *")]
        {
            let exported = exported("a", &format!("calendar: '{calendar}'"));
            assert_eq!(exported.text.lines().last(), Some(&*format!("{fields} olga /usr/bin/run-job --job a")));
            assert_eq!((exported.said.len(), exported.left_out), (0, 0));
        }
    }

    #[test]
    fn what_no_crontab_can_say_is_left_out() {
        for (keys, why) in [
            ("calendar: '*:*:30'", "a: calendar: cron starts nothing but at full minutes"),
            ("calendar: 04:00 Europe/Berlin", "a: timezone: it goes by Europe/Berlin"),
            ("schedule: 30 2 * * *\ntimezone: America/New_York", "a: timezone: it goes by America/New_York"),
            ("every: 5min", "a: every: "),
            ("after_success: b", "a: after_success: "),
            ("schedule: x", "a: the file has an error"),
        ] {
            let exported = exported("a", keys);
            assert_eq!(exported.left_out, 1);
            assert!(exported.text.starts_with(&format!("# Left out: job {why}")), "{exported:?}");
            assert!(exported.said[0].starts_with(why) && exported.said[0].ends_with("; the job is left out"));
        }
        // nobody misses it
        assert_eq!(exported("a", "calendar: '*:*:30'\ndisabled: true").left_out, 0);
    }
}
