//! Who starts which job: from the crontabs of the original to systemd, and back.
//!
//! No line of a crontab is ever removed: [`mark`] makes a comment of it, which cron passes over and everybody can read,
//! and takes the mark off again on the way back.

pub mod mark;
mod to_cron;
mod to_systemd;

pub use to_cron::{Back, to_cron};
pub use to_systemd::{Fate, Line, There, to_systemd};

use super::leftover::Leftover;
use super::read::{Columns, When};
use crate::history::Command;
use crate::job::schedule::Vixie;
use crate::job::{Job, JobName, Timing};
use std::collections::BTreeMap;

/// All jobs that are there; none for a file with an error.
pub type Jobs = BTreeMap<JobName, Option<Job>>;

/// A crontab that cron reads.
#[derive(Clone, Copy, Debug)]
pub struct Crontab<'a> {
    /// Its path, for people.
    pub label: &'a str,
    /// Its text.
    pub bytes: &'a [u8],
    /// Whether its entries name users.
    pub columns: Columns,
    /// Whose it is, if they do not.
    pub owner: Option<&'a str>,
    /// Who wrote it.
    pub author: Author,
}

/// Who wrote a crontab, and so what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The original's `cron-generate`, or `jobctl export`, from the job files: those hold, and a line that says
    /// something else is out of date.
    Generator,
    /// People. What they meant is not in the job files.
    People,
}

/// Whether an entry starts a job at the times of its file, as its timer would.
fn is_same_start(leftover: &Leftover, job: &Job) -> bool {
    let has_zone = job.timing.zone(job.zone.as_ref()).is_some() || leftover.sets.iter().any(|name| name == "CRON_TZ");
    leftover.command == Command::Normal
        && !has_zone
        && match (&leftover.when, fields(job)) {
            (When::AtBoot, _) => job.timing == Timing::AtBoot,
            (When::Fields(text), Some(fields)) => Vixie::parse(text).is_ok_and(|it| it.is_same_as(&fields)),
            (When::Fields(_), None) => false,
        }
}

/// When a job starts, in five fields; none if no entry can say it.
fn fields(job: &Job) -> Option<Vixie> {
    match &job.timing {
        Timing::Schedule(vixie) => Some(vixie.clone()),
        Timing::Calendar(calendar) => Vixie::parse(&calendar.five_fields().ok()?).ok(),
        Timing::AtBoot | Timing::Manual | Timing::Every(_) | Timing::After(_) => None,
    }
}

