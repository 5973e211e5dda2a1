//! systemd on the system bus: what units do, and orders for them. See org.freedesktop.systemd1(5).

use std::collections::BTreeMap;
use std::fmt;
use zbus::message::{Message, Type};
use zbus::{Connection, MessageStream, OwnedObjectPath, OwnedVariant, block_on, fdo};

/// The few methods of systemd's manager that are used here.
#[zbus::proxy(
    interface = "org.freedesktop.systemd1.Manager",
    default_service = "org.freedesktop.systemd1",
    default_path = "/org/freedesktop/systemd1"
)]
trait Manager {
    fn list_units_by_patterns(&self, states: &[&str], patterns: &[&str]) -> zbus::Result<Vec<ListedUnit>>;
    fn start_unit(&self, name: &str, mode: &str) -> zbus::Result<OwnedObjectPath>;
    fn stop_unit(&self, name: &str, mode: &str) -> zbus::Result<OwnedObjectPath>;
}

/// Name, description, load state, active state, sub state, followed unit, path, job id, type, path.
type ListedUnit = (String, String, String, String, String, String, OwnedObjectPath, u32, String, OwnedObjectPath);

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
        match error {
            zbus::Error::FDO(kind) if is_refusal(&kind) => Failure::Refused,
            error => Failure::Other(crate::job::text::one_line(&error.to_string())),
        }
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

/// What systemd says of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitState {
    /// `active`, `inactive`, `failed`, `activating`, `deactivating`, …
    pub active: String,
    path: OwnedObjectPath,
}

/// Questions that are under way at once. The bus stops reading from who does not read its answers.
const PIPELINE: usize = 128;

impl Bus {
    /// Connects to the system bus.
    ///
    /// # Errors
    /// That there is none, or it does not answer.
    pub fn system() -> Result<Bus, Failure> {
        Ok(Bus { connection: block_on(Connection::system())? })
    }

    /// The units whose names match one of the patterns, by name: one question for all.
    ///
    /// # Errors
    /// What the bus or systemd says.
    pub fn units(&self, patterns: &[&str]) -> Result<BTreeMap<String, UnitState>, Failure> {
        let listed =
            block_on(async { ManagerProxy::new(&self.connection).await?.list_units_by_patterns(&[], patterns).await })?;
        Ok(listed.into_iter().map(|unit| (unit.0, UnitState { active: unit.3, path: unit.6 })).collect())
    }

    /// When each of these timers elapses next, in microseconds since the epoch; none if it does not
    /// by the calendar. The questions go out together and the answers come as they come.
    ///
    /// # Errors
    /// What the bus says. A timer that has gone meanwhile is none.
    pub fn next_elapses(&self, timers: &[&UnitState]) -> Result<Vec<Option<u64>>, Failure> {
        let answers: zbus::Result<_> = block_on(async {
            let mut answers = Vec::with_capacity(timers.len());
            for some in timers.chunks(PIPELINE) {
                answers.extend(self.ask(some).await?);
            }
            Ok(answers)
        });
        Ok(answers?)
    }

    async fn ask(&self, timers: &[&UnitState]) -> zbus::Result<Vec<Option<u64>>> {
        let mut stream = MessageStream::from(&self.connection);
        let questions = timers.iter().map(|timer| {
            Message::method_call(&timer.path, "Get")
                .destination("org.freedesktop.systemd1")
                .interface("org.freedesktop.DBus.Properties")
                .build(&("org.freedesktop.systemd1.Timer", "NextElapseUSecRealtime"))
        });
        let questions = questions.collect::<zbus::Result<Vec<Message>>>()?;
        let mut places: BTreeMap<u32, usize> = BTreeMap::new();
        for (place, question) in questions.iter().enumerate() {
            places.insert(question.primary_header().serial_num().get(), place);
        }
        self.connection.send_all(&questions).await?;
        let mut answers = vec![None; timers.len()];
        while !places.is_empty() {
            let Some(message) = next(&mut stream).await else { return Err(zbus::Error::InvalidReply) };
            let message = message?;
            let answered = message.header().reply_serial().and_then(|serial| places.remove(&serial.get()));
            if let (Some(place), Type::MethodReturn) = (answered, message.message_type()) {
                let value: OwnedVariant = message.body().deserialize()?;
                answers[place] = u64::try_from(value).ok().filter(|micros| (1..u64::MAX).contains(micros));
            }
        }
        Ok(answers)
    }

    /// Starts a unit; a run that goes on stays.
    ///
    /// # Errors
    /// What systemd says, for instance that polkit refuses.
    pub fn start(&self, unit: &str) -> Result<(), Failure> {
        block_on(async { ManagerProxy::new(&self.connection).await?.start_unit(unit, "replace").await })?;
        Ok(())
    }

    /// Stops a unit.
    ///
    /// # Errors
    /// What systemd says, for instance that polkit refuses.
    pub fn stop(&self, unit: &str) -> Result<(), Failure> {
        block_on(async { ManagerProxy::new(&self.connection).await?.stop_unit(unit, "replace").await })?;
        Ok(())
    }
}

async fn next(stream: &mut MessageStream) -> Option<zbus::Result<Message>> {
    use std::future::poll_fn;
    use std::pin::Pin;
    poll_fn(|context| futures_core::Stream::poll_next(Pin::new(&mut *stream), context)).await
}
