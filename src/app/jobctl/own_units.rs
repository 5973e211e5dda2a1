//! The units that a job has of its own.

use crate::compile;
use crate::job::JobName;
use crate::sys::bus::{Bus, Failure};
use std::path::PathBuf;

/// Each with its unit file and its drop-ins. A template stands for what a job has not, and says nothing of it.
pub(super) fn own_units(bus: &Bus, name: &JobName) -> Result<Vec<(String, Vec<PathBuf>)>, Failure> {
    let all = [compile::timer_name(name), compile::service_name(name), compile::slow_start_name(name)];
    let files = bus.files(&all.each_ref().map(String::as_str))?;
    let own = all.into_iter().zip(files).filter_map(|(unit, files)| {
        let fragment = files.fragment.filter(|path| path.file_name().is_some_and(|file| file == unit.as_str()))?;
        Some((unit, std::iter::once(fragment).chain(files.drop_ins).collect()))
    });
    Ok(own.collect())
}
