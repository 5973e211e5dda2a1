//! What the tests do with jobs on a host: write their files, wait for runs, ask systemd.

use crate::hosts::{Host, Output, Suite};
use process_control::history::{self, History, Outcome, Run};
use std::time::Duration;

/// A schedule that no test lives to see: it only gives the job a timer, so that systemd keeps its
/// service in memory and can be asked about it.
pub(crate) const FAR: &str = "schedule: '0 0 29 2 *'\n";
/// Enough for anything that does not wait for a schedule, also on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(30);

const FOLDER: &str = "/var/lib/process-control";
const STATE: &str = "/var/lib/process-control-state";

/// A test for each suite, from a function that takes a freshly booted host.
macro_rules! on_both_suites {
    ($($name:ident),+ $(,)?) => {
        on_both_suites!(@ bookworm Bookworm $($name)+);
        on_both_suites!(@ trixie Trixie $($name)+);
    };
    (@ $module:ident $suite:ident $($name:ident)+) => {
        mod $module {
            $(#[test]
            fn $name() {
                if $crate::hosts::hosts_or_skip() {
                    super::$name($crate::hosts::Suite::$suite);
                }
            })+
        }
    };
}
pub(crate) use on_both_suites;

/// A host with these jobs: name, and the file's text without the key `name`.
pub(crate) fn host_with(suite: Suite, jobs: &[(&str, &str)]) -> Host {
    let host = Host::boot(suite);
    host.edit(jobs);
    host
}

/// The text of a job that runs one line of shell, which holds no single quote.
pub(crate) fn shell(keys: &str, script: &str) -> String {
    format!("{keys}command: |-\n  sh -ec '{script}'\n")
}

impl Host {
    /// Writes a job file, and tells nobody.
    pub(crate) fn write_job(&self, name: &str, text: &str) {
        self.write(&format!("{FOLDER}/{name}.yaml"), &format!("name: {name}\n{text}"));
    }

    /// Writes job files and reloads systemd.
    pub(crate) fn edit(&self, jobs: &[(&str, &str)]) {
        for (name, text) in jobs {
            self.write_job(name, text);
        }
        self.sh("systemctl daemon-reload");
    }

    /// From here on nobody reloads systemd but the test.
    pub(crate) fn watch_no_files(&self) {
        let nothing = "[Service]\nExecStartPre=\nExecStart=\nExecStart=/bin/true\n";
        self.write("/run/systemd/system/process-control-reload.service.d/nothing.conf", nothing);
        self.sh("systemctl daemon-reload");
    }

    /// What is known of a job's runs.
    pub(crate) fn history(&self, job: &str) -> History {
        let read = self.run(&["cat", &format!("{STATE}/{job}.yaml")]);
        if !read.ok() {
            return History::default();
        }
        history::parse(&read.stdout).unwrap_or_else(|why| panic!("history of {job}: {why}\n{}", read.stdout))
    }

    /// The runs of a job that have ended thus.
    pub(crate) fn runs(&self, job: &str, outcome: Outcome) -> Vec<Run> {
        let ended = |run: &Run| run.end.as_ref().is_some_and(|end| end.outcome == outcome);
        self.history(job).runs.into_iter().filter(ended).collect()
    }

    /// Waits for so many runs that ended thus.
    pub(crate) fn wait_for_runs(&self, job: &str, count: usize, outcome: Outcome, limit: Duration) -> Vec<Run> {
        let what = format!("{count} × {outcome} of {job}");
        self.wait_for(limit, &what, || self.runs(job, outcome).len() >= count);
        self.runs(job, outcome)
    }

    /// Waits until a job's command runs, and gives the unfinished run.
    pub(crate) fn wait_for_start(&self, job: &str, limit: Duration) -> Run {
        let running = || self.history(job).runs.into_iter().rev().find(|run| run.end.is_none());
        self.wait_for(limit, &format!("start of {job}"), || running().is_some());
        running().unwrap_or_else(|| panic!("{job} ended too early: {:?}", self.history(job)))
    }

    /// Starts a job's service and waits for the end of this run.
    pub(crate) fn run_job(&self, job: &str) -> Run {
        let before = self.history(job).runs.len();
        // one that fails within a few milliseconds may fail the start as well
        self.run(&["systemctl", "start", &format!("job@{job}.service")]);
        let ended = || self.history(job).runs.into_iter().skip(before).find(|run| run.end.is_some());
        self.wait_for(SOON, &format!("end of {job}"), || ended().is_some() && self.is_at_rest(job));
        ended().expect("it was there")
    }

    /// Whether no process of the job's unit is left.
    pub(crate) fn is_at_rest(&self, job: &str) -> bool {
        matches!(self.property(&format!("job@{job}.service"), "ActiveState").as_str(), "inactive" | "failed")
    }

    /// Whether the job's unit is failed, once it is at rest.
    pub(crate) fn is_failed(&self, job: &str) -> bool {
        self.wait_for(SOON, &format!("rest of {job}"), || self.is_at_rest(job));
        self.property(&format!("job@{job}.service"), "ActiveState") == "failed"
    }

    /// A property of a unit.
    pub(crate) fn property(&self, unit: &str, name: &str) -> String {
        self.sh(&format!("systemctl show --value --property={name} '{unit}'")).trim_end().to_owned()
    }

    /// Whether a unit is active.
    pub(crate) fn is_active(&self, unit: &str) -> bool {
        self.run(&["systemctl", "is-active", "--quiet", unit]).ok()
    }

    /// Makes users: an operator who reads the journal, an operator who does not, an author, and one who is nothing.
    pub(crate) fn people(&self) {
        self.sh("useradd --create-home --groups process-control-operators,systemd-journal olga
            useradd --create-home --groups process-control-operators oskar
            useradd --create-home --groups process-control-authors ada
            useradd --create-home fred");
    }

    /// Runs a command as a user.
    pub(crate) fn by(&self, user: &str, command: &[&str]) -> Output {
        self.run(&[&["runuser", "-u", user, "--"], command].concat())
    }

    /// Runs jobctl as a user, which must exit thus.
    #[track_caller]
    pub(crate) fn jobctl(&self, user: &str, arguments: &[&str], status: i32) -> Output {
        let done = self.by(user, &[&["jobctl"], arguments].concat());
        assert_eq!(done.status, status, "{:?}: {user}: jobctl {arguments:?}: {done:?}", self.suite);
        done
    }

    /// Runs a command as the service user.
    pub(crate) fn as_service_user(&self, command: &[&str]) -> Output {
        self.run(&[&["runuser", "-u", "process-control", "--"], command].concat())
    }

    /// What the journal says, of these matches.
    pub(crate) fn journal(&self, matches: &[&str]) -> String {
        self.run(&[&["journalctl", "--no-pager", "--quiet", "--output=cat"], matches].concat()).stdout
    }
}

/// Why a run ended as it did.
pub(crate) fn reason(run: &Run) -> &str {
    run.end.as_ref().and_then(|end| end.reason.as_deref()).unwrap_or_default()
}
