//! Asks PID 1.

use crate::job::text::one_line;
use crate::unit::object_path;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use std::process::{Command, Stdio};

/// What became of a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reloaded {
    /// systemd has read all units again.
    Well,
    /// We may not.
    Refused,
}

/// Whether a unit starts with the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// It does (`systemctl enable`).
    Started,
    /// It does not (`systemctl disable`).
    Not,
}

/// `systemctl daemon-reload`: reads all units again, generators included. Not over the bus, which may not be
/// there yet when the host boots.
///
/// # Errors
/// That it cannot be asked, or why it fails.
pub fn daemon_reload() -> Result<Reloaded> {
    let mut systemctl = Command::new("systemctl");
    let done =
        systemctl.args(["--no-ask-password", "daemon-reload"]).env("LC_ALL", "C").output().context("systemctl")?;
    if done.status.success() {
        return Ok(Reloaded::Well);
    }
    let said = one_line(&String::from_utf8_lossy(&done.stderr));
    if ["authentication required", "Access denied"].iter().any(|words| said.contains(words)) {
        return Ok(Reloaded::Refused);
    }
    bail!("systemd was not reloaded: {said}");
}

/// `systemctl reset-failed`: forgets that units have failed. That one is unknown is no loss.
pub fn reset_failed(units: &[String]) {
    // one call, but not one line longer than the kernel takes
    for some in units.chunks(100) {
        let command = Command::new("systemctl").arg("reset-failed").args(some).stderr(Stdio::null()).status();
        drop(command);
    }
}

/// Whether a unit is neither active nor on the way to it or from it. One that systemd does not know is.
///
/// # Errors
/// That systemd cannot be asked.
pub fn is_at_rest(unit: &str) -> Result<bool> {
    let asked = Command::new("systemctl").args(["show", "--value", "--property=ActiveState", "--", unit]).output();
    let asked = asked.context("systemctl")?;
    if !asked.status.success() {
        bail!("systemd does not say what {unit} does: {}", one_line(&String::from_utf8_lossy(&asked.stderr)));
    }
    Ok(matches!(String::from_utf8_lossy(&asked.stdout).trim(), "inactive" | "failed"))
}

/// Starts a unit, and waits until systemd has done so. That it failed at once is for the unit to tell.
///
/// # Errors
/// That systemd cannot be asked.
pub fn start(unit: &str) -> Result<()> {
    let mut systemctl = Command::new("systemctl");
    systemctl.args(["--quiet", "--no-ask-password", "start", "--", unit]).stderr(Stdio::null());
    systemctl.status().context("systemctl")?;
    Ok(())
}

/// Lets units start with the host, or not; it starts and stops nothing now. systemd is not reloaded, as that may take long and
/// the links count from the next boot on.
///
/// # Errors
/// What systemctl says.
pub fn at_boot(units: &[&str], wanted: Boot) -> Result<()> {
    let verb = match wanted {
        Boot::Started => "enable",
        Boot::Not => "disable",
    };
    order(&["--no-reload", verb], units)
}

/// Starts units, and waits until systemd has done so.
///
/// # Errors
/// What systemctl says.
pub fn start_all(units: &[&str]) -> Result<()> {
    order(&["start"], units)
}

/// Stops units, and waits until systemd has done so.
///
/// # Errors
/// What systemctl says.
pub fn stop_all(units: &[&str]) -> Result<()> {
    order(&["stop"], units)
}

fn order(words: &[&str], units: &[&str]) -> Result<()> {
    let mut systemctl = Command::new("systemctl");
    let done = systemctl.args(["--quiet", "--no-ask-password"]).args(words).arg("--").args(units).output();
    let done = done.context("systemctl")?;
    if !done.status.success() {
        bail!("systemctl {}: {}", words.join(" "), one_line(&String::from_utf8_lossy(&done.stderr)));
    }
    Ok(())
}

/// Whether any of these units is active.
pub fn is_any_active(units: &[&str]) -> bool {
    asks("is-active", units)
}

/// Whether any of these units starts with the host.
pub fn is_any_enabled(units: &[&str]) -> bool {
    asks("is-enabled", units)
}

fn asks(verb: &str, units: &[&str]) -> bool {
    let mut systemctl = Command::new("systemctl");
    systemctl.args(["--quiet", verb, "--"]).args(units).stderr(Stdio::null());
    systemctl.status().is_ok_and(|status| status.success())
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

/// How often systemd has started a service again by itself since somebody, or its timer, started it; none if nobody
/// answers.
pub fn restarts(service: &str) -> Option<u32> {
    let said = get(&object_path(service), "org.freedesktop.systemd1.Service", "NRestarts");
    said?.strip_prefix("u ")?.parse().ok()
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

/// `systemctl cat`: shows unit files and drop-ins, in its own form. Whether it could.
///
/// # Errors
/// That it cannot be started.
pub fn cat(units: &[String]) -> Result<bool> {
    Ok(Command::new("systemctl").arg("cat").arg("--").args(units).status().context("systemctl")?.success())
}
