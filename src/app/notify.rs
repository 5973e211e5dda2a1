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
use crate::sys::spool::{Queue, Spool};
use crate::sys::tell::mail::{self, Way};
use crate::sys::tell::web::{Request, Web};
use crate::sys::tell::{Failed, program};
use crate::sys::voice::{Priority, Voice, speak};
use crate::sys::{clock, config, credential};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

/// So many of a run's last lines stand in a mail.
const LINES: usize = 40;
/// What cannot be cleared away starts us again at once: not more often than this.
const BREATH: Duration = Duration::from_secs(30);

/// Runs `process-control-notify`; with `--commands`, for programs.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().skip(1).collect();
    let queue = match arguments.as_slice() {
        [] => Queue::Post,
        [word] if word == "--commands" => Queue::Commands,
        _ => {
            speak("usage: process-control-notify [--commands]; systemd starts it\n");
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
        away: BTreeMap::new(),
    };
    let done = match queue {
        Queue::Commands => post.round(Queue::Commands, DateTime::<Utc>::MAX_UTC),
        Queue::Post | Queue::Later => post.both_rounds(),
    };
    match done {
        Ok(()) => super::exit::OK,
        Err(error) => {
            say(Priority::Error, &format!("{}: {error}", config.notice_directory.display()));
            clock::wait(BREATH);
            1
        }
    }
}

struct Post<'a> {
    spool: Spool,
    config: &'a Config,
    web: Web,
    /// Who did not answer in this round, and why: the others shall not wait for them again and again.
    away: BTreeMap<String, String>,
}

impl Post<'_> {
    /// Delivers what is new, and tries the old again: with each new notice, and else when its time has come.
    fn both_rounds(&mut self) -> io::Result<()> {
        let nothing_new = self.spool.list(Queue::Post)?.is_empty();
        let until = if nothing_new { clock::now() } else { DateTime::<Utc>::MAX_UTC };
        self.round(Queue::Later, until)?;
        self.round(Queue::Post, DateTime::<Utc>::MAX_UTC)
    }

    /// Delivers what waits in a queue for this moment or an earlier one, the oldest first.
    fn round(&mut self, queue: Queue, until: DateTime<Utc>) -> io::Result<()> {
        for file in self.spool.list(queue)? {
            match self.spool.read(queue, &file) {
                Ok(notice) if notice.not_before > until => {}
                Ok(notice) => self.deliver(queue, &file, notice)?,
                Err(why) => {
                    say(Priority::Warning, &format!("{file} is no notice, and is put aside: {}", one_line(&why)));
                    self.spool.remove(queue, &file)?;
                }
            }
        }
        Ok(())
    }

    /// Tells each receiver; those that may be told later stay.
    fn deliver(&mut self, queue: Queue, file: &str, mut notice: Notice) -> io::Result<()> {
        let Notice { facts, to, .. } = &notice;
        let mut rest = Vec::new();
        for receiver in to {
            // each queue has its own user, and a job may have written anything into either
            if receiver.is_command() != (queue == Queue::Commands) {
                continue;
            }
            match self.tell(facts, receiver) {
                Ok(()) => say(Priority::Notice, &format!("{}: {}: told", job(facts), who(receiver))),
                Err(Failed::Later(why)) => {
                    say(Priority::Warning, &format!("{}: {}: not told yet: {why}", job(facts), who(receiver)));
                    rest.push(receiver.clone());
                }
                Err(Failed::Never(why)) => {
                    say(Priority::Error, &format!("{}: {}: not told: {why}", job(facts), who(receiver)));
                }
            }
        }
        if rest.is_empty() {
            return self.spool.remove(queue, file);
        }
        let now = clock::now();
        let since = facts.timestamp.parse().map_or(now, |since: DateTime<Utc>| since.min(now));
        if now - since > GIVEN_UP_AFTER {
            let hours = GIVEN_UP_AFTER.num_hours();
            say(Priority::Error, &format!("{}: given up after {hours} hours: {}", job(facts), facts.message));
            return self.spool.remove(queue, file);
        }
        notice.to = rest;
        notice.tries = notice.tries.saturating_add(1);
        notice.not_before = next_try(now, notice.tries);
        if queue == Queue::Later {
            return self.spool.replace(queue, file, &notice);
        }
        // first the new one: what is told twice is better than what is lost
        self.spool.put(Queue::Later, &notice)?;
        self.spool.remove(queue, file)
    }

    fn tell(&mut self, facts: &Facts, receiver: &Receiver) -> Result<(), Failed> {
        match receiver {
            Receiver::Command { line } => {
                let command = command_line(line).ok_or_else(|| Failed::Never("this is no command".to_owned()))?;
                program::run(&command, &facts.variables(), &document(facts))
            }
            Receiver::Mail { from, to, smtp } => {
                let server = smtp.clone().unwrap_or_default();
                self.unless_away(server, |post| post.mail(facts, from, to, smtp.as_deref()))
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
            return Err(Failed::Later(why.clone()));
        }
        let told = ask(self);
        if let Err(Failed::Later(why)) = &told {
            self.away.insert(server, why.clone());
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
        mail::send(&letter, from, to, &facts.host, way)
    }

    fn ask(&mut self, url: &Url, request: Request<'_>) -> Result<(), Failed> {
        let secret = self.config.secrets.iter().find(|secret| secret.is_for(url));
        let value = secret.map(|Secret { name, .. }| {
            let unread = |error| Failed::Later(format!("secret {name} cannot be read: {error}"));
            credential::read(name).map_err(unread)
        });
        let value = value.transpose()?;
        self.unless_away(url.server().to_owned(), |post| post.web.ask(url, request, value.as_deref()))
    }
}

/// The last lines of the run, of no other unit than the job's own: who writes a notice could ask for any.
fn last_lines(facts: &Facts) -> Result<Vec<String>, String> {
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
