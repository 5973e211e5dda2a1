//! The table of keys: what a job file may say. Messages and the manual's test read it.

/// One key of a file.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it stands in the file.
    pub name: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// What it is without the key.
    pub default: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
}

pub(crate) const fn key(name: &'static str, takes: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, takes, default, meaning }
}

/// Every key of a job file, in the order in which the manual tells them.
pub const JOB_KEYS: &[Key] = &[
    key("name", "text", "the job name, with a warning", "what people call the job"),
    key("description", "text", "none", "what the job is for"),
    key(
        "command",
        "text or list",
        "required",
        "what to run; split by the word rules of the POSIX shell, without a shell; a list runs in order and stops at the first failure",
    ),
    key("slow_start_command", "text or list", "none", "what `run-job --slow-start` runs instead of `command`"),
    key(
        "slow_start",
        "mapping",
        "none",
        "`until_successes`: after a pause for failures, `slow_start_command` until so many runs in a row succeed",
    ),
    key("schedule", "five Vixie fields", "none", "when to run, as in crontab(5); `@daily` and its kind are not read"),
    key("calendar", "calendar text", "none", "when to run, as in systemd.time(7), with seconds and a zone if wanted"),
    key("every", "time span", "none", "how long after its last start the job runs again"),
    key("at_boot", "true or false", "false", "whether the job runs once after each boot"),
    key(
        "after_success",
        "job or list",
        "none",
        "when to run: once all of these jobs have succeeded since this one last started",
    ),
    key("timezone", "name", "the host's zone", "the zone of `schedule` and `calendar`, as in Europe/Berlin"),
    key(
        "random_delay",
        "time span",
        "0",
        "each start is late by up to this much, always by the same amount for a job on a host",
    ),
    key(
        "catch_up",
        "none or latest",
        "none",
        "whether a run that the host slept through, powered off, is made up for once after boot",
    ),
    key("catch_up_max_age", "time span", "none", "what is older than this is not caught up with"),
    key("late_after", "time span", "none", "a start that comes so long after its time, or not at all, is a warning"),
    key("expected_duration", "time span", "none", "a run that takes longer is a warning"),
    key("disabled", "true or false", "false", "whether the schedule is ignored; the job can still be started by hand"),
    key("timeout", "minutes or time span", "none", "how long all commands together may take; 0 for no limit"),
    key("kill_grace", "time span", "30s", "how long a job that was told to end may take until it is killed"),
    key("environment", "mapping", "none", "variables, laid over those that the job has anyway"),
    key("working_directory", "path", "the service user's home", "where the commands start"),
    key("umask", "octal digits", "the caller's", "the file mode bits that the commands' files lack"),
    key("nice", "0 to 19", "the caller's", "how much other programs go first"),
    key("io_class", "best-effort or idle", "the caller's", "how the disk is shared with other programs"),
    key("memory_max", "bytes", "none", "the memory of a run; above it the kernel ends the run"),
    key("cpu_quota", "percent", "none", "the processor time of a run, in percent of one processor"),
    key("tasks_max", "number", "systemd's", "the processes and threads of a run"),
    key("no_network", "true or false", "false", "whether a run has no network"),
    key("read_only", "true or false", "false", "whether a run cannot change the host's files"),
    key("private_tmp", "true or false", "false", "whether a run has a `/tmp` of its own, which goes with it"),
    key(
        "sandbox",
        "mapping",
        "all denied",
        "`new_privileges`, `namespaces`: what a run may, as in `{new_privileges: allowed}`",
    ),
    key(
        "keep_logs",
        "number or time span",
        "all",
        "which run logs in `output_directory` stay: the last so many, or those no older",
    ),
    key("success_exit_codes", "number or list", "none", "exit codes that are a success besides 0"),
    key("unrecoverable_exit_codes", "number or list", "none", "exit codes after which the job is paused at once"),
    key("retries", "number", "0", "how often a run that failed is tried again, for the same slot"),
    key("retry_delay", "time span", "1min", "how long after a failed attempt the next one comes"),
    key("retry_backoff", "time span", "none", "the delay about doubles with each attempt, up to this"),
    key("pause_after_failures", "number", "never", "so many failures in a row pause the job; 0 for never"),
    key("lock_group", "name", "none", "a group of jobs of which not all run at once"),
    key("lock_group_size", "number", "1", "how many of the group may run at once"),
    key("conflicts", "job or list", "none", "jobs that must not run at the same time as this one"),
    key(
        "lock_wait",
        "time span",
        "0",
        "how long a start waits for a place in its group, or for the jobs that it conflicts with, until it is skipped",
    ),
    key("allow_overtime", "true or false", "false", "whether a start that finds the job running is skipped quietly"),
    key("tag", "text or list", "none", "words to group jobs by"),
    key("tags", "text or list", "none", "the same as `tag`"),
    key("failmail", "mapping", "none", "`from_address`, `to_address` and `smtp` of the mail about a failure"),
    key("failure_threshold_for_mail", "number", "1", "mail from this many failures in a row on"),
    key("on_start", "hook or list", "none", "whom to tell that a run begins"),
    key("on_success", "hook or list", "none", "whom to tell that a run succeeded"),
    key("on_failure", "hook or list", "none", "whom to tell that a run failed or took too long"),
    key("on_recovery", "hook or list", "none", "whom to tell that a run succeeded after one that failed"),
    key("on_skip", "hook or list", "none", "whom to tell that a start was skipped"),
];

/// Those that the original knew.
pub const ORIGINAL_JOB_KEYS: &[&str] = &[
    "name",
    "command",
    "description",
    "schedule",
    "disabled",
    "timeout",
    "environment",
    "slow_start_command",
    "tag",
    "allow_overtime",
    "failmail",
    "failure_threshold_for_mail",
];

/// The key that was probably meant, if one is close.
pub fn nearest<'a>(word: &str, keys: &'a [Key]) -> Option<&'a str> {
    let distances = keys.iter().map(|key| (strsim::damerau_levenshtein(word, key.name), key.name));
    distances.min().filter(|(distance, _)| *distance <= 1 + word.len() / 4).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_its_key() {
        assert_eq!(nearest("timeuot", JOB_KEYS), Some("timeout"));
        assert_eq!(nearest("scedule", JOB_KEYS), Some("schedule"));
        assert_eq!(nearest("stdout_destination", JOB_KEYS), None);
    }
}
