//! What systemd says of units.

use super::calls::ask;
use super::{Bus, Failure, MANAGER, MANAGER_PATH, PROPERTIES, SYSTEMD};
use crate::unit::object_path;
use std::collections::BTreeMap;
use std::path::PathBuf;
use zbus::message::Message;
use zbus::{OwnedObjectPath, OwnedVariant, block_on, fdo};

/// Name, description, load state, active state, sub state, followed unit, path, job id, type, path.
type ListedUnit = (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

/// A unit that systemd has in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// `active`, `inactive`, `failed`, `activating`, `deactivating`, …
    pub active: String,
    path: OwnedObjectPath,
}

/// Where a unit comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The unit file; none if there is no such unit.
    pub fragment: Option<PathBuf>,
    /// Its drop-ins.
    pub drop_ins: Vec<PathBuf>,
}

/// How a unit's last start or run ended, as systemd has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// `success`, `exit-code`, `timeout`, …
    pub result: String,
    /// The exit code or signal of its main process.
    pub status: i32,
}

pub(super) fn get(path: &str, interface: &str, property: &str) -> zbus::Result<Message> {
    Message::method_call(path, "Get").destination(SYSTEMD).interface(PROPERTIES).build(&(interface, property))
}

pub(super) fn value<T: TryFrom<OwnedVariant>>(answer: &Message) -> Option<T> {
    T::try_from(answer.body().deserialize::<OwnedVariant>().ok()?).ok()
}

/// Whether there was nobody to answer.
fn is_silence(error: &zbus::Error) -> bool {
    use fdo::Error::{NameHasNoOwner, NoReply, ServiceUnknown};
    match error {
        zbus::Error::FDO(kind) => matches!(**kind, ServiceUnknown(_) | NameHasNoOwner(_) | NoReply(_)),
        zbus::Error::MethodError(name, ..) => {
            ["ServiceUnknown", "NameHasNoOwner", "NoReply"].iter().any(|kind| name.ends_with(kind))
        }
        _ => false,
    }
}

fn no_answer() -> Failure {
    Failure::Other("no answer".to_owned())
}

impl Bus {
    /// The units in one of these states whose names match one of the patterns, by name: one question for all.
    ///
    /// # Errors
    /// What the bus or systemd says.
    pub fn found(&self, states: &[&str], patterns: &[&str]) -> Result<BTreeMap<String, Found>, Failure> {
        let question = Message::method_call(MANAGER_PATH, "ListUnitsByPatterns")
            .destination(SYSTEMD)
            .interface(MANAGER)
            .build(&(states, patterns))?;
        let answer = self.ask_all(&[question])?.remove(0)?;
        let listed: Vec<ListedUnit> = answer.body().deserialize()?;
        Ok(listed.into_iter().map(|unit| (unit.0, Found { active: unit.3, path: unit.6 })).collect())
    }

    /// When each of these timers elapses next, in microseconds since the epoch; none if nobody can tell, and
    /// for one that has gone meanwhile.
    ///
    /// # Errors
    /// What the bus says.
    pub fn next_elapses(&self, timers: &[&Found]) -> Result<Vec<Option<u64>>, Failure> {
        self.times(timers, "NextElapseUSecRealtime")
    }

    /// The same for timers that go by the monotonic clock, and by that clock.
    ///
    /// # Errors
    /// What the bus says.
    pub fn next_monotonic(&self, timers: &[&Found]) -> Result<Vec<Option<u64>>, Failure> {
        self.times(timers, "NextElapseUSecMonotonic")
    }

    fn times(&self, timers: &[&Found], property: &str) -> Result<Vec<Option<u64>>, Failure> {
        let questions = timers.iter().map(|timer| get(&timer.path, "org.freedesktop.systemd1.Timer", property));
        let answers = self.ask_all(&questions.collect::<zbus::Result<Vec<Message>>>()?)?;
        let known = |micros: &u64| (1..u64::MAX).contains(micros);
        Ok(answers.into_iter().map(|answer| value(&answer.ok()?).filter(known)).collect())
    }

    /// Where these units come from.
    ///
    /// # Errors
    /// What the bus says.
    pub fn files(&self, units: &[&str]) -> Result<Vec<Files>, Failure> {
        let questions = units.iter().flat_map(|unit| {
            let path = object_path(unit);
            ["FragmentPath", "DropInPaths"].map(|property| get(&path, "org.freedesktop.systemd1.Unit", property))
        });
        let answers = self.ask_all(&questions.collect::<zbus::Result<Vec<Message>>>()?)?;
        let files = answers.chunks(2).map(|answers| {
            let fragment: Option<String> = answers[0].as_ref().ok().and_then(value);
            let drop_ins: Vec<String> = answers[1].as_ref().ok().and_then(value).unwrap_or_default();
            Files {
                fragment: fragment.filter(|path| !path.is_empty()).map(PathBuf::from),
                drop_ins: drop_ins.into_iter().map(PathBuf::from).collect(),
            }
        });
        Ok(files.collect())
    }

    /// How a service's last start or run ended.
    ///
    /// # Errors
    /// What the bus says.
    pub fn rest(&self, service: &str) -> Result<Rest, Failure> {
        let path = object_path(service);
        let questions = ["Result", "ExecMainStatus"]
            .map(|property| get(&path, "org.freedesktop.systemd1.Service", property))
            .into_iter()
            .collect::<zbus::Result<Vec<Message>>>()?;
        let answers = self.ask_all(&questions)?;
        Ok(Rest {
            result: answers[0].as_ref().ok().and_then(value).unwrap_or_default(),
            status: answers[1].as_ref().ok().and_then(value).unwrap_or_default(),
        })
    }

    /// The answers, some of which may be that a unit has gone. That nobody is there to answer is an error.
    fn ask_all(&self, questions: &[Message]) -> Result<Vec<zbus::Result<Message>>, Failure> {
        let mut answers = block_on(ask(&self.connection, questions))?;
        match answers.iter().position(|answer| answer.as_ref().is_err_and(is_silence)) {
            Some(place) => Err(answers.swap_remove(place).err().map_or_else(no_answer, Failure::from)),
            None => Ok(answers),
        }
    }
}
