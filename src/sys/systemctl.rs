//! Asks PID 1.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use std::fmt::Write as _;
use std::process::{Command, Stdio};

/// `systemctl daemon-reload`: reads all units again, generators included.
///
/// # Errors
/// That it cannot be asked, or refuses; it has said why on stderr.
pub fn daemon_reload() -> Result<()> {
    let status = Command::new("systemctl").arg("daemon-reload").status().context("systemctl")?;
    if !status.success() {
        bail!("systemd was not reloaded: {status}");
    }
    Ok(())
}

/// When a timer last elapsed, the epoch if it never did; none if nobody answers.
pub fn last_trigger(timer: &str) -> Option<DateTime<Utc>> {
    instant(timer, "org.freedesktop.systemd1.Timer", "LastTriggerUSec")
}

/// Since when a timer is active; none if nobody answers.
pub fn active_since(timer: &str) -> Option<DateTime<Utc>> {
    instant(timer, "org.freedesktop.systemd1.Unit", "ActiveEnterTimestamp")
}

fn instant(unit: &str, interface: &str, property: &str) -> Option<DateTime<Utc>> {
    // `systemctl show` prints whole seconds in the host's zone, this the number
    let micros = get(&object_path(unit), interface, property)?.strip_prefix("t ")?.parse().ok()?;
    DateTime::from_timestamp_micros(micros)
}

/// Whether systemd is ending a unit's processes, and so has told every one of them.
pub fn is_deactivating(unit: &str) -> bool {
    let state = get(&object_path(unit), "org.freedesktop.systemd1.Unit", "ActiveState");
    state.as_deref() == Some("s \"deactivating\"")
}

/// Whether somebody, or the host's shutdown, ordered the end of a unit; none if nobody answers.
pub fn is_told_to_stop(unit: &str) -> Option<bool> {
    let job = get(&object_path(unit), "org.freedesktop.systemd1.Unit", "Job")?;
    // `(uo) 412 "/org/freedesktop/systemd1/job/412"`, and the path is `/` where there is no job
    let path = job.split('"').nth(1)?;
    if path == "/" {
        return Some(false);
    }
    let kind = get(path, "org.freedesktop.systemd1.Job", "JobType")?;
    Some(matches!(kind.as_str(), "s \"stop\"" | "s \"restart\"" | "s \"try-restart\""))
}

/// A property as busctl(1) writes it; none if nobody answers.
fn get(object: &str, interface: &str, property: &str) -> Option<String> {
    let asked = Command::new("busctl")
        .args(["get-property", "org.freedesktop.systemd1", object, interface, property])
        .stderr(Stdio::null())
        .output();
    let said = asked.ok().filter(|asked| asked.status.success())?;
    String::from_utf8(said.stdout).ok().map(|said| said.trim().to_owned())
}

/// Where the bus has a unit: every byte but letters and digits becomes `_` and its hexadecimal code.
fn object_path(unit: &str) -> String {
    unit.bytes().fold("/org/freedesktop/systemd1/unit/".to_owned(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() {
            path.push(byte.into());
        } else {
            write!(path, "_{byte:02x}").expect("a String takes every write");
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::object_path;

    #[test]
    fn units_are_found_on_the_bus() {
        let path = "/org/freedesktop/systemd1/unit/job_40a_2db_5cx20c_2etimer";
        assert_eq!(object_path("job@a-b\\x20c.timer"), path);
    }
}
