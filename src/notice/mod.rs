//! What people and programs outside are told of a run. `run-job` writes it down, `process-control-notify` delivers
//! it: never the run itself, which nobody outside may delay or change.

mod facts;
mod invalid;
mod letter;
mod ping;
mod retry;

pub use facts::Facts;
pub use invalid::{Broken, Found, Invalid, Told, about_invalid, news};
pub use letter::{Letter, letter};
pub use ping::ping;
pub use retry::{GIVEN_UP_AFTER, next_try};

use crate::history::{End, Outcome, Run, Tally};
use crate::job::hook::{Event, Hook, Method, Url};
use crate::job::{CommandLine, FailMail, Job};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is to be told, and to whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub facts: Facts,
    /// Whoever has not been told yet.
    pub to: Vec<Receiver>,
    /// How often that was tried in vain.
    #[serde(default)]
    pub tries: u32,
    /// The next try is not before.
    #[serde(default)]
    pub not_before: DateTime<Utc>,
}

/// Who is told, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Receiver {
    /// By mail.
    Mail {
        /// Sender.
        from: String,
        /// Receiver.
        to: String,
        /// `HOST:PORT`; none for the host's own way.
        smtp: Option<String>,
    },
    /// By an address that is asked for.
    Ping {
        /// Which.
        url: Url,
        /// How.
        method: Method,
    },
    /// By JSON.
    Webhook {
        /// Where to.
        url: Url,
    },
    /// By a program, in shell words.
    Command {
        /// The program and its arguments.
        line: String,
    },
}

impl Receiver {
    /// Whether it is told by a program of the service user, and not over the network.
    pub fn is_command(&self) -> bool {
        matches!(self, Receiver::Command { .. })
    }
}

/// What happened to a job.
#[derive(Clone, Debug)]
pub enum News {
    /// A run began.
    Started(Run),
    /// A real run ended, and nobody had written so before.
    Ended(Run, End),
    /// An attempt ended that another one follows: nobody is told.
    TriedAgain(Run, End),
    /// A start was skipped.
    Skipped(Run),
    /// Nothing that anybody is told.
    Other,
}

/// What else is known when something happens.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// The host's name.
    pub host: &'a str,
    /// Now.
    pub now: DateTime<Utc>,
    /// The counts, with this run in them.
    pub tally: Tally,
    /// Whether a mail about a failure was the last that was written.
    pub failure_mailed: bool,
    /// How many runs had failed in a row before this one, whether somebody resumed the job since or not.
    pub failed_before: u32,
    /// Why the job was paused by this run's end, if it was.
    pub paused: Option<&'a str>,
    /// Where the run's log is, if there is a folder for logs.
    pub log: Option<String>,
}

/// Whom to tell what; more than one notice when more than one event has happened.
pub fn notices(job: &Job, news: &News, about: &Circumstances<'_>) -> Vec<Notice> {
    let (News::Started(run) | News::Ended(run, _) | News::Skipped(run)) = news else { return Vec::new() };
    let events = events(news, about.failed_before);
    let notices = events.iter().map(|event| {
        let hooks = job.hooks.of(*event).iter().map(receiver);
        let mail = mail(job, *event, about).into_iter();
        Notice {
            facts: Facts::of(job, run, *event, about),
            to: hooks.chain(mail).collect(),
            tries: 0,
            not_before: DateTime::default(),
        }
    });
    notices.filter(|notice| !notice.to.is_empty()).collect()
}

fn events(news: &News, failed_before: u32) -> Vec<Event> {
    match news {
        // of a start that is tried again they have heard
        News::Started(run) if run.attempt > 1 => Vec::new(),
        News::Started(_) => vec![Event::Start],
        News::Skipped(_) => vec![Event::Skip],
        News::Ended(_, end) => match end.outcome {
            Outcome::Success if failed_before > 0 => vec![Event::Success, Event::Recovery],
            Outcome::Success => vec![Event::Success],
            Outcome::Failure | Outcome::Timeout => vec![Event::Failure],
            Outcome::Stopped | Outcome::Skipped | Outcome::Interrupted => Vec::new(),
        },
        News::TriedAgain(..) | News::Other => Vec::new(),
    }
}

fn receiver(hook: &Hook) -> Receiver {
    match hook {
        Hook::Command(command) => Receiver::Command { line: command.to_string() },
        Hook::Ping(url, method) => Receiver::Ping { url: url.clone(), method: *method },
        Hook::Webhook(url) => Receiver::Webhook { url: url.clone() },
    }
}

/// The mail about a failure, from the threshold on or when it has paused the job; and about the recovery from one that
/// was mailed.
fn mail(job: &Job, event: Event, about: &Circumstances<'_>) -> Option<Receiver> {
    let due = match event {
        Event::Failure => is_mailed(job, &about.tally, about.paused),
        Event::Recovery => about.failure_mailed,
        Event::Start | Event::Success | Event::Skip | Event::Invalid => false,
    };
    let FailMail { from_address, to_address, smtp } = job.failmail.as_ref().filter(|_| due)?;
    Some(Receiver::Mail { from: from_address.clone(), to: to_address.clone(), smtp: smtp.clone() })
}

/// Whether a failure is told by mail.
pub fn is_mailed(job: &Job, tally: &Tally, paused: Option<&str>) -> bool {
    job.failmail.is_some() && (tally.failures_in_a_row >= job.failure_threshold || paused.is_some())
}

/// The words of a command hook as it was written down.
pub fn command_line(line: &str) -> Option<CommandLine> {
    CommandLine::parse(line).ok()
}
