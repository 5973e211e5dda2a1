//! `jobctl cat`: the units of jobs as systemd has them.

use super::chosen::names;
use super::configuration;
use super::own_units::own_units;
use super::refusal::Refusal;
use crate::app::args::Show;
use crate::app::exit;
use crate::sys::bus::Bus;
use crate::sys::systemctl;

/// Shows the unit files and drop-ins of each job.
pub(super) fn cat(arguments: &Show) -> Result<u8, Refusal> {
    let config = configuration()?;
    let bus = Bus::system().map_err(|error| Refusal::no_systemd(&error))?;
    let mut units = Vec::new();
    let (names, mut codes) = names(&config, &arguments.jobs)?;
    for name in names {
        let own = own_units(&bus, &name).map_err(|error| Refusal::no_systemd(&error))?;
        if own.is_empty() {
            let what = format!("{name}: systemd has no unit of it yet; jobctl show {name} shows what it will get");
            codes.refuse(&name, &Refusal::new(exit::NO_JOB, what));
        }
        units.extend(own.into_iter().map(|(unit, _)| unit));
    }
    if units.is_empty() {
        return Ok(codes.code());
    }
    systemctl::cat(&units)
        .map(|shown| if shown { codes.code() } else { exit::UNAVAILABLE })
        .map_err(|error| Refusal::new(exit::UNAVAILABLE, format!("{error:#}")))
}
