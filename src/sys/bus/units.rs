//! What systemd says of units.

use super::calls::ask;
use super::orders::hex;
use super::{Bus, Failure, MANAGER, MANAGER_PATH, PROPERTIES, SYSTEMD};
use crate::unit::object_path;
use std::collections::BTreeMap;
use std::path::PathBuf;
use zbus::message::Message;
use zbus::{ObjectPath, OwnedObjectPath, OwnedVariant, block_on, fdo};

/// Name, description, load state, active state, sub state, followed unit, path, job id, type, path.
type ListedUnit<'a> =
    (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str, ObjectPath<'a>, u32, &'a str, ObjectPath<'a>);

/// What a unit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It is active, or on the way to it or from it.
    Runs,
    /// It failed, and systemd will start it again.
    Waits,
    /// It failed.
    Failed,
}

impl Doing {
    /// `ActiveState=` and `SubState=`.
    fn of(active: &str, sub: &str) -> Doing {
        match active {
            "failed" => Doing::Failed,
            _ if sub.starts_with("auto-restart") => Doing::Waits,
            _ => Doing::Runs,
        }
    }
}

/// A unit that systemd has in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it does.
    pub does: Doing,
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

impl Rest {
    /// From the answers to [`rest_questions`].
    pub(super) fn of(answers: &[zbus::Result<Message>]) -> Rest {
        let answer = |place: usize| answers.get(place).and_then(|answer| answer.as_ref().ok());
        Rest {
            result: answer(0).and_then(value).unwrap_or_default(),
            status: answer(1).and_then(value).unwrap_or_default(),
        }
    }
}

pub(super) fn rest_questions(service: &str) -> zbus::Result<Vec<Message>> {
    let path = object_path(service);
    let property = |name| get(&path, "org.freedesktop.systemd1.Service", name);
    ["Result", "ExecMainStatus"].into_iter().map(property).collect()
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
        let answer = self.ask_all([Ok(question)].into_iter(), |answer| answer)?.remove(0)?;
        // of ten thousand units most of the text is not wanted
        let body = answer.body();
        let listed: Vec<ListedUnit<'_>> = body.deserialize()?;
        let found = listed.into_iter().map(|unit| {
            let (name, active, sub, path) = (unit.0, unit.3, unit.4, unit.6);
            (name.to_owned(), Found { does: Doing::of(active, sub), path: path.into() })
        });
        Ok(found.collect())
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
        let known = |micros: &u64| (1..u64::MAX).contains(micros);
        self.ask_all(questions, |answer| value(&answer.ok()?).filter(known))
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
        let answers = self.ask_all(questions, |answer| answer)?;
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

    /// The id of a service's last start, and how that ended; both are empty where there was none.
    ///
    /// # Errors
    /// What the bus says.
    pub fn last_start(&self, service: &str) -> Result<(String, Rest), Failure> {
        let id = get(&object_path(service), "org.freedesktop.systemd1.Unit", "InvocationID");
        let questions = rest_questions(service)?.into_iter().map(Ok).chain([id]);
        let answers = self.ask_all(questions, |answer| answer)?;
        let id: Option<Vec<u8>> = answers.get(2).and_then(|answer| answer.as_ref().ok()).and_then(value);
        Ok((id.map(|id| hex(&id)).unwrap_or_default(), Rest::of(&answers)))
    }

    /// What is made of the answers, some of which may be that a unit has gone. That nobody is there to answer is an
    /// error.
    fn ask_all<T>(
        &self,
        questions: impl Iterator<Item = zbus::Result<Message>>,
        mut each: impl FnMut(zbus::Result<Message>) -> T,
    ) -> Result<Vec<T>, Failure> {
        let (mut made, mut silence) = (Vec::new(), None);
        block_on(ask(&self.connection, questions, |answer| match answer {
            Err(error) if is_silence(&error) => silence = Some(error),
            answer => made.push(each(answer)),
        }))?;
        match silence {
            Some(error) => Err(Failure::from(error)),
            None => Ok(made),
        }
    }
}
