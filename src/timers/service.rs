//! Sections `[Unit]` and `[Service]` → keys of a job, as far as it has them.

use super::Said;
use super::file::{Assignment, Unit, is_yes};
use super::timing::span;
use super::words::with_specifiers;
use crate::job::TimeSpan;
use crate::job::template::Scalar;

/// Types of services whose main process does the work, and ends with it.
const TYPES: [&str; 4] = ["simple", "exec", "oneshot", "idle"];
/// What is read elsewhere, what jobs have anyway, and what is about other things than the run.
const KNOWN: [&str; 12] = [
    "Type",
    "ExecStartPre",
    "ExecStart",
    "ExecStartPost",
    "Environment",
    "User",
    "DynamicUser",
    "WorkingDirectory",
    "SyslogIdentifier",
    "Slice",
    "LogRateLimitIntervalSec",
    "RestrictSUIDSGID",
];
const KNOWN_OF_UNIT: [&str; 4] = ["Description", "Documentation", "DefaultDependencies", "SourcePath"];

/// What there is instead of some keys.
const INSTEAD: [(&str, &str); 11] = [
    ("NoNewPrivileges", "write sandbox: {new_privileges: allowed}"),
    ("KillMode", "what a run leaves behind ends with it"),
    ("EnvironmentFile", "write its variables into environment"),
    ("Group", "a job has the groups of the service user"),
    ("OnFailure", "write failmail or on_failure"),
    ("OnSuccess", "write after_success into the other job, or on_success here"),
    ("Restart", "write retries"),
    ("ProtectSystem", "write read_only if nothing of the host may change"),
    ("After", "a job waits for no other unit"),
    ("Wants", "a job starts no other unit"),
    ("Requires", "a job starts no other unit"),
];

/// What becomes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// A job says it too, or does so anyway.
    Kept,
    /// No key of a job does it.
    NoKey,
    /// There is a key, and it does not take this value.
    NoValue,
}

