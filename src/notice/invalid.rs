//! Jobs whose files have errors: what was told of them, what is news, and the mail.

use super::{Facts, Notice, Receiver};
use crate::job::FailMail;
use crate::job::hook::Event;
use crate::job::text::{one_line, printable};
use crate::page::words::rfc3339;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

/// So many at once have a mail each; more are one bad edit, and one mail.
const MOST_MAILS: usize = 5;
/// So many stand in a mail.
const MOST_JOBS: usize = 50;
/// So long is a line about a problem.
const LONGEST: usize = 500;
/// So many jobs are kept in mind: what is kept is bounded. Nobody hears of the rest until these are mended.
const MOST_TOLD: usize = 5000;

/// What a notice says of invalid jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invalid {
    /// The jobs, of many the first.
    pub jobs: Vec<Broken>,
    /// How many there are.
    pub count: usize,
}

/// A job that cannot run, as its file has an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// Its name.
    pub job: String,
    /// Its file.
    pub file: String,
    /// The line of the first error; 0 when that is about the file as a whole.
    pub line: usize,
    /// The first error, without its place.
    pub error: String,
    /// All that is wrong, a line each.
    pub problems: Vec<String>,
}

/// A job that was found to be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What is wrong.
    pub broken: Broken,
    /// Who is told; none if nobody wants to know.
    pub to: Option<FailMail>,
}

/// What was told already: the first error of each job. Its place is no part of it, as a line more above an error
/// makes it no other one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Told(BTreeMap<String, String>);

impl Told {
    /// What will have been told of these jobs. What is valid again or gone is forgotten, and what nobody could be
    /// told of is no news any more only when somebody could.
    pub fn of(found: &[Found]) -> Told {
        let told = found.iter().filter(|found| found.to.is_some()).take(MOST_TOLD);
        Told(told.map(|found| (found.broken.job.clone(), one_line(&found.broken.error))).collect())
    }

    /// Takes jobs back, of which nobody could be told.
    pub fn forget(&mut self, jobs: &[String]) {
        for job in jobs {
            self.0.remove(job);
        }
    }
}

/// Those that were not told yet, or whose first error is another one.
pub fn news<'a>(told: &Told, found: &'a [Found]) -> Vec<&'a Found> {
    let all = found.iter().filter(|found| found.to.is_some()).take(MOST_TOLD);
    all.filter(|found| told.0.get(&found.broken.job) != Some(&one_line(&found.broken.error))).collect()
}

/// The notices about them, each with the jobs that it is about: one for each job, or if there are many, one for each
/// receiver.
pub fn about_invalid(news: &[&Found], host: &str, now: DateTime<Utc>) -> Vec<(Vec<String>, Notice)> {
    let mut groups: Vec<(&FailMail, Vec<&Broken>)> = Vec::new();
    for Found { broken, to } in news {
        let Some(to) = to else { continue };
        match groups.iter_mut().find(|(known, _)| news.len() > MOST_MAILS && *known == to) {
            Some((_, group)) => group.push(broken),
            None => groups.push((to, vec![broken])),
        }
    }
    let notice = |(to, group): (&FailMail, Vec<&Broken>)| {
        let FailMail { from_address, to_address, smtp } = to;
        let mail = Receiver::Mail { from: from_address.clone(), to: to_address.clone(), smtp: smtp.clone() };
        let jobs = group.iter().map(|broken| broken.job.clone()).collect();
        let facts = facts(&group, host, now);
        (jobs, Notice { facts, to: vec![mail], tries: 0, not_before: DateTime::default() })
    };
    groups.into_iter().map(notice).collect()
}

fn facts(group: &[&Broken], host: &str, now: DateTime<Utc>) -> Facts {
    let (job, message) = match group {
        [one] => {
            let line = if one.line > 0 { format!("line {}: ", one.line) } else { String::new() };
            (one.job.clone(), format!("{} cannot run: {line}{}", one.job, one.error))
        }
        many => {
            let names: Vec<&str> = many.iter().map(|broken| broken.job.as_str()).take(MOST_JOBS).collect();
            let count = format!("{} jobs", many.len());
            (count.clone(), format!("{count} cannot run: {}", names.join(", ")))
        }
    };
    let jobs = group.iter().take(MOST_JOBS).map(|broken| {
        let mut broken = (*broken).clone();
        // of many it is enough to know where to look
        broken.problems.truncate(if group.len() > 1 { 1 } else { usize::MAX });
        for problem in &mut broken.problems {
            *problem = line(problem);
        }
        broken
    });
    Facts {
        timestamp: rfc3339(now),
        event: Event::Invalid,
        host: host.to_owned(),
        name: job.clone(),
        job,
        tags: Vec::new(),
        run: String::new(),
        trigger: String::new(),
        command: String::new(),
        slot: None,
        start: None,
        end: None,
        duration: None,
        outcome: None,
        cause: None,
        exit_status: None,
        reason: None,
        attempt: 1,
        failures_in_a_row: 0,
        paused: None,
        log: None,
        message: one_line(&message),
        invalid: Some(Invalid { jobs: jobs.collect(), count: group.len() }),
    }
}

fn line(text: &str) -> String {
    printable(text).chars().take(LONGEST).collect()
}

impl Invalid {
    /// The body of the mail.
    pub(super) fn text(&self, facts: &Facts) -> String {
        let mut text = format!("{}\n\n", one_line(&facts.message));
        let mut row = |name: &str, value: &str| {
            let _ = writeln!(text, "{name:<9}{}", line(value));
        };
        if let ([broken], 1) = (self.jobs.as_slice(), self.count) {
            row("job", &broken.job);
            row("host", &facts.host);
            row("file", &broken.file);
            if broken.line > 0 {
                row("line", &broken.line.to_string());
            }
            text.push_str("\nIts file has an error, so the job does not run until that is mended:\n\n");
        } else {
            row("host", &facts.host);
            text.push_str("\nTheir files have errors, so these jobs do not run until that is mended:\n\n");
        }
        for problem in self.jobs.iter().flat_map(|broken| &broken.problems) {
            let _ = writeln!(text, "  {}", line(problem));
        }
        let hidden = self.count.saturating_sub(self.jobs.len());
        if hidden > 0 {
            let _ = writeln!(text, "  and {hidden} more");
        }
        text.push_str("\nMore:\n\n");
        let command = match self.jobs.as_slice() {
            [broken] => format!("jobctl check {}", shell_words::quote(&line(&broken.job))),
            _ => "jobctl check".to_owned(),
        };
        let _ = writeln!(text, "  {command}");
        text
    }
}
