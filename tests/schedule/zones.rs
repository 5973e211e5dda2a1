//! Zones with the rules of this machine's tz database.

use std::fs;

use chrono::{DateTime, Utc};
use process_control::job::schedule::{Zone, ZoneName};

pub(crate) fn zone(name: &str) -> Zone {
    Zone::from_tz_data(Some(ZoneName::new(name).unwrap()), &rules(name)).unwrap()
}

/// As a host would have it whose `/etc/localtime` is this zone.
pub(crate) fn local(name: &str) -> Zone {
    Zone::from_tz_data(None, &rules(name)).unwrap()
}

fn rules(name: &str) -> Vec<u8> {
    fs::read(format!("/usr/share/zoneinfo/{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// `2027-03-28 00:30:00` in universal time.
pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap().and_utc()
}
