//! When a job is due: five Vixie fields or a calendar of systemd, told to systemd and foretold as systemd does it.
//!
//! [`Vixie`] and [`Calendar`] are two ways to write the same thing: a pattern of civil times. From the
//! pattern come the `OnCalendar=` lines and, together with the rules of a [`Zone`], the [`Slots`]: the
//! instants at which systemd starts the job. Nothing here reads a clock or a file.

mod calendar;
mod dst;
mod error;
mod field;
mod firing;
mod five_fields;
mod on_calendar;
mod part;
mod pattern;
mod unit_of_time;
mod vixie;
mod words;
mod zone;

pub use calendar::Calendar;
pub use dst::{DstEffect, DstNote};
pub use error::{ScheduleError, ScheduleWarning};
pub use firing::{Slots, Upcoming};
pub use five_fields::Unsayable;
pub use vixie::Vixie;
pub use zone::{Instants, Rules, Zone, ZoneError, ZoneName};
