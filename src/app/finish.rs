//! `run-job --finish=NAME`: a unit's run has ended, and this records how. systemd calls it whatever
//! happened, also after `run-job` itself was killed.

use super::book::Book;
use crate::history::{Command, End, Exit, History, Outcome, Run, Trigger};
use crate::job::{Job, JobName, TimeSpan};
use crate::notice::News;
use crate::run::book::{Unwritten, ended};
use crate::run::judge::{self, KILL, Order, ServiceEnd, Verdict};
use crate::run::{BAD_JOB, BUSY, TIMEOUT, WRONG_USER};
use crate::sys::history::{PATIENCE, Store};
use crate::sys::invocation::{Invocation, own_unit};
use crate::sys::jobs::Folder;
use crate::sys::voice::{Priority, Voice};
use crate::sys::{clock, config, systemctl};
use chrono::{DateTime, Utc};
use std::env::var;
use std::time::Duration;

/// Records the end of a unit's run. Exits 1, which fails the unit, when systemd took a failure for a
/// clean end.
pub(super) fn finish(name: &str) -> u8 {
    let invocation = Invocation::detect();
    let voice = Voice::of("run-job", &invocation);
    let (Invocation::Unit { id, .. }, Ok(result)) = (&invocation, var("SERVICE_RESULT")) else {
        voice.say(Priority::Error, "--finish is for ExecStopPost= of a job's unit");
        return BAD_JOB;
    };
    let (Ok(name), Some(config)) = (JobName::from_argument(name), config::load().config) else {
        voice.say(Priority::Error, "the end of this run cannot be recorded: the configuration has an error");
        return BAD_JOB;
    };
    let file = Folder::open(&config.job_directory).ok().and_then(|jobs| jobs.read(&name));
    let store = Store::new(&config.state_directory);
    let began = store.read(&name).is_ok_and(|found| found.history.run(id).is_some());
    if file.is_none() && !began {
        // somebody started a job that never was: it shall not have a history
        return 0;
    }
    let job = file.and_then(Result::ok).and_then(|file| {
        let (job, _) = Job::read(&name, &file.bytes, &config.defaults, &config.ceilings);
        job
    });
    let exit = exit_of(&var("EXIT_CODE").unwrap_or_default(), &var("EXIT_STATUS").unwrap_or_default());
    let seen = Seen { order: order(exit, &result), result, exit };
    let now = clock::now();
    let mut verdict = None;
    let book = Book {
        config: &config,
        name: &name,
        job: job.as_ref(),
        voice,
        patience: patience(job.as_ref()),
        unwritten: Unwritten::ToldNow,
    };
    book.write(|history| {
        let run = Run::begun(id.clone(), trigger(&invocation), command(), now, clock::boot_id());
        let (found, news) = record(history, &run, &seen, job.as_ref(), now);
        verdict = Some(found);
        news
    });
    // without a history the run is judged all the same
    let verdict = verdict.unwrap_or_else(|| judge::service(&seen.after(TimeSpan::ZERO), job.as_ref()));
    if !verdict.contradicts(&seen.result) {
        return 0;
    }
    voice.say(Priority::Error, &format!("{name}: {verdict}"));
    1
}

/// systemd gives us no longer than the job has to end, and then nothing would be recorded.
fn patience(job: Option<&Job>) -> Duration {
    let grace = job.map(|job| job.kill_grace.duration()).filter(|grace| !grace.is_zero());
    grace.map_or(PATIENCE, |grace| PATIENCE.min(grace / 2))
}

/// What systemd says of the end.
struct Seen {
    result: String,
    exit: Option<Exit>,
    order: Order,
}

impl Seen {
    /// The end of a run that took so long.
    fn after(&self, took: TimeSpan) -> ServiceEnd {
        ServiceEnd { result: self.result.clone(), exit: self.exit, took, order: self.order }
    }
}

/// Asks systemd only where it matters: a command that was told to end may say so with a code of its own,
/// one with a `kill_grace` of 0 is killed by a stop, and a timeout is one of the job's or one of a stop.
fn order(exit: Option<Exit>, result: &str) -> Order {
    let killed = Exit::Signal(KILL);
    let matters = result == "timeout" || matches!(exit, Some(Exit::Code(1..))) || exit == Some(killed);
    match own_unit().filter(|_| matters).and_then(|unit| systemctl::is_told_to_stop(&unit)) {
        Some(true) => Order::Stop,
        Some(false) => Order::None,
        None => Order::Unknown,
    }
}

/// Which command it was, of a run that has no record.
fn command() -> Command {
    match own_unit() {
        Some(unit) if unit.starts_with("job-slow-start@") => Command::SlowStart,
        _ => Command::Normal,
    }
}

fn record(history: &mut History, run: &Run, seen: &Seen, job: Option<&Job>, now: DateTime<Utc>) -> (Verdict, News) {
    let known = history.run(&run.id).cloned();
    if let Some(end) = known.as_ref().and_then(|known| known.end.as_ref()) {
        // run-job saw the end itself, or skipped the start
        if end.outcome != Outcome::Interrupted {
            let End { outcome, cause, exit, reason, .. } = end.clone();
            return (Verdict { outcome, cause, exit, reason }, News::Other);
        }
    }
    let verdict = match (&known, seen.exit) {
        (None, Some(Exit::Code(code))) if is_ours(code) => Verdict::before_the_command(code),
        _ => {
            let start = known.as_ref().and_then(|known| known.start).unwrap_or(now);
            let took = (now - start).to_std().ok().and_then(|took| TimeSpan::from_minutes(took.as_secs_f64() / 60.0));
            let verdict = judge::service(&seen.after(took.unwrap_or(TimeSpan::ZERO)), job);
            // what run-job ended itself, and could not write down
            let timed_out = job.is_some_and(|job| job.retries.is_some() && job.timeout.is_some())
                && verdict.exit == Some(Exit::Code(TIMEOUT.into()));
            if timed_out { Verdict::timeout() } else { verdict }
        }
    };
    if known.is_none() {
        let attempt = history.announced().map_or(1, |(before, _)| before.attempt.saturating_add(1));
        history.add(Run { attempt, ..run.clone() });
    }
    let end = verdict.at(now);
    // systemd tries again what run-job asks for alone, and that has its record
    let news = ended(history, &run.id, end, None);
    (verdict, news)
}

/// The best guess for a run of which `run-job` has left no record.
fn trigger(invocation: &Invocation) -> Trigger {
    if invocation.has_timer() { Trigger::Timer } else { Trigger::Manual }
}

/// Codes with which `run-job` ends before a command; with a start record they are the command's own.
fn is_ours(code: i32) -> bool {
    [BUSY, WRONG_USER, BAD_JOB].into_iter().map(i32::from).any(|ours| ours == code)
}

/// `$EXIT_CODE` and `$EXIT_STATUS` of systemd.exec(5).
fn exit_of(code: &str, status: &str) -> Option<Exit> {
    match code {
        "exited" => status.parse().ok().map(Exit::Code),
        "killed" | "dumped" => judge::signal_number(status).map(Exit::Signal),
        _ => None,
    }
}
