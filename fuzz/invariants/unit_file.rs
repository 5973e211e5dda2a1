//! What may stand in a unit file of ours, read from its text.

use super::words::{Expands, split};
use process_control::compile;
use process_control::job::JobName;

const UNIT: &[&str] = &[
    "Description",
    "Documentation",
    "OnFailure",
    "OnSuccess",
    "PartOf",
    "RefuseManualStart",
    "RequiresMountsFor",
    "SourcePath",
    "StartLimitIntervalSec",
    "CollectMode",
    "Upholds",
    "Wants",
];
const SERVICE: &[&str] = &[
    "CPUQuota",
    "CapabilityBoundingSet",
    "Environment",
    "ExecStart",
    "ExecStopPost",
    "IOSchedulingClass",
    "IgnoreSIGPIPE",
    "KillSignal",
    "LockPersonality",
    "LogExtraFields",
    "LogLevelMax",
    "LogRateLimitIntervalSec",
    "MemoryDenyWriteExecute",
    "MemoryMax",
    "NoNewPrivileges",
    "PrivateNetwork",
    "PrivateTmp",
    "ProtectHome",
    "ProtectSystem",
    "ReadWritePaths",
    "RestartForceExitStatus",
    "RestartMaxDelaySec",
    "RestartSec",
    "RestartSteps",
    "RestrictAddressFamilies",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "RuntimeDirectory",
    "RuntimeDirectoryPreserve",
    "RuntimeMaxSec",
    "Slice",
    "SuccessExitStatus",
    "SyslogIdentifier",
    "SyslogLevel",
    "SystemCallArchitectures",
    "TasksMax",
    "TimeoutStopSec",
    "Type",
    "User",
];
const TIMER: &[&str] = &[
    "AccuracySec",
    "FixedRandomDelay",
    "OnActiveSec",
    "OnCalendar",
    "OnUnitActiveSec",
    "Persistent",
    "RandomizedDelaySec",
    "RemainAfterElapse",
];
const PATH: &[&str] = &["PathChanged", "PathExistsGlob", "TriggerLimitBurst", "TriggerLimitIntervalSec", "Unit"];
/// Of the host as a whole, with the default configuration.
const OF_THE_HOST: &[&str] = &[
    "process-control-boot.service.d/50-job-directory.conf",
    "process-control-boot.target.d/50-jobs.conf",
    "process-control-hooks.path",
    "process-control-jobs.path",
    "process-control-notify.path",
    "process-control.target.d/50-timers.conf",
    "process-control-notices.target.d/50-notices.conf",
];

/// Checks a unit file or a drop-in.
pub(super) fn check(name: &str, text: &str, user: &str) {
    let settings = settings(name, text);
    let all =
        |key: &str| settings.iter().filter(|(known, _)| *known == key).map(|(_, value)| *value).collect::<Vec<_>>();
    if OF_THE_HOST.contains(&name) {
        assert_eq!(all("ExecStart"), [""; 0], "{name}");
        return;
    }
    if let Some(unit) = name.strip_suffix(".d/50-after.conf") {
        assert!(compile::job_of(unit).is_some_and(|job| settings.iter().all(|(key, value)| {
            matches!(*key, "OnSuccess" | "OnFailure") && *value == format!("job-after@{}.service", job.instance())
        })));
        return;
    }
    if let Some(rest) = name.strip_prefix("job-after@") {
        assert!(compile::job_of(&format!("job@{rest}")).is_some(), "{name}");
        assert_eq!((all("User"), all("ExecStart")), (vec![], vec!["/usr/bin/true"]), "{name}");
        for command in all("ExecStopPost") {
            let words = split(command, Expands::SpecifiersAndVariables);
            assert_eq!(words[..3], ["/usr/bin/jobctl", "follow-up", "--"], "{name}");
            assert!(words.len() > 3 && words[3..].iter().all(|word| JobName::new(word).is_ok()), "{words:?}");
        }
        return;
    }
    let job = compile::job_of(name).unwrap_or_else(|| panic!("no name of ours: {name}"));
    match name.rsplit_once('.').map(|(_, kind)| kind) {
        Some("service") => {
            assert_eq!(all("User"), [user], "{name}");
            let words =
                |key| all(key).into_iter().map(|line| split(line, Expands::SpecifiersAndVariables)).collect::<Vec<_>>();
            let mut start = vec!["/usr/bin/run-job".to_owned(), format!("--job={job}")];
            if name.starts_with("job-slow-start@") {
                start.push("--slow-start".to_owned());
            }
            assert_eq!(words("ExecStart"), [start], "{name}");
            assert_eq!(words("ExecStopPost"), [["/usr/bin/run-job".to_owned(), format!("--finish={job}")]], "{name}");
        }
        Some("timer") => assert!(settings.iter().all(|(key, _)| !key.starts_with("Exec") && *key != "Unit"), "{name}"),
        _ => panic!("no unit of a job: {name}"),
    }
}

/// Every setting, in order; each in its section, and nothing that goes on in the next line.
fn settings<'a>(name: &str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut section: &[&str] = &[];
    let mut settings = Vec::new();
    for line in text.split('\n') {
        assert!(!line.ends_with('\\') && !line.chars().any(char::is_control), "{name}: {line:?}");
        assert!(line.len() < 1 << 20, "{name}: longer than systemd reads");
        match line.bytes().next() {
            None | Some(b'#') => {}
            Some(b'[') => {
                section = match line {
                    "[Unit]" => UNIT,
                    "[Service]" => SERVICE,
                    "[Timer]" => TIMER,
                    "[Path]" => PATH,
                    _ => panic!("{name}: {line}"),
                }
            }
            _ => {
                let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{name}: {line}"));
                assert!(section.contains(&key), "{name}: {line}");
                settings.push((key, value));
            }
        }
    }
    settings
}
