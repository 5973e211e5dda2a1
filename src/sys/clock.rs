//! What time it is, and since when.

use chrono::{DateTime, TimeDelta, Utc};
use rustix::time::{ClockId, Timespec, clock_gettime};

/// Now, by the wall clock.
pub fn now() -> DateTime<Utc> {
    instant(clock_gettime(ClockId::Realtime))
}

/// Waits so long and up to a third more: processes that wait for the same thing are not in step.
pub fn wait_about(span: std::time::Duration) {
    wait(span + span / 192 * (std::process::id() % 64));
}

/// Lets time pass.
pub fn wait(time: std::time::Duration) {
    std::thread::sleep(time);
}

/// When the host booted, by the wall clock of now.
pub fn booted() -> DateTime<Utc> {
    let up = clock_gettime(ClockId::Boottime);
    now() - TimeDelta::seconds(up.tv_sec) - TimeDelta::nanoseconds(up.tv_nsec)
}

/// An instant by microseconds since the epoch; none if no calendar has it.
pub fn of_micros(micros: u64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(i64::try_from(micros).ok()?)
}

/// An instant by microseconds of the monotonic clock, as the wall clock of now has it.
pub fn of_monotonic(micros: u64) -> Option<DateTime<Utc>> {
    let up = clock_gettime(ClockId::Monotonic);
    let passed = TimeDelta::seconds(up.tv_sec) + TimeDelta::nanoseconds(up.tv_nsec);
    now().checked_add_signed(TimeDelta::microseconds(i64::try_from(micros).ok()?) - passed)
}

/// The kernel's name for this boot, or nothing where /proc does not tell.
pub fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}

/// A time of the kernel's as an instant; one that no calendar has is the epoch.
pub fn instant(time: Timespec) -> DateTime<Utc> {
    DateTime::from_timestamp(time.tv_sec, u32::try_from(time.tv_nsec).unwrap_or_default()).unwrap_or_default()
}
