//! `process-control-notify`: delivers what `run-job` wrote down, mails and requests as a user of its own, programs as
//! the service user. It ends when there is nothing more to do; a path unit starts it again.

use super::translate::line;
use crate::compile;
use crate::config::{Config, Secret};
use crate::history::Command;
use crate::job::JobName;
use crate::job::hook::{Event, Method, Url};
use crate::job::text::one_line;
use crate::notice::{Facts, GIVEN_UP_AFTER, Notice, Receiver, command_line, letter, next_try, ping};
use crate::sys::journal::Query;
use crate::sys::spool::{Queue, Spool, Unread};
use crate::sys::tell::mail::{self, Way};
use crate::sys::tell::web::{Request, Web};
use crate::sys::tell::{Failed, program};
use crate::sys::voice::{Priority, Voice, speak};
use crate::sys::{clock, config, credential, host};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

/// So many of a run's last lines stand in a mail.
const LINES: usize = 40;
/// No program is told any more of what is older: they wait for each other.
const STALE: TimeDelta = TimeDelta::hours(1);
/// So long a round may take: what is left then is for the next.
const ROUND: TimeDelta = TimeDelta::minutes(10);
/// What cannot be cleared away starts us again at once: not more often than this.
const BREATH: Duration = Duration::from_secs(30);

/// Runs `process-control-notify`; with `--commands`, for programs; with `--invalid`, writes down which jobs are invalid.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().skip(1).collect();
    let queue = match arguments.as_slice() {
        [] => Queue::Post,
        [word] if word == "--commands" => Queue::Commands,
        [word] if word == "--invalid" => return super::invalid::main(),
        _ => {
            speak("usage: process-control-notify [--commands | --invalid]; systemd starts it\n");
            return super::exit::USAGE;
        }
    };
    let loaded = config::load();
    let Some(config) = loaded.config else {
        for problem in loaded.problems.iter().filter(|problem| problem.is_error()) {
            say(Priority::Error, &line(&loaded.path, problem));
        }
        clock::wait(BREATH);
        return super::exit::CONFIG;
    };
    let mut post = Post {
        spool: Spool::new(&config.notice_directory),
        config: &config,
        web: Web::default(),
        end: clock::now() + ROUND,
        away: BTreeMap::new(),
        there: BTreeSet::new(),
        stuck: None,
    };
    let done = match queue {
        Queue::Commands => post.round(Queue::Commands),
        Queue::Post | Queue::Later => post.both_rounds(),
    };
    let trouble = done.err().map(|error| error.to_string()).or(post.stuck);
    match trouble {
        None => super::exit::OK,
        Some(what) => {
            say(Priority::Error, &format!("{}: {what}", config.notice_directory.display()));
            clock::wait(BREATH);
            1
        }
    }
}

struct Post<'a> {
    spool: Spool,
    config: &'a Config,
    web: Web,
    /// When this round ends, whatever is left.
    end: DateTime<Utc>,
    /// Who did not answer in this round, and why: the others shall not wait for them again and again.
    away: BTreeMap<String, String>,
    /// Who answered in this round, and may take what waits for them.
    there: BTreeSet<String>,
    /// What could not be read or cleared away: the first of it.
    stuck: Option<String>,
}

