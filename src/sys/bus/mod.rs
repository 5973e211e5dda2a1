//! systemd on the system bus: what units do, and orders for them. See org.freedesktop.systemd1(5).
//!
//! One connection serves a whole command. Questions go out together, and the answers are read as they
//! come: a thousand jobs cost little more than one.

mod calls;
mod orders;
mod units;

pub use orders::{Done, Interest, Orders, Verb};
pub use units::{Doing, Files, Found, Rest};

use std::fmt;
use zbus::{Connection, block_on, fdo};

const SYSTEMD: &str = "org.freedesktop.systemd1";
const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const MANAGER_PATH: &str = "/org/freedesktop/systemd1";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Why the bus was of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// polkit, or systemd itself, refuses the order to whoever gave it.
    Refused,
    /// Anything else, in the words of the bus or of systemd.
    Other(String),
}

impl From<zbus::Error> for Failure {
    fn from(error: zbus::Error) -> Self {
        let text = match &error {
            zbus::Error::FDO(kind) if is_refusal(kind) => return Failure::Refused,
            zbus::Error::MethodError(name, text, _) => match name.as_str() {
                "org.freedesktop.DBus.Error.AccessDenied"
                | "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" => return Failure::Refused,
                name => text.clone().unwrap_or_else(|| name.to_owned()),
            },
            error => error.to_string(),
        };
        Failure::Other(crate::job::text::one_line(&text))
    }
}

fn is_refusal(error: &fdo::Error) -> bool {
    matches!(error, fdo::Error::AccessDenied(_) | fdo::Error::InteractiveAuthorizationRequired(_))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused => f.write_str("refused"),
            Failure::Other(why) => f.write_str(why),
        }
    }
}

/// A connection to systemd.
#[derive(Debug)]
pub struct Bus {
    connection: Connection,
}

impl Bus {
    /// Connects to the system bus.
    ///
    /// # Errors
    /// That there is none, or it does not answer.
    pub fn system() -> Result<Bus, Failure> {
        Ok(Bus { connection: block_on(Connection::system())? })
    }
}
