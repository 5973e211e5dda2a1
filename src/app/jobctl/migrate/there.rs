//! From cron to systemd.

use super::{AT_BOOT, Host, SCHEDULING, may, moment, put, write};
use crate::app::args::Migrate;
use crate::app::args::Which;
use crate::app::changes::{Ended, When, reload};
use crate::app::exit;
use crate::app::jobctl::chosen::{ask_systemd, chosen};
use crate::app::jobctl::meant::agreed;
use crate::app::jobctl::refusal::Refusal;
use crate::app::jobctl::{print, say};
use crate::config::Config;
use crate::crontab::Leftover;
use crate::crontab::handover::{Fate, There, mark, to_systemd};
use crate::job::Job;
use crate::job::text::one_line;
use crate::page::words::{count, date_and_time};
use crate::status::Facts;
use crate::sys::bus::Bus;
use crate::sys::systemctl::{self, Boot};
use crate::sys::{account, clock, journal, zone};
use std::time::Duration;

/// systemd starts the timers of a target one by one.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(200);

/// Makes comments of the entries, and starts the timers.
pub(super) fn migrate(host: &Host, arguments: &Migrate) -> Result<u8, Refusal> {
    let there = to_systemd(&host.crontabs.as_crontabs(), &host.runner(), &host.jobs);
    let is_scheduling = systemctl::is_any_active(&SCHEDULING[..1]) && systemctl::is_any_enabled(&AT_BOOT[..1]);
    let taken: Vec<&Leftover> = there.taken().collect();
    print(&page(host, &there, is_scheduling));
    if there.blocking().next().is_some() {
        let what = "nothing was done: these jobs would not run any more. Mend their files, or take their entries out of the crontab";
        return Err(Refusal::new(exit::NOT_READY, what));
    }
    if arguments.dry_run {
        return Ok(if taken.is_empty() { exit::OK } else { exit::TO_DO });
    }
    if taken.is_empty() && is_scheduling {
        return Ok(exit::OK);
    }
    may()?;
    if account::is_missing(&host.config.user) {
        let what = format!(
            "the service user {} does not exist, so systemd could run no job; nothing was done",
            host.config.user
        );
        return Err(Refusal::new(exit::CONFIG, what));
    }
    if !arguments.yes {
        agreed("let systemd start the jobs")?;
    }
    let no_systemd = |error: anyhow::Error| Refusal::new(exit::UNAVAILABLE, format!("{error:#}; nothing was done"));
    // takes its time with many jobs; while the target is stopped no timer starts
    match reload(&host.config, When::IfChanged, |_| ()).map_err(no_systemd)? {
        Ended::Well => {}
        Ended::NoJobs | Ended::Refused => {
            return Err(Refusal::new(exit::UNAVAILABLE, "systemd was not reloaded; nothing was done"));
        }
    }
    moment::wait();
    let from = clock::now();
    comment_out(host, &taken)?;
    if let Err(error) = systemctl::at_boot(AT_BOOT, Boot::Started).and_then(|()| systemctl::start_all(SCHEDULING)) {
        restore(host, &taken);
        return Err(Refusal::new(exit::UNAVAILABLE, format!("{error:#}; the crontabs are as they were")));
    }
    let without = without_timers(&host.config)?;
    let to = clock::now();
    journal::note(None, &format!("{} of crontabs are comments now: systemd starts the jobs", lines(taken.len())));
    if !is_scheduling {
        for (name, slot) in moment::missed(&host.jobs, from, to) {
            let slot = date_and_time(slot, &zone::read(None));
            say(&format!("{name}: its start of {slot} may have been left out meanwhile; jobctl start {name}"));
        }
    }
    if !without.is_empty() {
        let what =
            format!("no timer runs for {}; journalctl -b -u process-control.target tells why", without.join(", "));
        return Err(Refusal::new(exit::UNAVAILABLE, what));
    }
    print("systemd starts the jobs from now on: jobctl status. Back to cron: jobctl migrate --back\n");
    Ok(exit::OK)
}

/// What would be done, job by job.
fn page(host: &Host, there: &There, is_scheduling: bool) -> String {
    let mut page: Vec<String> = there.lines.iter().map(ToString::to_string).collect();
    if !is_scheduling {
        page.extend(there.new.iter().map(|name| format!("{name}: systemd starts it, and no crontab did")));
    }
    let stay = there.lines.iter().filter(|line| matches!(line.fate, Fate::Stays(_))).count();
    let of_crontabs = match there.taken().count() {
        0 if stay == 0 => "no crontab starts a job".to_owned(),
        0 => format!("{} with cron", stays(stay)),
        number => {
            let become_comments = if number == 1 { "becomes a comment" } else { "become comments" };
            let rest = if stay > 0 { format!(", {} with cron", stays(stay)) } else { String::new() };
            format!("{} {become_comments}{rest}", lines(number))
        }
    };
    let Jobs { scheduled, all } = Jobs::of(host);
    let starts = if is_scheduling { "starts" } else { "will start" };
    let mut summary = format!("{of_crontabs}; systemd {starts} {scheduled} of {}", count(all, "job"));
    if !page.is_empty() {
        summary.insert(0, '\n');
    }
    page.push(summary);
    page.push(format!("histories stay in {}", host.config.state_directory.display()));
    page.extend(host.config.output_directory.iter().map(|folder| format!("run logs stay in {}", folder.display())));
    format!("{}\n", page.join("\n"))
}

struct Jobs {
    scheduled: usize,
    all: usize,
}

impl Jobs {
    fn of(host: &Host) -> Jobs {
        let scheduled = host.jobs.values().flatten().filter(|job| Job::is_scheduled(job)).count();
        Jobs { scheduled, all: host.jobs.len() }
    }
}

fn lines(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

fn stays(number: usize) -> String {
    if number == 1 { "1 stays".to_owned() } else { format!("{number} stay") }
}

/// All or none: what is a comment already becomes an entry again if the next crontab cannot be written.
fn comment_out(host: &Host, taken: &[&Leftover]) -> Result<(), Refusal> {
    for (found, lines) in host.with(taken) {
        if let Err(refusal) = write(found, &mark::marked(&found.bytes, &lines)) {
            restore(host, taken);
            return Err(refusal);
        }
    }
    Ok(())
}

/// Writes the crontabs as they were read.
fn restore(host: &Host, taken: &[&Leftover]) {
    for (found, lines) in host.with(taken) {
        let written =
            crate::sys::crontabs::read(&found.path).is_ok_and(|now| now == mark::marked(&found.bytes, &lines));
        if let Err(error) = if written { put(found, &found.bytes) } else { Ok(()) } {
            say(&format!("{}: {error}; take {} off its lines by hand", found.path.display(), mark::MARK.trim_end()));
        }
    }
}

/// The jobs that should have a timer and have none, once systemd had the time to start them.
fn without_timers(config: &Config) -> Result<Vec<String>, Refusal> {
    let mut without = Vec::new();
    for _ in 0..LOOKS {
        let (mut jobs, _) = chosen(config, &Which::default())?;
        let asked = Bus::system().and_then(|bus| ask_systemd(&bus, &mut jobs));
        asked.map_err(|error| Refusal::no_systemd(&error))?;
        without = jobs.iter().filter(|facts| facts.lacks_timer()).map(shown).collect();
        if without.is_empty() {
            break;
        }
        clock::wait(PAUSE);
    }
    Ok(without)
}

fn shown(facts: &Facts) -> String {
    one_line(facts.name.as_str())
}
