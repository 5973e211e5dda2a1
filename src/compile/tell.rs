//! The units that deliver notices: as soon as there is one, by users of their own; never a part of the run.

use super::Unit;
use super::sandbox::{Reach, of_program};
use crate::config::{Config, Secret, Source, VARIABLE};
use crate::unit::{UnitFile, Value};
use std::path::Path;

/// Starts the delivery of mails, pings and webhooks.
pub const NOTIFY_PATH: &str = "process-control-notify.path";
/// Tries again what could not be delivered.
pub const NOTIFY_TIMER: &str = "process-control-notify.timer";
/// Starts the programs that are told.
pub const HOOKS_PATH: &str = "process-control-hooks.path";
const NOTIFY_SERVICE: &str = "process-control-notify.service";
const HOOKS_SERVICE: &str = "process-control-hooks.service";
/// Started by `OnSuccess=` of the reload that has looked at all files.
const INVALID_SERVICE: &str = "process-control-invalid.service";

/// What stands for a secret that is not there.
pub const MISSING: &str = "missing";
/// The program, beside `run-job`.
const PROGRAM: &str = "process-control-notify";
/// Who may know secrets, and read what jobs said.
const USER: &str = "process-control-notify";
const JOURNAL_GROUP: &str = "systemd-journal";

pub(super) fn paths(config: &Config) -> [Unit; 2] {
    let path = |name: &str, what: &'static str, service: &'static str, folder: &str| {
        let file = UnitFile::new()
            .section("Unit")
            .set("Description", Value::fixed(what))
            .set("Documentation", Value::fixed("man:process-control-notify(8)"))
            .set("RequiresMountsFor", Value::words([&*config.notice_directory.to_string_lossy()]))
            .set("StartLimitIntervalSec", Value::fixed("0"))
            .section("Path")
            // not DirectoryNotEmpty=: a notice that is half written has another name
            .set("PathExistsGlob", Value::path(&notices(config, folder)))
            // each start takes a second at least; one that fails at once shall not come a thousand times
            .set("TriggerLimitIntervalSec", Value::fixed("10s"))
            .set("TriggerLimitBurst", Value::fixed("20"))
            .set("Unit", Value::fixed(service));
        Unit::new(name, file)
    };
    [
        path(NOTIFY_PATH, "watch for notices about jobs", NOTIFY_SERVICE, "post"),
        path(HOOKS_PATH, "watch for commands that are told about jobs", HOOKS_SERVICE, "commands"),
    ]
}

/// The services, as they are shipped and for another configuration.
pub(super) fn services(config: &Config) -> [Unit; 3] {
    [notify(config), hooks(config), invalid(config)]
}

fn notify(config: &Config) -> Unit {
    let file = heading("mails, pings and webhooks about jobs")
        // one of them is enough
        .set("ConditionPathExistsGlob", glob(config, "post"))
        .set("ConditionPathExistsGlob", glob(config, "later"))
        .section("Service")
        .set("Type", Value::fixed("oneshot"))
        .set("User", Value::fixed(USER))
        .set("SupplementaryGroups", Value::fixed(JOURNAL_GROUP));
    let file = program(file, config, &[]).set("TimeoutStartSec", Value::fixed("30min"));
    // sendmail(8) changes its group, and writes into the folders of its own
    let file = if config.sendmail.is_none() {
        of_program(file, Reach::Network)
            .set("ProtectSystem", Value::fixed("strict"))
            .set("ReadWritePaths", Value::words([&*config.notice_directory.to_string_lossy()]))
            .set("PrivateTmp", Value::fixed("yes"))
            .set("ProtectHome", Value::fixed("yes"))
    } else {
        file
    };
    Unit::new(NOTIFY_SERVICE, config.secrets.iter().fold(file, credential))
}

/// A secret that is missing shall not stop all others: then this stands in its place, as systemd takes nothing for none.
fn credential(file: UnitFile, secret: &Secret) -> UnitFile {
    let from = match &secret.source {
        Source::File(path) => path.to_string_lossy().into_owned(),
        Source::Credential(name) => name.clone(),
    };
    file.set("LoadCredential", Value::text(&format!("{}:{from}", secret.name)))
        .set("SetCredential", Value::text(&format!("{}:{MISSING}", secret.name)))
}

fn hooks(config: &Config) -> Unit {
    let file = heading("commands that are told about jobs")
        .section("Service")
        .set("Type", Value::fixed("oneshot"))
        .set("User", Value::plain(&config.user));
    let file = program(file, config, &["--commands"]).set("TimeoutStartSec", Value::fixed("infinity"));
    Unit::new(HOOKS_SERVICE, file.set("IgnoreSIGPIPE", Value::fixed("no")))
}

/// As the service user, who owns the folder of notices: never as root, which has no business there.
fn invalid(config: &Config) -> Unit {
    let file = heading("look for invalid jobs that nobody was told of")
        .section("Service")
        .set("Type", Value::fixed("oneshot"))
        .set("User", Value::plain(&config.user));
    let file = quiet(file, config, &["--invalid"]);
    Unit::new(INVALID_SERVICE, of_program(file, Reach::Host))
}

fn heading(what: &'static str) -> UnitFile {
    UnitFile::new()
        .section("Unit")
        .set("Description", Value::fixed(what))
        .set("Documentation", Value::fixed("man:process-control-notify(8)"))
        .set("StartLimitIntervalSec", Value::fixed("0"))
}

fn program(file: UnitFile, config: &Config, arguments: &[&str]) -> UnitFile {
    // several notices come at once, and the journal gets the last line a moment later; as root, so that a user
    // that is missing is not asked for a thousand times a second
    quiet(file.set("ExecStartPre", Value::fixed("+/usr/bin/sleep 1")), config, arguments)
}

fn quiet(file: UnitFile, config: &Config, arguments: &[&str]) -> UnitFile {
    let path = config.runner_path.with_file_name(PROGRAM);
    let path = path.to_string_lossy();
    let words = [&*path].into_iter().chain(arguments.iter().copied());
    let source = config.source.as_deref().map(Path::to_string_lossy);
    file.set_some("Environment", source.map(|source| Value::words([&*format!("{VARIABLE}={source}")])))
        .set("ExecStart", Value::command(words))
        // systemd's own lines about each start are nobody's news
        .set("LogLevelMax", Value::fixed("notice"))
        .set("SyslogLevel", Value::fixed("notice"))
}

fn glob(config: &Config, folder: &str) -> Value {
    Value::alternative(&notices(config, folder))
}

fn notices(config: &Config, folder: &str) -> std::path::PathBuf {
    config.notice_directory.join(folder).join("*.json")
}
