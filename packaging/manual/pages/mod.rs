//! The manual pages, as roff: made from the definitions of the commands, the tables of keys, and docs/. What stands
//! there is not written here once more.

pub(crate) mod commands;
mod keys;
mod links;
mod markdown;
mod page;
mod prose;
pub(crate) mod roff;
mod table;

use clap::{Command, CommandFactory};
use page::{Draft, Sources};
use process_control::app::args::{CheckJobsIcinga, CronGenerate, JobCtl, RunJob};
use process_control::config::CONFIG_KEYS;
use process_control::job::keys::{JOB_KEYS, Key};
use roff::{Text, bold, italic, roman};
use std::path::Path;

/// A finished page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) name: &'static str,
    pub(crate) section: u8,
    pub(crate) text: String,
}

/// Every page, from the sources below `root`.
pub(crate) fn all(root: &Path) -> Vec<Page> {
    let sources = Sources::read(root);
    vec![
        jobctl(&sources),
        run_job(&sources),
        cron_generate(&sources),
        check_jobs_icinga(&sources),
        job_yaml(&sources),
        process_control_yaml(&sources),
        generator(&sources),
        notify(&sources),
    ]
}

/// A definition with all that clap adds to it.
fn built(mut command: Command) -> Command {
    command.build();
    command
}

/// What a command is, in half a sentence.
fn brief(command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut chars = about.trim_end_matches('.').chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn jobctl(sources: &Sources) -> Page {
    let command = built(JobCtl::command());
    let mut draft = Draft::new(sources, "jobctl", 1, &brief(&command), Some("jobctl.md"));
    draft.synopsis(&[commands::synopsis("jobctl", &command)]);
    draft.description(&command);
    draft.roff.section("VERBS");
    commands::overview(&mut draft.roff, &command);
    commands::verb_sections(&mut draft.roff, &command, &draft.docs, &draft.links);
    draft.roff.section("OPTIONS");
    commands::general_options(&mut draft.roff, &command, &draft.links);
    draft.rest(|section| {
        !commands::verbs(&command).any(|verb| commands::is_of_verb(section, &format!("jobctl {}", verb.get_name())))
    });
    draft.finish(&["systemctl(1)", "journalctl(1)", "systemd.time(7)"])
}

fn run_job(sources: &Sources) -> Page {
    let command = built(RunJob::command());
    let mut draft = Draft::new(sources, "run-job", 1, &brief(&command), Some("run-job.md"));
    draft.synopsis(&[commands::synopsis("run-job", &command)]);
    draft.description(&command);
    draft.options(&command);
    draft.rest(|_| true);
    draft.finish(&["systemd.exec(5)", "journalctl(1)", "flock(2)"])
}

fn cron_generate(sources: &Sources) -> Page {
    let command = built(CronGenerate::command());
    let mut draft = Draft::new(sources, "cron-generate", 1, &brief(&command), Some("cron-generate.md"));
    draft.synopsis(&[commands::synopsis("cron-generate", &command)]);
    draft.description(&command);
    draft.options(&command);
    draft.rest(|_| true);
    draft.finish(&[])
}

fn check_jobs_icinga(sources: &Sources) -> Page {
    let command = built(CheckJobsIcinga::command());
    let mut draft = Draft::new(sources, "check-jobs-icinga", 1, &brief(&command), Some("check-jobs-icinga.md"));
    draft.synopsis(&[commands::synopsis("check-jobs-icinga", &command)]);
    draft.description(&command);
    draft.options(&command);
    draft.rest(|_| true);
    draft.finish(&[])
}

fn job_yaml(sources: &Sources) -> Page {
    let mut draft = Draft::new(sources, "job.yaml", 5, "what a job runs, and when", Some("job.yaml.md"));
    draft.synopsis(&[vec![bold("/var/lib/process-control/"), italic("NAME"), bold(".yaml")]]);
    draft.introduction();
    keys_of(&mut draft, JOB_KEYS);
    draft.whole("schedule.md");
    draft.finish(&["crontab(5)", "systemd.time(7)", "systemd.timer(5)", "systemd.resource-control(5)"])
}

fn process_control_yaml(sources: &Sources) -> Page {
    let brief = "the configuration of process-control";
    let mut draft = Draft::new(sources, "process-control.yaml", 5, brief, Some("process-control.yaml.md"));
    draft.synopsis(&[vec![bold("/etc/process-control.yaml")]]);
    draft.introduction();
    keys_of(&mut draft, CONFIG_KEYS);
    draft.finish(&[])
}

fn generator(sources: &Sources) -> Page {
    let brief = "translates job files into systemd units";
    let mut draft = Draft::new(sources, "process-control-generator", 8, brief, Some("units.md"));
    let program = bold("/usr/lib/systemd/system-generators/process-control-generator");
    let folders: Text = vec![program, roman(" "), italic("FOLDER"), roman(" ["), italic("EARLY LATE"), roman("]")];
    draft.synopsis(&[folders]);
    draft.introduction();
    draft.rest(|_| true);
    draft.finish(&["systemd.generator(7)", "systemd.unit(5)", "systemd.timer(5)", "systemctl(1)"])
}

fn notify(sources: &Sources) -> Page {
    let brief = "tells people and programs outside what happened to jobs";
    let mut draft = Draft::new(sources, "process-control-notify", 8, brief, Some("process-control-notify.md"));
    draft.synopsis(&[vec![bold("process-control-notify"), roman(" ["), bold("--commands"), roman("]")]]);
    draft.introduction();
    draft.rest(|_| true);
    draft.finish(&["systemd.path(5)", "systemd.exec(5)", "sendmail(8)"])
}

/// The sections of a page about a file: first those without keys, that are about the file as a whole.
fn keys_of(draft: &mut Draft<'_>, keys: &[Key]) {
    let docs = draft.docs.clone();
    let first = docs.parts.iter().position(|section| keys::has_keys(section, keys)).unwrap_or_default();
    let (before, after) = docs.parts.split_at(first);
    for section in before {
        prose::section(&mut draft.roff, section, prose::Depth::Section);
    }
    keys::overview(&mut draft.roff, keys);
    for section in after {
        keys::section(&mut draft.roff, section, keys);
    }
    keys::others(&mut draft.roff, &docs, keys, &draft.links);
}
