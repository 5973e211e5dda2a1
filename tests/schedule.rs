//! Schedules against other readers of the same text: a matcher of its own, croner, and systemd itself.

mod tools;

#[path = "schedule/against_croner.rs"]
mod against_croner;
#[path = "schedule/against_minutes.rs"]
mod against_minutes;
#[path = "schedule/against_systemd.rs"]
mod against_systemd;
#[path = "schedule/clock_changes.rs"]
mod clock_changes;
#[path = "schedule/hostile.rs"]
mod hostile;
#[path = "schedule/random.rs"]
mod random;
#[path = "schedule/zones.rs"]
mod zones;