/// What a service says besides its commands.
#[derive(Debug, Default)]
pub(super) struct Rest {
    pub(super) description: Option<String>,
    pub(super) working_directory: Option<String>,
    pub(super) timeout: Option<String>,
    /// If nothing ends a run that takes long: the key that would, and its line if it says so.
    pub(super) endless: Option<(&'static str, Option<String>)>,
    /// Other keys, each with its line.
    pub(super) more: Vec<(&'static str, Scalar, String)>,
    pub(super) said: Vec<Said>,
}

/// As whom it runs.
///
/// # Errors
/// Why nobody but systemd knows.
pub(super) fn user(unit: &Unit, service: &str) -> Result<String, Said> {
    match unit.last("Service", "User") {
        Some(user) => {
            with_specifiers(&user.value, service).map_err(|why| Said::not_carried(&user.at, format!("User=: {why}")))
        }
        None if unit.says_yes("Service", "DynamicUser") => Ok("a user of its own".to_owned()),
        None => Ok("root".to_owned()),
    }
}

/// Reads what is neither a command nor a variable.
///
/// # Errors
/// Why no job can be such a service.
pub(super) fn rest(unit: &Unit, service: &str) -> Result<Rest, Said> {
    let mut rest = Rest::default();
    let kind = unit.last("Service", "Type");
    if let Some(other) = kind.filter(|kind| !TYPES.contains(&kind.value.as_str())) {
        let what = format!("Type={}: a job is a command that ends with its work", other.value);
        return Err(Said::not_carried(&other.at, what));
    }
    let is_oneshot = kind.is_some_and(|kind| kind.value == "oneshot");
    rest.endless = Some((if is_oneshot { "TimeoutStartSec" } else { "RuntimeMaxSec" }, None));
    if let Some(post) = unit.last("Service", "ExecStartPost").filter(|_| !is_oneshot) {
        let what = "ExecStartPost=: systemd runs it beside ExecStart=; here it comes after it";
        rest.said.push(Said::note(&post.at, what));
    }
    if let Some(description) = unit.last("Unit", "Description") {
        match with_specifiers(&description.value, service) {
            Ok(text) => rest.description = Some(text),
            Err(why) => rest.said.push(Said::not_carried(&description.at, format!("Description=: {why}"))),
        }
    }
    if let Some(folder) = unit.last("Service", "WorkingDirectory") {
        rest.folder(folder, service);
    }
    // of several that are one key here, the last one of the file would win without a word
    for assignment in &unit.assignments {
        let is_last = unit.last(&assignment.section, &assignment.key).is_some_and(|last| last.at == assignment.at);
        let key = assignment.key.as_str();
        let fate = match assignment.section.as_str() {
            "Service" if !KNOWN.contains(&key) => rest.key(assignment, is_last, is_oneshot),
            "Unit" if !KNOWN_OF_UNIT.contains(&key) => Fate::NoKey,
            _ => Fate::Kept,
        };
        let instead = INSTEAD.iter().find(|(name, _)| *name == key).map(|(_, instead)| *instead);
        let what = match (fate, instead) {
            _ if assignment.value.is_empty() => continue,
            (Fate::Kept, _) => continue,
            (Fate::NoKey, Some(instead)) => format!("not carried; {instead}"),
            (Fate::NoKey, None) => "no key of a job does this".to_owned(),
            (Fate::NoValue, _) => "no job may have this value".to_owned(),
        };
        rest.said.push(Said::not_carried(&assignment.at, format!("{key}=: {what}")));
    }
    Ok(rest)
}

impl Rest {
    fn folder(&mut self, folder: &Assignment, service: &str) {
        let path = folder.value.strip_prefix('-').unwrap_or(&folder.value);
        if path.len() < folder.value.len() {
            let what = "WorkingDirectory=: with the minus it did not have to be there; here it must";
            self.said.push(Said::note(&folder.at, what));
        }
        match with_specifiers(path, service) {
            // the home, as without the key
            Ok(path) if path == "~" => {}
            Ok(path) => self.working_directory = Some(path),
            Err(why) => self.said.push(Said::not_carried(&folder.at, format!("WorkingDirectory=: {why}"))),
        }
    }

    /// Takes a key of `[Service]`. Only the last of a name counts.
    fn key(&mut self, it: &Assignment, is_last: bool, is_oneshot: bool) -> Fate {
        let value = it.value.as_str();
        if !is_last || value.is_empty() {
            return Fate::Kept;
        }
        let text = |text: &str| Some(Scalar::Text(text.to_owned()));
        let kept_if = |is_so: bool| if is_so { Fate::Kept } else { Fate::NoKey };
        // of these zero means that too, in systemd alone
        let is_endless = value == "infinity"
            || it.key.starts_with("Timeout")
                && span(value).and_then(|it| TimeSpan::parse(&it)).is_some_and(TimeSpan::is_zero);
        let (key, value) = match it.key.as_str() {
            "TimeoutSec" => return self.both_timeouts(it, is_oneshot, is_endless),
            "TimeoutStartSec" if is_oneshot => return self.timeout("TimeoutStartSec", it, is_endless),
            "RuntimeMaxSec" if !is_oneshot => return self.timeout("RuntimeMaxSec", it, is_endless),
            // they limit what is not the work, or systemd does not heed them
            "TimeoutStartSec" | "RuntimeMaxSec" => return Fate::Kept,
            "TimeoutStopSec" => ("kill_grace", span(value).filter(|_| !is_endless).map(Scalar::Text)),
            "TasksMax" | "MemoryMax" if is_endless => return Fate::Kept,
            "UMask" => ("umask", text(value)),
            "Nice" => ("nice", value.parse().ok().map(Scalar::Number)),
            "IOSchedulingClass" => match value {
                "best-effort" | "2" => ("io_class", text("best-effort")),
                "idle" | "3" => ("io_class", text("idle")),
                _ => ("io_class", None),
            },
            "MemoryMax" => ("memory_max", text(value)),
            "CPUQuota" => ("cpu_quota", text(value)),
            "TasksMax" => ("tasks_max", value.parse().ok().map(Scalar::Number)),
            "SuccessExitStatus" => {
                let codes: Result<Vec<u64>, _> = value.split_whitespace().map(str::parse).collect();
                ("success_exit_codes", codes.ok().map(Scalar::Numbers))
            }
            "PrivateTmp" if is_yes(value) => ("private_tmp", Some(Scalar::Flag)),
            "PrivateNetwork" if is_yes(value) => ("no_network", Some(Scalar::Flag)),
            // the journal, as here
            "StandardOutput" | "StandardError" => return kept_if(matches!(value, "journal" | "inherit")),
            "StandardInput" => return kept_if(value == "null"),
            "Restart" | "PrivateTmp" | "PrivateNetwork" | "RemainAfterExit" | "ProtectSystem" | "ProtectHome"
            | "PrivateDevices" => return kept_if(is_no(value)),
            // every job is so, unless its file says otherwise
            "NoNewPrivileges" => return kept_if(is_yes(value)),
            "KillMode" => return kept_if(matches!(value, "control-group" | "mixed")),
            _ => return Fate::NoKey,
        };
        let Some(value) = value else { return Fate::NoValue };
        self.put(key, value, it);
        Fate::Kept
    }

    /// A later line of another key that means the same wins, as in systemd.
    fn put(&mut self, key: &'static str, value: Scalar, it: &Assignment) {
        self.more.retain(|(known, ..)| *known != key);
        self.more.push((key, value, it.at.clone()));
    }

    /// How long the work may take.
    fn timeout(&mut self, key: &'static str, it: &Assignment, is_endless: bool) -> Fate {
        let span = span(&it.value).filter(|span| !TimeSpan::parse(span).is_some_and(TimeSpan::is_zero));
        let fate = if span.is_none() && !is_endless { Fate::NoValue } else { Fate::Kept };
        self.endless = is_endless.then(|| (key, Some(it.at.clone())));
        self.timeout = span;
        fate
    }

    /// `TimeoutSec=` says how long a start may take and how long an end.
    fn both_timeouts(&mut self, it: &Assignment, is_oneshot: bool, is_endless: bool) -> Fate {
        if !is_endless {
            let Some(span) = span(&it.value) else { return Fate::NoValue };
            self.put("kill_grace", Scalar::Text(span), it);
        }
        if is_oneshot { self.timeout("TimeoutSec", it, is_endless) } else { Fate::Kept }
    }
}

/// What systemd takes for no.
fn is_no(word: &str) -> bool {
    ["0", "no", "n", "false", "f", "off"].iter().any(|no| no.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::super::file::Source;
    use super::*;

    fn of(lines: &str) -> Result<Rest, String> {
        let text = format!("[Service]\n{lines}\n");
        rest(&Unit::read(&[Source { label: "f", bytes: text.as_bytes() }]), "x.service").map_err(|said| said.what)
    }

    #[test]
    fn keys_that_jobs_have_too() {
        let found = of("Type=oneshot\nNice=5\nNice=10\nUMask=0027\nMemoryMax=1G\nTimeoutStartSec=90\nTimeoutStopSec=5\n\
                        SuccessExitStatus=3 4\nPrivateTmp=yes\nIOSchedulingClass=idle\nWorkingDirectory=/srv/%N\nCPUQuota=50%")
        .unwrap();
        let keys: Vec<&str> = found.more.iter().map(|(key, ..)| *key).collect();
        assert_eq!(
            keys,
            ["nice", "umask", "memory_max", "kill_grace", "success_exit_codes", "private_tmp", "io_class", "cpu_quota"]
        );
        assert_eq!((found.timeout.as_deref(), found.working_directory.as_deref()), (Some("90s"), Some("/srv/x")));
        assert_eq!(found.said, []);
    }

    #[test]
    fn what_has_no_key_is_said() {
        for (lines, count) in [
            ("Type=simple\nRuntimeMaxSec=1h\nStandardOutput=journal\nRestart=no", 0),
            ("Type=oneshot\nRuntimeMaxSec=1h\nTimeoutStartSec=infinity", 0),
            ("Restart=on-failure", 1),
            ("NoNewPrivileges=yes\nKillMode=mixed", 0),
            ("NoNewPrivileges=no\nKillMode=process", 2),
            ("EnvironmentFile=/etc/default/x", 1),
            ("StandardOutput=append:/var/log/x\nRemainAfterExit=yes", 2),
            ("Nice=-5\nNice=high", 1),
            ("SuccessExitStatus=SIGTERM", 1),
            ("Group=www\nProtectSystem=strict", 2),
            ("WorkingDirectory=%h/x", 1),
            ("ExecStartPost=/bin/x", 1),
        ] {
            let found = of(lines).unwrap();
            assert_eq!(found.said.len(), count, "{lines}: {:?}", found.said);
        }
        assert!(of("Type=forking").unwrap_err().contains("Type=forking"));
    }

    /// As `TimeoutStartUSec`, `RuntimeMaxUSec` and `TimeoutStopUSec` of systemd 252 and 257 are.
    #[test]
    fn how_long_a_run_may_take() {
        for (lines, timeout, kill_grace, said) in [
            ("Type=oneshot\nTimeoutStartSec=90", Some("90s"), None, 0),
            ("Type=oneshot\nTimeoutStartSec=0", None, None, 0),
            ("Type=oneshot\nTimeoutStartSec=90\nTimeoutStartSec=infinity", None, None, 0),
            ("Type=oneshot\nRuntimeMaxSec=90", None, None, 0),
            ("Type=oneshot\nTimeoutSec=7", Some("7s"), Some("7s"), 0),
            ("Type=oneshot\nTimeoutSec=7\nTimeoutStartSec=infinity\nTimeoutStopSec=8", None, Some("8s"), 0),
            ("Type=oneshot\nTimeoutStopSec=8\nTimeoutStartSec=9\nTimeoutSec=7", Some("7s"), Some("7s"), 0),
            ("Type=oneshot\nTimeoutSec=infinity", None, None, 0),
            ("TimeoutStartSec=90", None, None, 0),
            ("TimeoutSec=7\nRuntimeMaxSec=1h", Some("1h"), Some("7s"), 0),
            ("RuntimeMaxSec=0", None, None, 1),
            ("TimeoutStopSec=0", None, None, 1),
            ("TimeoutSec=soon", None, None, 1),
        ] {
            let found = of(lines).unwrap();
            let grace = found.more.iter().map(|(key, value, _)| match value {
                Scalar::Text(text) if *key == "kill_grace" => text.as_str(),
                other => panic!("{lines}: {key}: {other:?}"),
            });
            let grace: Vec<&str> = grace.collect();
            assert_eq!(
                (found.timeout.as_deref(), grace, found.said.len()),
                (timeout, kill_grace.into_iter().collect(), said),
                "{lines}"
            );
        }
        let endless = |lines| of(lines).unwrap().endless;
        let line = |number: usize| Some(format!("f:{number}"));
        assert_eq!(endless("Type=oneshot\nTimeoutStartSec=0"), Some(("TimeoutStartSec", line(3))));
        assert_eq!(endless("Type=oneshot\nTimeoutSec=infinity"), Some(("TimeoutSec", line(3))));
        assert_eq!(endless("Type=oneshot"), Some(("TimeoutStartSec", None)));
        assert_eq!(endless("TimeoutStartSec=0"), Some(("RuntimeMaxSec", None)));
        assert_eq!(endless("RuntimeMaxSec=infinity"), Some(("RuntimeMaxSec", line(2))));
        for lines in ["RuntimeMaxSec=5", "RuntimeMaxSec=0", "Type=oneshot\nTimeoutStartSec=soon"] {
            assert_eq!(endless(lines), None, "{lines}");
        }
    }

    #[test]
    fn users() {
        let of = |text: &str| {
            let text = format!("[Service]\n{text}\n");
            user(&Unit::read(&[Source { label: "f", bytes: text.as_bytes() }]), "x@ada.service")
                .map_err(|said| said.what)
        };
        for (line, expected) in
            [("User=www", "www"), ("", "root"), ("DynamicUser=yes", "a user of its own"), ("User=%i", "ada")]
        {
            assert_eq!(of(line).unwrap(), expected, "{line}");
        }
        assert!(of("User=%l").unwrap_err().starts_with("User=: what %l stands for"));
    }
}
