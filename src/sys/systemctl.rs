//! Asks PID 1 to reload.

use anyhow::{Context, Result, bail};
use std::process::Command;

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
