//! `jobctl metrics`: jobs for Prometheus.

use super::chosen::{ask_systemd, chosen};
use super::refusal::Refusal;
use super::written::written;
use super::{configuration, print, say};
use crate::app::args::Metrics;
use crate::app::exit;
use crate::app::facts::host;
use crate::status::metrics as text;
use crate::sys::bus::Bus;

/// Writes the metrics. What files tell is told without a bus as well.
pub(super) fn metrics(arguments: &Metrics) -> Result<u8, Refusal> {
    let config = configuration()?;
    let (mut jobs, codes) = chosen(&config, &arguments.which)?;
    let mut code = codes.code();
    if let Err(error) = Bus::system().and_then(|bus| ask_systemd(&bus, &mut jobs)) {
        say(&format!("systemd does not answer, so it is not known when jobs run next: {error}"));
        code = exit::UNAVAILABLE;
    }
    let text = text(&jobs, &host(&config));
    match &arguments.output {
        Some(file) => written(file, text.as_bytes())?,
        None => print(&text),
    }
    Ok(code)
}
