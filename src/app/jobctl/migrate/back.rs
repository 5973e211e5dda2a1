//! From systemd back to cron.

use super::{
    AT_BOOT, Host, SCHEDULING, jobs, may, moment, read_by_systemd, refuse_if, say_doubt, start, take_back, write_all,
};
use crate::app::args::Migrate;
use crate::app::crontabs::Found;
use crate::app::exit;
use crate::app::jobctl::export::exported;
use crate::app::jobctl::meant::agreed;
use crate::app::jobctl::refusal::Refusal;
use crate::app::jobctl::{print, say};
use crate::crontab::handover::{Author, Back, mark};
use crate::crontab::{Delivery, Exported, Leftover};
use crate::job::{Job, JobName};
use crate::page::words::{count, date_and_time};
use crate::sys::lock::Held;
use crate::sys::pause::{Markers, Owners};
use crate::sys::systemctl::{self, Boot};
use crate::sys::{account, clock, crontabs, journal, zone};

/// Units of those that read crontabs: Debian's cron, cronie, systemd-cron.
const DAEMONS: &[&str] = &["cron.service", "crond.service", "cronie.service", "cron.target"];

/// Stops the timers, and writes the entries.
pub(super) fn migrate(host: &Host, arguments: &Migrate) -> Result<u8, Refusal> {
    let back = host.crontabs.to_cron(&host.jobs);
    let written = |(name, job): &(&JobName, &Option<Job>)| {
        back.written.contains(*name) || !job.as_ref().is_some_and(Job::is_scheduled)
    };
    let wanted: Vec<_> = host.jobs.iter().filter(written).map(|(name, job)| (name.clone(), job.clone())).collect();
    let exported = exported(&host.config, &wanted, Delivery::Here)?;
    let is_scheduling = systemctl::is_any_active(SCHEDULING) || systemctl::is_any_enabled(AT_BOOT);
    print(&page(host, &back, &exported));
    if let Some(first) = back.foreign.first() {
        let what = format!(
            "{first}: starts no job, and would be lost, as this file is written anew; move it into another crontab first"
        );
        return Err(Refusal::new(exit::NOT_READY, what));
    }
    let crontab = &host.config.old_crontab;
    let is_passed_over = host.crontabs.passed_over.iter().any(|(path, _)| path == crontab);
    if is_passed_over || !crontabs::is_read(crontab) {
        let what = "cron does not read it; output_crontab is to be a file of /etc/cron.d, without a dot in its name, that root alone can write";
        return Err(Refusal::new(exit::NOT_READY, format!("{}: {what}; nothing was done", crontab.display())));
    }
    let refused = |code, what: String| Err(Refusal::new(code, format!("{what}; nothing was done")));
    if !systemctl::is_any_active(DAEMONS) {
        let daemons = DAEMONS.join(", ");
        return refused(exit::UNAVAILABLE, format!("no cron runs here ({daemons}), so nothing would start the jobs"));
    }
    let done = if exported.left_out > 0 { exit::LEFT_OUT } else { exit::OK };
    let is_there = old(host).is_some_and(|found| found.bytes == exported.text.as_bytes());
    if !is_scheduling && is_there && back.restored.is_empty() {
        print("cron starts the jobs already\n");
        return Ok(done);
    }
    if arguments.dry_run {
        return Ok(exit::TO_DO);
    }
    may()?;
    if account::is_missing(&host.config.user) {
        return refused(
            exit::CONFIG,
            format!("the service user {} does not exist, so cron could run no job", host.config.user),
        );
    }
    if !arguments.yes {
        agreed("let cron start the jobs")?;
    }
    read_by_systemd(&host.config)?;
    moment::wait();
    refuse_if(host.crontabs.to_cron(&jobs(&host.config)?) != back)?;
    let from = clock::now();
    let given = systemctl::stop_all(SCHEDULING)
        .and_then(|()| systemctl::at_boot(AT_BOOT, Boot::Not))
        .map_err(|error| Refusal::new(exit::UNAVAILABLE, format!("{error:#}")))
        .and_then(|()| give(host, &back, &exported));
    if let Err(refusal) = given {
        let what = match if is_scheduling { start() } else { Ok(()) } {
            Ok(()) if is_scheduling => "systemd starts the jobs as before".to_owned(),
            Ok(()) => "nothing has changed".to_owned(),
            Err(error) => format!("nothing starts the jobs now: {error:#}"),
        };
        return Err(Refusal::new(refusal.code, format!("{}; {what}", refusal.what)));
    }
    // a failure of a run is no longer one of systemd's
    systemctl::reset_failed(&["job@*.service", "job-slow-start@*.service"].map(str::to_owned));
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
    Ok(done)
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
    let elsewhere = match back.restored.len() {
        0 => String::new(),
        1 => ", 1 elsewhere that counts again".to_owned(),
        more => format!(", {more} elsewhere that count again"),
    };
    let summary = format!("{} in {crontab}{elsewhere}", count(exported.entries, "job"));
    page.push(if page.is_empty() { summary } else { format!("\n{summary}") });
    page.push("cron mails what jobs say to whoever it runs them as, where the host has a mail program".to_owned());
    format!("{}\n", page.join("\n"))
}

/// The crontab that is written anew, if it is there.
fn old(host: &Host) -> Option<&Found> {
    host.crontabs.found.iter().find(|found| found.author == Author::Generator)
}

/// All or none, as far as that can be.
fn give(host: &Host, back: &Back, exported: &Exported) -> Result<(), Refusal> {
    let restored: Vec<&Leftover> = back.restored.iter().collect();
    let with = host.with(&restored).into_iter();
    let mut changes: Vec<_> = with.map(|(found, lines)| (found, mark::unmarked(&found.bytes, &lines))).collect();
    changes.extend(old(host).map(|found| (found, exported.text.clone().into_bytes())));
    write_all(&changes)?;
    if old(host).is_some() {
        return Ok(());
    }
    let path = &host.config.old_crontab;
    let lasting = crontabs::replace(path, exported.text.as_bytes()).map_err(|error| {
        take_back(&changes);
        Refusal::unwritten(path, &error)
    })?;
    say_doubt(path, &lasting);
    Ok(())
}