impl Post<'_> {
    /// Delivers what is new, and then tries the old again: when its time has come, or a server has answered.
    fn both_rounds(&mut self) -> io::Result<()> {
        self.round(Queue::Post)?;
        self.round(Queue::Later)
    }

    /// Delivers what waits in a queue, the oldest first. What is wrong with one costs no other anything.
    fn round(&mut self, queue: Queue) -> io::Result<()> {
        for file in self.spool.list(queue)? {
            if clock::now() > self.end {
                return Ok(());
            }
            let done = match self.spool.read(queue, &file) {
                Ok(notice) if queue == Queue::Later && !self.is_due(&notice) => Ok(()),
                Ok(notice) => self.deliver(queue, &file, notice),
                Err(Unread::NoNotice(why)) => {
                    let what = format!("{} is no notice, and is put aside: {}", file.display(), one_line(&why));
                    say(Priority::Warning, &what);
                    self.spool.remove(queue, &file)
                }
                Err(Unread::Failed(error)) => Err(error),
            };
            if let Err(error) = done {
                self.stuck.get_or_insert_with(|| format!("{}: {error}", file.display()));
            }
        }
        Ok(())
    }

    fn is_due(&self, notice: &Notice) -> bool {
        let is_there = |to: &Receiver| server(to).is_some_and(|server| self.there.contains(&server));
        notice.not_before <= clock::now() || notice.to.iter().any(is_there)
    }

    /// Tells each receiver; those that may be told later stay.
    fn deliver(&mut self, queue: Queue, file: &OsStr, mut notice: Notice) -> io::Result<()> {
        if queue == Queue::Commands {
            // a program is run once, also one that ends us
            self.spool.remove(queue, file)?;
            let age = notice.facts.timestamp.parse().map(|at: DateTime<Utc>| clock::now() - at);
            if age.is_ok_and(|age| age > STALE) {
                let what = format!("{}: not told, as it waited too long: {}", job(&notice.facts), notice.facts.message);
                say(Priority::Error, &what);
                return Ok(());
            }
        }
        let Notice { facts, to, .. } = &notice;
        let mut rest = Vec::new();
        for receiver in to {
            // each queue has its own user, and a job may have written anything into either
            if receiver.is_command() != (queue == Queue::Commands) {
                continue;
            }
            match self.tell(facts, receiver) {
                Ok(()) => say(Priority::Notice, &format!("{}: {}: told", job(facts), who(receiver))),
                // one that came after its end would say that the run goes on
                Err(Failed::Away(why) | Failed::Later(why)) if is_start_ping(facts, receiver) => {
                    say(Priority::Warning, &format!("{}: {}: not told: {why}", job(facts), who(receiver)));
                }
                Err(Failed::Away(why) | Failed::Later(why)) => {
                    say(Priority::Warning, &format!("{}: {}: not told yet: {why}", job(facts), who(receiver)));
                    rest.push(receiver.clone());
                }
                Err(Failed::Never(why)) => {
                    say(Priority::Error, &format!("{}: {}: not told: {why}", job(facts), who(receiver)));
                }
            }
        }
        if queue == Queue::Commands {
            return Ok(());
        }
        if rest.is_empty() {
            return self.spool.remove(queue, file);
        }
        let now = clock::now();
        if Spool::came(queue, file).is_some_and(|came| now - came > GIVEN_UP_AFTER) {
            let hours = GIVEN_UP_AFTER.num_hours();
            say(Priority::Error, &format!("{}: given up after {hours} hours: {}", job(facts), facts.message));
            return self.spool.remove(queue, file);
        }
        notice.to = rest;
        notice.tries = notice.tries.saturating_add(1);
        notice.not_before = next_try(now, notice.tries);
        let lasting = match file.to_str() {
            Some(name) if queue == Queue::Later => self.spool.replace(queue, name, &notice)?,
            _ => {
                // first the new one: what is told twice is better than what is lost
                let lasting = self.spool.put(Queue::Later, &notice)?;
                self.spool.remove(queue, file)?;
                lasting
            }
        };
        if let Some(doubt) = lasting.doubt() {
            say(Priority::Warning, &format!("{}: what is to be told later is {doubt}", job(&notice.facts)));
        }
        Ok(())
    }

    fn tell(&mut self, facts: &Facts, receiver: &Receiver) -> Result<(), Failed> {
        match receiver {
            Receiver::Command { line } => {
                let command = command_line(line).ok_or_else(|| Failed::Never("this is no command".to_owned()))?;
                program::run(&command, &facts.variables(), &document(facts))
            }
            Receiver::Mail { from, to, smtp } => {
                self.unless_away(smtp.clone().unwrap_or_default(), |post| post.mail(facts, from, to, smtp.as_deref()))
            }
            Receiver::Ping { url, method } => {
                let request = match method {
                    Method::Get => Request::Get,
                    Method::Post => Request::Text(&facts.message),
                };
                self.ask(&ping(url, facts), request)
            }
            Receiver::Webhook { url } => self.ask(url, Request::Json(&document(facts))),
        }
    }

    /// Asks a server that has not failed to answer in this round.
    fn unless_away(&mut self, server: String, ask: impl FnOnce(&Self) -> Result<(), Failed>) -> Result<(), Failed> {
        if let Some(why) = self.away.get(&server) {
            return Err(Failed::Away(why.clone()));
        }
        let told = ask(self);
        match &told {
            // also with a refusal: it is there, and may take what it could not take before
            Ok(()) | Err(Failed::Never(_)) => drop(self.there.insert(server)),
            Err(Failed::Away(why)) => drop(self.away.insert(server, why.clone())),
            Err(Failed::Later(_)) => {}
        }
        told
    }

    fn mail(&self, facts: &Facts, from: &str, to: &str, smtp: Option<&str>) -> Result<(), Failed> {
        let lines = last_lines(facts);
        let letter = letter(facts, lines.as_deref().map_err(|why| &**why));
        let way = match (smtp, &self.config.sendmail) {
            (Some(server), _) => Way::Smtp(server),
            (None, Some(program)) => Way::Sendmail(program),
            (None, None) => Way::Smtp("localhost:25"),
        };
        mail::send(&letter, from, to, &host::name(), way)
    }

    fn ask(&mut self, url: &Url, request: Request<'_>) -> Result<(), Failed> {
        let secrets = self.config.secrets.iter().filter(|secret| secret.is_for(url));
        // the closest place counts
        let secret = secrets.max_by_key(|secret| secret.url.as_str().len());
        let value = secret.map(|Secret { name, .. }| {
            let unread = |error| Failed::Later(format!("secret {name} cannot be read: {error}"));
            credential::read(name).map_err(unread)
        });
        let value = value.transpose()?;
        self.unless_away(url.server().to_owned(), |post| post.web.ask(url, request, value.as_deref()))
    }
}

