//! The rules of time zones, from the files that systemd uses too.

use crate::job::schedule::{Zone, ZoneName};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::Path;

const DATABASE: &str = "/usr/share/zoneinfo";
const LOCAL: &str = "/etc/localtime";
/// No zone's rules come near it.
const MAX_BYTES: u64 = 256 * 1024;

/// The zones that were asked for, each read once.
#[derive(Debug, Default)]
pub struct Zones(BTreeMap<Option<ZoneName>, Zone>);

impl Zones {
    /// The zone of a name, or the host's own. One that cannot be read has no rules.
    pub fn get(&mut self, name: Option<&ZoneName>) -> &Zone {
        self.0.entry(name.cloned()).or_insert_with(|| read(name))
    }
}

/// Reads one zone's rules.
pub fn read(name: Option<&ZoneName>) -> Zone {
    let bytes = match name {
        Some(name) => contents(&Path::new(DATABASE).join(name.as_str())),
        None => contents(Path::new(LOCAL)),
    };
    match bytes {
        Some(bytes) => Zone::from_tz_data(name.cloned(), &bytes).unwrap_or_else(|_| Zone::unread(name.cloned())),
        // without /etc/localtime the host's time is UTC, see localtime(5)
        None if name.is_none() && !Path::new(LOCAL).exists() => Zone::utc(),
        None => Zone::unread(name.cloned()),
    }
}

/// When the host's own zone was last set, as the link of localtime(5) tells; none if nobody ever set it.
pub fn local_changed() -> Option<DateTime<Utc>> {
    set_at(Path::new(LOCAL))
}

/// When the link itself was made: the rules that it names are updated without it.
fn set_at(link: &Path) -> Option<DateTime<Utc>> {
    Some(std::fs::symlink_metadata(link).ok()?.modified().ok()?.into())
}

fn contents(path: &Path) -> Option<Vec<u8>> {
    let stat = std::fs::metadata(path).ok()?;
    (stat.is_file() && stat.len() <= MAX_BYTES).then(|| std::fs::read(path).ok())?
}
