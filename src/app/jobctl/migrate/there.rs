//! From cron to systemd.

use super::{AT_BOOT, Host, SCHEDULING, jobs, may, moment, read_by_systemd, refuse_if, take_back, write_all};
use crate::app::args::Migrate;
use crate::app::args::Which;
use crate::app::exit;
use crate::app::jobctl::chosen::{ask_systemd, chosen};
use crate::app::jobctl::meant::agreed;
use crate::app::jobctl::refusal::Refusal;
use crate::app::jobctl::{print, say};
use crate::config::Config;
use crate::crontab::Leftover;
use crate::crontab::handover::{Fate, There, mark};
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
    let there = host.crontabs.to_systemd(&host.jobs);
    let was_enabled = systemctl::is_any_enabled(&AT_BOOT[..1]);
    let is_scheduling = was_enabled && systemctl::is_any_active(&SCHEDULING[..1]);
    let taken: Vec<&Leftover> = there.taken().collect();
    print(&page(host, &there, is_scheduling));
    let is_unfinished = !there.waiting.is_empty() && !is_scheduling;
    if is_unfinished {
        say(
            "entries are comments already, and nothing starts their jobs: jobctl migrate was cut off, or the target is stopped",
        );
    }
    if there.blocking().next().is_some() {
        let what = "nothing was done: these starts would be lost. Mend the files, or the entries";
        return Err(Refusal::new(exit::NOT_READY, what));
    }
    if arguments.dry_run {
        return Ok(if taken.is_empty() && !is_unfinished { exit::OK } else { exit::TO_DO });
    }
    if taken.is_empty() && is_scheduling {
        return Ok(exit::OK);
    }
    may()?;
    if account::is_missing(&host.config.user) {
        let user = &host.config.user;
        let what = format!("the service user {user} does not exist, so systemd could run no job; nothing was done");
        return Err(Refusal::new(exit::CONFIG, what));
    }
    if !arguments.yes {
        agreed("let systemd start the jobs")?;
    }
    // takes its time with many jobs; while the target is stopped no timer starts
    read_by_systemd(&host.config)?;
    moment::wait();
    let from = clock::now();
    let changes: Vec<_> =
        host.with(&taken).into_iter().map(|(found, lines)| (found, mark::marked(&found.bytes, &lines))).collect();
    refuse_if(host.crontabs.to_systemd(&jobs(&host.config)?) != there)?;
    // what is a comment already is for systemd to start after a boot, whatever becomes of this
    let stays_enabled = was_enabled || !there.waiting.is_empty();
    // should the power fail in the midst of it, somebody starts the jobs after the boot
    systemctl::at_boot(AT_BOOT, Boot::Started).map_err(|error| undone(&error, stays_enabled))?;
    write_all(&changes).inspect_err(|_| not_at_boot(stays_enabled))?;
    if let Err(error) = systemctl::start_all(SCHEDULING) {
        // one of them may have started
        let stopped = if is_scheduling { Ok(()) } else { systemctl::stop_all(SCHEDULING) };
        take_back(&changes);
        stopped.map_err(|also| undone(&also.context(format!("{error:#}")), stays_enabled))?;
        return Err(undone(&error, stays_enabled));
    }
    let without = without_timers(&host.config)?;
    let to = clock::now();
    journal::note(None, &format!("{} of crontabs are comments now: systemd starts the jobs", entries(taken.len())));
    if !is_scheduling {
        for (name, slot) in moment::missed(&host.jobs, from, to) {
            let slot = date_and_time(slot, &zone::read(None));
            say(&format!("{name}: its start of {slot} may have been left out meanwhile; jobctl start {name}"));
        }
    }
    if !without.is_empty() {
        let names = without.join(", ");
        let what = format!("no timer runs for {names}; journalctl -b -u process-control.target tells why");
        return Err(Refusal::new(exit::UNAVAILABLE, what));
    }
    print("systemd starts the jobs from now on: jobctl status. Back to cron: jobctl migrate --back\n");
    Ok(exit::OK)
}

fn undone(error: &anyhow::Error, stays_enabled: bool) -> Refusal {
    not_at_boot(stays_enabled);
    Refusal::new(exit::UNAVAILABLE, format!("{error:#}; the crontabs are as they were"))
}

/// Takes back what was enabled here.
fn not_at_boot(stays_enabled: bool) {
    if let Err(error) = if stays_enabled { Ok(()) } else { systemctl::at_boot(AT_BOOT, Boot::Not) } {
        say(&format!("{error:#}; after a boot systemd would start the jobs too"));
    }
}

/// What would be done, job by job.
fn page(host: &Host, there: &There, is_scheduling: bool) -> String {
    let mut page: Vec<String> = there.lines.iter().map(ToString::to_string).collect();
    if !is_scheduling {
        page.extend(there.new.iter().map(|name| format!("{name}: systemd starts it, and no crontab did at its times")));
    }
    let stay = there.lines.iter().filter(|line| matches!(line.fate, Fate::Stays(_))).count();
    let of_crontabs = match there.taken().count() {
        0 if stay == 0 => "no crontab starts a job".to_owned(),
        0 => format!("{} with cron", stays(stay)),
        number => {
            let become_comments = if number == 1 { "becomes a comment" } else { "become comments" };
            let rest = if stay > 0 { format!(", {} with cron", stays(stay)) } else { String::new() };
            format!("{} {become_comments}{rest}", entries(number))
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

fn entries(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

fn stays(number: usize) -> String {
    if number == 1 { "1 stays".to_owned() } else { format!("{number} stay") }
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
