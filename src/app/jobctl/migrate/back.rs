//! From systemd back to cron.

use super::{AT_BOOT, Host, SCHEDULING, may, moment, put, write};
use crate::app::args::Migrate;
use crate::app::crontabs::Found;
use crate::app::exit;
use crate::app::jobctl::export::exported;
use crate::app::jobctl::meant::agreed;
use crate::app::jobctl::refusal::Refusal;
use crate::app::jobctl::{print, say};
use crate::crontab::handover::{Back, mark, to_cron};
use crate::crontab::{Delivery, Exported, Leftover};
use crate::job::{Job, JobName};
use crate::page::words::{count, date_and_time};
use crate::sys::lock::Held;
use crate::sys::pause::{Markers, Owners};
use crate::sys::systemctl::{self, Boot};
use crate::sys::{clock, crontabs, journal, zone};
use std::io;

/// Units of those that read crontabs: Debian's cron, cronie, systemd-cron.
const DAEMONS: &[&str] = &["cron.service", "crond.service", "cronie.service", "cron.target"];

/// Stops the timers, and writes the entries.
pub(super) fn migrate(host: &Host, arguments: &Migrate) -> Result<u8, Refusal> {
    let back = to_cron(&host.crontabs.as_crontabs(), &host.runner(), &host.jobs);
    let written = |(name, job): &(&JobName, &Option<Job>)| {
        back.written.contains(*name) || !job.as_ref().is_some_and(Job::is_scheduled)
    };
    let jobs: Vec<_> = host.jobs.iter().filter(written).map(|(name, job)| (name.clone(), job.clone())).collect();
    let exported = exported(&host.config, &jobs, Delivery::Here)?;
    let is_scheduling = systemctl::is_any_active(SCHEDULING) || systemctl::is_any_enabled(AT_BOOT);
    print(&page(host, &back, &exported));
    if let Some(first) = back.foreign.first() {
        let what = format!(
            "{first}: starts no job, and would be lost, as this file is written anew; move it into another crontab first"
        );
        return Err(Refusal::new(exit::NOT_READY, what));
    }
    let is_there = old(host).is_some_and(|found| found.bytes == exported.text.as_bytes());
    if !is_scheduling && is_there && back.restored.is_empty() {
        print("cron starts the jobs already\n");
        return Ok(exit::OK);
    }
    if arguments.dry_run {
        return Ok(exit::TO_DO);
    }
    may()?;
    if !systemctl::is_any_active(DAEMONS) {
        let what =
            format!("no cron runs here ({}), so nothing would start the jobs; nothing was done", DAEMONS.join(", "));
        return Err(Refusal::new(exit::UNAVAILABLE, what));
    }
    if !arguments.yes {
        agreed("let cron start the jobs")?;
    }
    moment::wait();
    let from = clock::now();
    let stopped = systemctl::stop_all(SCHEDULING).and_then(|()| systemctl::at_boot(AT_BOOT, Boot::Not));
    stopped.map_err(|error| Refusal::new(exit::UNAVAILABLE, format!("{error:#}; no crontab was written")))?;
    if let Err(refusal) = give(host, &back, &exported) {
        let started = systemctl::at_boot(AT_BOOT, Boot::Started).and_then(|()| systemctl::start_all(SCHEDULING));
        let what = match started {
            Ok(()) => "systemd starts the jobs as before".to_owned(),
            Err(error) => format!("nothing starts the jobs now: {error:#}"),
        };
        return Err(Refusal::new(refusal.code, format!("{}; {what}", refusal.what)));
    }
    journal::note(None, "systemd starts no job any more: cron does");
    for (name, slot) in moment::missed(&host.jobs, from, clock::now()) {
        let slot = date_and_time(slot, &zone::read(None));
        say(&format!("{name}: its start of {slot} may have been left out meanwhile; jobctl start {name}"));
    }
    let held = Held::now();
    for name in host.jobs.keys().filter(|name| held.holder(&host.config.run_directory, name).is_some()) {
        say(&format!("{name}: its run goes on; cron's next start of it is skipped until then"));
    }
    print("cron starts the jobs from the next minute on. To systemd again: jobctl migrate\n");
    Ok(if exported.left_out > 0 { exit::LEFT_OUT } else { exit::OK })
}

fn page(host: &Host, back: &Back, exported: &Exported) -> String {
    let crontab = host.config.old_crontab.display();
    let restored =
        back.restored.iter().map(|Leftover { job, file, line, .. }| format!("{job}: {file}:{line} counts again"));
    let stale = back.stale.iter().map(|Leftover { job, file, line, .. }| {
        format!(
            "{job}: {file}:{line} stays a comment: its job file says something else by now, or another entry starts it"
        )
    });
    let mut page: Vec<String> = restored.chain(stale).collect();
    let mut markers = Markers::new(&host.config, Owners::Numbered);
    let now = clock::now();
    let paused = host
        .jobs
        .iter()
        .filter(|(name, job)| job.as_ref().is_some_and(Job::is_scheduled) && markers.pause(name, now).is_some());
    page.extend(paused.map(|(name, _)| format!("{name}: is paused, and cron starts it all the same")));
    page.extend(exported.said.iter().cloned());
    let number = back.written.len() - exported.left_out.min(back.written.len());
    let elsewhere = match back.restored.len() {
        0 => String::new(),
        1 => ", 1 elsewhere that counts again".to_owned(),
        more => format!(", {more} elsewhere that count again"),
    };
    let summary = format!("{} in {crontab}{elsewhere}", count(number, "job"));
    page.push(if page.is_empty() { summary } else { format!("\n{summary}") });
    page.push("cron mails what jobs say to whoever it runs them as, where the host has a mail program".to_owned());
    format!("{}\n", page.join("\n"))
}

fn old(host: &Host) -> Option<&Found> {
    host.crontabs.found.iter().find(|found| found.path == host.config.old_crontab)
}

/// All or none, as far as that can be.
fn give(host: &Host, back: &Back, exported: &Exported) -> Result<(), Refusal> {
    let restored: Vec<&Leftover> = back.restored.iter().collect();
    let mut done: Vec<&Found> = Vec::new();
    let undone = |done: &[&Found], refusal: Refusal| {
        for found in done {
            if let Err(error) = put(found, &found.bytes) {
                say(&format!("{}: {error}; it still has entries", found.path.display()));
            }
        }
        Err(refusal)
    };
    for (found, lines) in host.with(&restored) {
        if let Err(refusal) = write(found, &mark::unmarked(&found.bytes, &lines)) {
            return undone(&done, refusal);
        }
        done.push(found);
    }
    let path = &host.config.old_crontab;
    let written: Result<(), Refusal> = match old(host) {
        Some(found) => write(found, exported.text.as_bytes()),
        None => crontabs::replace(path, exported.text.as_bytes())
            .map_err(|error: io::Error| Refusal::unwritten(path, &error)),
    };
    written.or_else(|refusal| undone(&done, refusal))
}