/// As an entry has it.
fn shown(when: &When) -> String {
    match when {
        When::AtBoot => "@reboot".to_owned(),
        When::Fields(fields) => fields.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::mark::marked;
    use super::*;
    use crate::crontab::Ours;
    use crate::job::{Ceilings, Spec};
    use std::collections::BTreeSet;

    const OURS: Ours<'_> = Ours { runner: "/opt/run", user: "u", configuration: None };

    fn jobs(files: &[(&str, &str)]) -> Jobs {
        let read = |(name, text): &(&str, &str)| {
            let name = JobName::new(name).unwrap();
            let text = format!("command: /bin/true\n{text}\n");
            let (job, _) = Job::read(&name, text.as_bytes(), &Spec::default(), &Ceilings::default());
            (name, job)
        };
        files.iter().map(read).collect()
    }

    fn crontab<'a>(label: &'a str, bytes: &'a [u8], author: Author) -> Crontab<'a> {
        Crontab { label, bytes, columns: Columns::WithUser, owner: None, author }
    }

    const FILES: &[(&str, &str)] = &[
        ("bad", "schedule: 61 * * * *"),
        ("boot", "at_boot: true"),
        ("by-hand", ""),
        ("calendar", "calendar: '*-*-* 07:05:00'"),
        ("moved", "schedule: 7 * * * *"),
        ("new", "every: 2h"),
        ("off", "schedule: 5 5 * * *\ndisabled: true"),
        ("same", "schedule: 30  12 * * *"),
        ("slow", "schedule: 5 5 * * *\nslow_start_command: /bin/true"),
    ];

    fn entries(names: &[&str]) -> String {
        format!("{}\n", names.join("\n"))
    }

    #[test]
    fn every_start_by_a_job_file_goes_to_systemd_and_no_other() {
        let jobs = jobs(FILES);
        let generated = entries(&[
            "30 12 * * * u /opt/run --job same",
            "6 * * * * u /opt/run --job moved",
            "5 5 * * * u /opt/run --job off",
            "5 5 * * * u /opt/run --job gone",
            "1 1 * * * u /opt/run --job bad",
        ]);
        let people = entries(&[
            "@reboot u /opt/run --job boot",
            "0 3 * * * u /opt/run --job by-hand",
            "05 7 * * 0-7 u /opt/run calendar >/dev/null",
            "8 * * * * u /opt/run --job moved",
            "5 5 * * * u /opt/run --job off",
            "5 5 * * * u /opt/run --job gone",
            "5 5 * * * u /opt/run --job slow -w",
            "5 5 * * * u /opt/other",
            "DB=prod",
            "30 12 * * * u /opt/run --job same",
            "30 12 * * * u test -e /x && /opt/run --job same",
            "0 3 * * * u sh -c '/opt/run by-hand'",
            "30 12 * * * root /opt/run --job same",
            "CRON_TZ=UTC",
            "30 12 * * * u /opt/run --job same",
        ]);
        let crontabs =
            [crontab("g", generated.as_bytes(), Author::Generator), crontab("p", people.as_bytes(), Author::People)];
        let there = to_systemd(&crontabs, OURS, &jobs);
        let said: Vec<String> = there.lines.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "same: systemd starts it; g:1 becomes a comment",
                "moved: systemd starts it by its file (7 * * * *), not at 6 * * * *; g:2 becomes a comment",
                "off: is disabled or has no time of its own in its file, and nothing starts it; g:3 becomes a comment",
                "gone: has no job file, and nothing starts it; g:4 becomes a comment",
                "bad: g:5 is in the way: its file has an error, so systemd would not start it; jobctl check tells which",
                "boot: systemd starts it; p:1 becomes a comment",
                "by-hand: p:2 stays as it is: the job is disabled or has no time of its own, so systemd does not start it",
                "calendar: systemd starts it; p:3 becomes a comment",
                "moved: p:4 stays as it is: it starts the job at other times than its file says",
                "off: p:5 stays as it is: the job is disabled or has no time of its own, so systemd does not start it",
                "gone: p:6 stays as it is: there is no such job",
                "slow: p:7 stays as it is: it starts the job slowly, and no timer does",
                "same: systemd starts it, without DB of the crontab, which its environment does not set; p:10 becomes a comment",
                "same: p:11 is in the way: the entry does more than start the job, which would be lost; take that out of it, or the job",
                "by-hand: p:12 stays as it is: the job is disabled or has no time of its own, so systemd does not start it",
                "same: p:15 stays as it is: it starts the job at other times than its file says",
            ]
        );
        assert_eq!(there.blocking().count(), 2);
        assert_eq!(there.taken().count(), 7);
        assert_eq!(there.new.iter().map(JobName::as_str).collect::<Vec<_>>(), ["new", "slow"]);
    }

    #[test]
    fn on_the_way_back_each_job_has_one_entry() {
        let jobs = jobs(FILES);
        let people = entries(&[
            "30 12 * * * u /opt/run --job same",
            "30 12 * * * u /opt/run --job same",
            "5 7 * * * u /opt/run --job calendar",
            "8 * * * * u /opt/run --job moved",
            "5 5 * * * u /opt/run --job off",
            "@reboot u /opt/run --job boot",
        ]);
        // somebody has taken the mark off the last line already
        let people = marked(people.as_bytes(), &BTreeSet::from([1, 2, 3, 4, 5]));
        let generated = entries(&["#process-control# 6 * * * * u /opt/run --job moved", "5 5 * * * u /opt/other"]);
        let crontabs = [crontab("g", generated.as_bytes(), Author::Generator), crontab("p", &people, Author::People)];
        let back = to_cron(&crontabs, OURS, &jobs);
        let of = |entries: &[Leftover]| -> Vec<String> {
            entries.iter().map(|entry| format!("{}:{} {}", entry.file, entry.line, entry.job)).collect()
        };
        assert_eq!(of(&back.restored), ["p:1 same", "p:3 calendar"]);
        assert_eq!(of(&back.stale), ["p:2 same", "p:4 moved", "p:5 off"]);
        assert_eq!(back.written.iter().map(JobName::as_str).collect::<Vec<_>>(), ["moved", "new", "slow"]);
        assert_eq!(back.foreign, ["g:2"]);
    }

    #[test]
    fn there_and_back_is_the_same_text() {
        let jobs = jobs(FILES);
        let people = entries(&["# ours", "30 12 * * * u /opt/run --job same", "5 5 * * * u /opt/other"]);
        let here = [crontab("p", people.as_bytes(), Author::People)];
        let lines = to_systemd(&here, OURS, &jobs).taken().map(|entry| entry.line).collect();
        let there = marked(people.as_bytes(), &lines);
        assert_ne!(there, people.as_bytes());
        let waiting = |text: &[u8]| to_systemd(&[crontab("p", text, Author::People)], OURS, &jobs).waiting.len();
        assert_eq!((waiting(people.as_bytes()), waiting(&there)), (0, 1));
        // one that somebody starts again waits for nobody
        assert_eq!(waiting(&[&*there, b"\n30 12 * * * u /opt/run --job same\n"].concat()), 0);
        let back = to_cron(&[crontab("p", &there, Author::People)], OURS, &jobs);
        let lines = back.restored.iter().map(|entry| entry.line).collect();
        assert_eq!(mark::unmarked(&there, &lines), people.as_bytes());
    }
}
