//! The table of the configuration's keys.

use crate::job::keys::{Key, key};

/// Every key of the configuration, in the order in which the manual tells them.
pub const CONFIG_KEYS: &[Key] = &[
    key("job_directory", "path", "/var/lib/process-control", "the folder of job files"),
    key("output_directory", "path", "none: the journal alone", "the folder in which each run also gets a log file"),
    key("run_directory", "path", "/run/process-control", "the folder of locks"),
    key("state_directory", "path", "/var/lib/process-control-state", "the folder of histories"),
    key("pause_directory", "path", "/var/lib/process-control-pauses", "the folder of the operators' pause markers"),
    key(
        "notice_directory",
        "path",
        "/var/lib/process-control-notices",
        "the folder of what people and programs outside are to be told",
    ),
    key("metrics_file", "path", "none", "the file that is kept fresh for Prometheus, after each run"),
    key("sendmail", "path", "none: SMTP to this host", "the program that takes mails, as sendmail(8) does"),
    key(
        "secrets",
        "mapping",
        "none",
        "values of `Authorization:`, each for one address: `url`, and `file` or `credential`",
    ),
    key("runner_path", "path", "/usr/bin/run-job", "where run-job is"),
    key("user", "name or number", "process-control", "the service user, as whom every job runs"),
    key("allow_root", "true or false", "false", "whether the service user may be root"),
    key("default_job_config", "mapping of job keys", "none", "what stands for the keys that a job file lacks"),
    key("max_running", "number", "no limit", "how many jobs may run at once; the others wait"),
    key("max_running_by_tag", "mapping", "none", "the same for the jobs with a tag, as in `database: 2`"),
    key(
        "ceilings",
        "mapping",
        "none",
        "the most that a job may ask for: `timeout`, `memory_max`, `cpu_quota`, `tasks_max`",
    ),
    key(
        "cron_template",
        "text",
        "none",
        "an entry of the crontab that `jobctl export crontab` and `jobctl migrate --back` write",
    ),
    key(
        "output_crontab",
        "path",
        "/etc/cron.d/process-control",
        "the crontab of the original; `jobctl migrate` takes the jobs from it, and gives them back",
    ),
    key("logging", "mapping", "none", "read for the original's sake; the journal keeps the log"),
];

/// Those that the original knew.
pub const ORIGINAL_CONFIG_KEYS: &[&str] = &[
    "job_directory",
    "output_directory",
    "run_directory",
    "state_directory",
    "runner_path",
    "user",
    "default_job_config",
    "cron_template",
    "output_crontab",
    "logging",
];
