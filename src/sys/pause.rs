//! Pause markers: files that say that a job's schedule does not count for now.

use crate::config::Config;
use crate::job::JobName;
use crate::job::text::one_line;
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What is read of a marker.
const MAX_BYTES: u64 = 1024;

/// Whether a job is paused, and what the marker says of it.
///
/// Markers are `PAUSE_DIRECTORY/NAME`, by operators, and `STATE_DIRECTORY/NAME.paused`, by the
/// service user. The first line of one is the reason.
pub fn note(config: &Config, name: &JobName) -> Option<String> {
    let operators = config.pause_directory.join(name.as_str());
    let own = config.state_directory.join(format!("{name}.paused"));
    read(&operators).or_else(|| read(&own))
}

fn read(path: &Path) -> Option<String> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = match open(path, flags, Mode::empty()) {
        Ok(file) => file,
        // a marker that cannot be read is one all the same
        Err(rustix::io::Errno::ACCESS) if path.symlink_metadata().is_ok() => return Some(String::new()),
        Err(_) => return None,
    };
    let stat = fstat(&file).ok()?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return None;
    }
    let mut text = Vec::new();
    File::from(file).take(MAX_BYTES).read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text);
    let reason = one_line(text.lines().next().unwrap_or_default());
    let by = format!("by uid {}", stat.st_uid);
    Some(if reason.is_empty() { by } else { format!("{by}: {reason}") })
}
