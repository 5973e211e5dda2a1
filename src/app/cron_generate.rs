//! `cron-generate`: the original's command, for scripts that call it. There is no crontab any more: it makes
//! systemd read the job files, and says what changed in the words that stood in the crontab.

use super::args::CronGenerate;
use super::changes::{Ended, Look, When, reload};
use super::crontabs::Crontabs;
use super::translate::line;
use super::{exit, print};
use crate::compile;
use crate::config::Config;
use crate::job::text::one_line;
use crate::status::{Fate, fates};
use crate::sys::config;
use crate::sys::systemctl;
use crate::sys::units::UnitFolder;
use crate::sys::voice::{Priority, Voice};
use clap::Parser;
use std::path::Path;

/// Reloads. Exits 1 when a job file has an error: the other jobs are in force all the same.
pub fn main() -> u8 {
    let CronGenerate {} = CronGenerate::parse();
    super::ended("cron-generate", generate())
}

fn generate() -> u8 {
    let loaded = config::load();
    for problem in loaded.problems.iter().filter(|problem| problem.is_pressing()) {
        say(&line(&loaded.path, problem));
    }
    let Some(config) = loaded.config else { return exit::CONFIG };
    let mut errors = false;
    let ended = reload(&config, When::IfChanged, |look| {
        let _ = print(&words(look, &config));
        // also of jobs that were broken before and so changed nothing
        for (path, problem) in &look.said.problems {
            say(&line(path, problem));
        }
        errors = look.said.broken > 0 || look.said.problems.iter().any(|(_, problem)| problem.is_error());
    });
    match ended {
        Ok(Ended::Well) if !systemctl::is_any_active(&[compile::TARGET]) && Crontabs::start_jobs(&config) => {
            let crontab = config.old_crontab.display();
            say(&format!(
                "cron starts the jobs, by {crontab} as it is; jobctl migrate --back --yes writes it anew, jobctl migrate lets systemd start them"
            ));
            exit::UNAVAILABLE
        }
        Ok(Ended::Well) => u8::from(errors),
        Ok(Ended::NoJobs) => {
            say(&format!("there is no job directory {}; systemd was not reloaded", config.job_directory.display()));
            exit::NO_JOB
        }
        Ok(Ended::Refused) => {
            say("only root may reload systemd; but it happens by itself, a few seconds after a file has changed");
            exit::REFUSED
        }
        Err(error) => {
            say(&one_line(&format!("{error:#}")));
            exit::UNAVAILABLE
        }
    }
}

/// Of each job whose units change, what the original wrote of it.
fn words(look: &Look, config: &Config) -> String {
    let words = fates(&look.changes).into_iter().map(|(name, fate)| {
        let timer = compile::timer_name(name);
        let written =
            || UnitFolder::open(Path::new(super::changes::GENERATED)).is_ok_and(|it| it.read(&timer).is_some());
        // what does not change stays as it was written
        let scheduled = match look.changes.iter().find(|change| change.unit == timer) {
            Some(change) => change.after.is_some(),
            None => written(),
        };
        match (fate, scheduled) {
            (Fate::Gone, _) => format!("# Removed job {name}\n"),
            (_, false) => format!("# Skipping disabled job {name}\n"),
            (_, true) => {
                format!("# Generated from {}\n", config.job_directory.join(format!("{name}.yaml")).display())
            }
        }
    });
    words.collect()
}

fn say(what: &str) {
    Voice::Terminal("cron-generate").say(Priority::Error, what);
}
