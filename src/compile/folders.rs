//! The folders of the configuration with their owners, as systemd-tmpfiles(8) makes them.

use crate::config::{Config, User};
use crate::unit::Value;
use std::path::{Path, PathBuf};

/// Where packages have it for the configuration without a file, and where that of another one counts in its place.
pub const FOLDERS_FILE: &str = "process-control.conf";
/// Writes job files.
const AUTHORS: &str = "process-control-authors";
/// Pauses jobs, and reads the logs of runs.
const OPERATORS: &str = "process-control-operators";
/// Delivers notices.
const NOTIFY: &str = "process-control-notify";
/// Where run logs go, once the configuration says that there are any.
const RUN_LOGS: &str = "/var/log/process-control";

/// Lines of tmpfiles.d(5). `group` is that of the service user, by name or number.
pub fn folders(config: &Config, group: &str) -> String {
    let user = config.user.to_string();
    let (user, notices) = (user.as_str(), &config.notice_directory);
    let logs = config.output_directory.clone().unwrap_or_else(|| RUN_LOGS.into());
    let lines = [
        "# Job files: authors write them, the service user never does.".to_owned(),
        line(&config.job_directory, "2775", "root", AUTHORS),
        "# Pause markers of operators: who owns a marker has paused the job.".to_owned(),
        line(&config.pause_directory, "2775", "root", OPERATORS),
        "# What the service user itself writes: history, locks, logs of runs.".to_owned(),
        line(&config.state_directory, "0755", user, group),
        line(&config.run_directory, "0755", user, group),
        "# Operators read the logs of runs; nobody else does.".to_owned(),
        line(&logs, "2750", user, OPERATORS),
        "# What is to be told: jobs write it down, process-control-notify delivers it and keeps what it could not."
            .to_owned(),
        line(notices, "0755", "root", "root"),
        "# Everybody may see how much waits there, and read none of it.".to_owned(),
        line(&notices.join("post"), "2775", user, NOTIFY),
        line(&notices.join("commands"), "0755", user, group),
        line(&notices.join("later"), "0755", NOTIFY, NOTIFY),
        "# What was told already of invalid jobs.".to_owned(),
        line(&notices.join("told"), "0750", user, group),
    ];
    lines.map(|line| line + "\n").concat()
}

/// The group of the service user that packages make; of another one the host must be asked.
pub fn group_of_default(user: &User) -> Option<String> {
    (*user == User::default()).then(|| user.to_string())
}

/// A folder that does not bear our name may serve others too, as `/var/log` does: once it is there it stays as it is.
fn line(folder: &Path, mode: &str, user: &str, group: &str) -> String {
    let folder = match folder.strip_prefix("/var/run") {
        // a link since long, of which systemd-tmpfiles would remind us
        Ok(rest) => PathBuf::from("/run").join(rest),
        Err(_) => folder.to_owned(),
    };
    let is_ours = |part: &std::ffi::OsStr| part.as_encoded_bytes().starts_with(b"process-control");
    let once = if folder.iter().any(is_ours) { "" } else { ":" };
    let path = folder.to_string_lossy();
    format!("d {} {once}{mode} {once}{user} {once}{group}", Value::words([&*path]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_may_serve_others_stay_as_they_are() {
        let config = Config {
            user: User::Name("jenkins".into()),
            job_directory: "/srv/jobs of all".into(),
            run_directory: "/var/run/process-control".into(),
            output_directory: Some("/var/log".into()),
            notice_directory: "/var/100%".into(),
            ..Config::default()
        };
        let text = folders(&config, "1000");
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with('d')).collect();
        assert_eq!(
            lines,
            [
                "d \"/srv/jobs of all\" :2775 :root :process-control-authors",
                "d /var/lib/process-control-pauses 2775 root process-control-operators",
                "d /var/lib/process-control-state 0755 jenkins 1000",
                "d /run/process-control 0755 jenkins 1000",
                "d /var/log :2750 :jenkins :process-control-operators",
                r#"d "/var/100%%" :0755 :root :root"#,
                r#"d "/var/100%%/post" :2775 :jenkins :process-control-notify"#,
                r#"d "/var/100%%/commands" :0755 :jenkins :1000"#,
                r#"d "/var/100%%/later" :0755 :process-control-notify :process-control-notify"#,
                r#"d "/var/100%%/told" :0750 :jenkins :1000"#,
            ]
        );
    }
}