/// What answers or does not.
fn server(receiver: &Receiver) -> Option<String> {
    match receiver {
        Receiver::Mail { smtp, .. } => Some(smtp.clone().unwrap_or_default()),
        Receiver::Ping { url, .. } | Receiver::Webhook { url } => Some(url.server().to_owned()),
        Receiver::Command { .. } => None,
    }
}

fn is_start_ping(facts: &Facts, receiver: &Receiver) -> bool {
    facts.event == Event::Start && matches!(receiver, Receiver::Ping { .. })
}

/// The last lines of the run, of no other unit than the job's own: who writes a notice could ask for any.
fn last_lines(facts: &Facts) -> Result<Vec<String>, String> {
    if facts.event == Event::Invalid {
        // there was no run
        return Ok(Vec::new());
    }
    let name = JobName::new(&facts.job).map_err(|_| "This is no job.".to_owned())?;
    let is_id = facts.run.len() == 32 && facts.run.bytes().all(|byte| byte.is_ascii_hexdigit());
    let unit = if facts.command == Command::SlowStart.key() {
        compile::slow_start_name(&name)
    } else {
        compile::service_name(&name)
    };
    let mut lines = Vec::new();
    if is_id {
        let mut query = Query::run_of(&unit, &facts.run);
        query.last = Some(LINES);
        let read = query.read(|line| {
            lines.push(line.text);
            ControlFlow::Continue(())
        });
        read.map_err(|error| format!("The journal cannot be read: {error}"))?;
    }
    if lines.is_empty() && facts.event == Event::Failure {
        return Err(
            "The journal has no line of this run; one that was started by hand spoke to its terminal.".to_owned()
        );
    }
    Ok(lines)
}

fn document(facts: &Facts) -> Vec<u8> {
    serde_json::to_vec(facts).unwrap_or_default()
}

fn job(facts: &Facts) -> String {
    one_line(&facts.job)
}

/// Who it is, as it may stand in a log.
fn who(receiver: &Receiver) -> String {
    match receiver {
        Receiver::Mail { to, .. } => format!("mail to {}", one_line(to)),
        Receiver::Ping { url, .. } => format!("ping of {}", url.server()),
        Receiver::Webhook { url } => format!("webhook at {}", url.server()),
        Receiver::Command { line } => format!("command {}", one_line(line.split(' ').next().unwrap_or_default())),
    }
}

fn say(priority: Priority, what: &str) {
    Voice::Journal.say(priority, what);
}
