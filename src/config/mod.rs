//! The global configuration: where things are, who runs jobs, what jobs take for granted.

mod keys;
mod secret;
mod spec;
mod user;

pub use keys::{CONFIG_KEYS, ORIGINAL_CONFIG_KEYS};
pub use secret::{Secret, Source};
pub use spec::read;
pub use user::User;

use crate::job::{Caps, Ceilings, Spec};
use std::path::PathBuf;

/// Where the configuration is unless `PROCESS_CONTROL_CONFIG` says otherwise.
pub const DEFAULT_PATH: &str = "/etc/process-control.yaml";
/// The variable that names another file.
pub const VARIABLE: &str = "PROCESS_CONTROL_CONFIG";

/// The configuration, complete and checked. Without a file it is [`Config::default`].
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it was read from; none if it is not [`DEFAULT_PATH`]'s place.
    pub source: Option<PathBuf>,
    /// Key `job_directory`.
    pub job_directory: PathBuf,
    /// Key `output_directory`: run logs as files, besides the journal.
    pub output_directory: Option<PathBuf>,
    /// Key `run_directory`: locks.
    pub run_directory: PathBuf,
    /// Key `state_directory`: history.
    pub state_directory: PathBuf,
    /// Key `pause_directory`: the operators' pause markers.
    pub pause_directory: PathBuf,
    /// Key `notice_directory`: what people and programs outside are to be told.
    pub notice_directory: PathBuf,
    /// Key `metrics_file`: the file that is kept fresh for Prometheus.
    pub metrics_file: Option<PathBuf>,
    /// Key `sendmail`: the program that takes mails; without it SMTP to this host.
    pub sendmail: Option<PathBuf>,
    /// Key `secrets`.
    pub secrets: Vec<Secret>,
    /// Key `runner_path`.
    pub runner_path: PathBuf,
    /// Key `user`: the service user.
    pub user: User,
    /// Key `allow_root`.
    pub root: Root,
    /// Key `cron_template`: an entry of the crontab that `jobctl export` and `jobctl migrate --back` write.
    pub cron_template: Option<String>,
    /// Key `output_crontab`: where the original wrote, and `jobctl migrate --back` writes.
    pub old_crontab: PathBuf,
    /// Key `default_job_config`.
    pub defaults: Spec,
    /// Keys `max_running` and `max_running_by_tag`.
    pub caps: Caps,
    /// Key `ceilings`.
    pub ceilings: Ceilings,
}

/// Key `allow_root`: whether the service user may be root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// Never, whatever `user` says.
    Refused,
    /// If `user` says so.
    Allowed,
}

impl Default for Config {
    /// The paths and the user of the original's example. The history has left its cache folder,
    /// which may be wiped at any time.
    fn default() -> Self {
        Config {
            source: None,
            job_directory: "/var/lib/process-control".into(),
            output_directory: None,
            run_directory: "/run/process-control".into(),
            state_directory: "/var/lib/process-control-state".into(),
            pause_directory: "/var/lib/process-control-pauses".into(),
            notice_directory: "/var/lib/process-control-notices".into(),
            metrics_file: None,
            sendmail: None,
            secrets: Vec::new(),
            runner_path: "/usr/bin/run-job".into(),
            user: User::default(),
            root: Root::Refused,
            cron_template: None,
            old_crontab: "/etc/cron.d/process-control".into(),
            defaults: Spec::default(),
            caps: Caps::default(),
            ceilings: Ceilings::default(),
        }
    }
}
