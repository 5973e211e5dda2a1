//! What a run may use of the machine.

use super::TimeSpan;
use std::collections::BTreeMap;
use std::fmt;

/// Keys `nice`, `io_class`, `memory_max`, `cpu_quota`, `tasks_max`. None means: systemd's default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// 0 to 19; see nice(2). A job cannot raise its priority.
    pub nice: Option<u8>,
    /// See `IOSchedulingClass=` in systemd.exec(5); the realtime class is not for jobs.
    pub io_class: Option<IoClass>,
    /// `MemoryMax=` in systemd.resource-control(5).
    pub memory_max: Option<Bytes>,
    /// `CPUQuota=`, in percent of one processor.
    pub cpu_quota: Option<u32>,
    /// `TasksMax=`.
    pub tasks_max: Option<u32>,
}

impl Limits {
    /// These limits, with `under` for those that are not set.
    #[must_use]
    pub fn over(self, under: &Limits) -> Limits {
        Limits {
            nice: self.nice.or(under.nice),
            io_class: self.io_class.or(under.io_class),
            memory_max: self.memory_max.or(under.memory_max),
            cpu_quota: self.cpu_quota.or(under.cpu_quota),
            tasks_max: self.tasks_max.or(under.tasks_max),
        }
    }

    /// The keys of those that are more than `most` allows.
    pub fn above(&self, most: &Ceilings) -> Vec<&'static str> {
        fn more<T: PartialOrd>(wanted: Option<T>, most: Option<T>) -> bool {
            matches!((wanted, most), (Some(wanted), Some(most)) if wanted > most)
        }
        let mut keys = Vec::new();
        keys.extend(more(self.memory_max, most.memory_max).then_some("memory_max"));
        keys.extend(more(self.cpu_quota, most.cpu_quota).then_some("cpu_quota"));
        keys.extend(more(self.tasks_max, most.tasks_max).then_some("tasks_max"));
        keys
    }
}

impl Ceilings {
    /// As the limits of a job that sets none.
    pub fn as_limits(&self) -> Limits {
        let (memory_max, cpu_quota, tasks_max) = (self.memory_max, self.cpu_quota, self.tasks_max);
        Limits { memory_max, cpu_quota, tasks_max, ..Limits::default() }
    }

    /// The ceiling of a key, as it is written in a file.
    pub fn text(&self, key: &str) -> String {
        match key {
            "memory_max" => self.memory_max.map(|bytes| bytes.to_string()),
            "cpu_quota" => self.cpu_quota.map(|percent| format!("{percent}%")),
            "tasks_max" => self.tasks_max.map(|tasks| tasks.to_string()),
            _ => self.timeout.map(|span| span.to_string()),
        }
        .unwrap_or_default()
    }
}

/// The most that a job may ask for; the operators set it in the configuration, key `ceilings`.
/// It also holds for jobs that ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ceilings {
    /// The longest `timeout`.
    pub timeout: Option<TimeSpan>,
    /// The largest `memory_max`.
    pub memory_max: Option<Bytes>,
    /// The largest `cpu_quota`.
    pub cpu_quota: Option<u32>,
    /// The largest `tasks_max`.
    pub tasks_max: Option<u32>,
}

/// The most that may run at once, as the configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// Key `max_running`.
    pub all: Option<u32>,
    /// Key `max_running_by_tag`.
    pub by_tag: BTreeMap<String, u32>,
}

/// Key `io_class`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoClass {
    /// The usual class.
    BestEffort,
    /// Only when nobody else wants the disk.
    Idle,
}

impl fmt::Display for IoClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IoClass::BestEffort => "best-effort",
            IoClass::Idle => "idle",
        })
    }
}

/// An amount of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

const UNITS: &[(char, u32)] = &[('T', 40), ('G', 30), ('M', 20), ('K', 10)];

impl Bytes {
    /// What is read, for messages.
    pub const ALLOWED: &'static str = "bytes with K, M, G or T to the base of 1024, as in 512M; at least 1M";

    /// Reads `512M`; a bare number is bytes. Nothing if it is none, or less than 1 MiB, with which
    /// no program starts.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let unit = UNITS.iter().find_map(|(letter, shift)| Some((text.strip_suffix(*letter)?, *shift)));
        let (digits, shift) = unit.unwrap_or((text, 0));
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let bytes = plain.then(|| digits.parse::<u64>().ok())??.checked_mul(1 << shift)?;
        (bytes >= 1 << 20).then_some(Bytes(bytes))
    }
}

/// As systemd reads it, in the largest unit that is exact.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, shift)| self.0.is_multiple_of(1 << shift)) {
            Some((letter, shift)) => write!(f, "{}{letter}", self.0 >> shift),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_they_were_meant() {
        for (text, written) in [("512M", "512M"), ("1024M", "1G"), ("2097153", "2097153"), ("1T", "1T")] {
            assert_eq!(Bytes::parse(text).map(|bytes| bytes.to_string()).as_deref(), Some(written));
        }
        for text in ["", "M", "-1M", "1.5G", "10", "1MM", "999999999999T", "1X", "infinity"] {
            assert_eq!(Bytes::parse(text), None, "{text}");
        }
    }
}
