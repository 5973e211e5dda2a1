//! Orders to systemd, and waiting until they are carried out.

use super::calls::{PIPELINE, answered, next};
use super::units::{Rest, get, rest_questions, value};
use super::{Bus, Failure, MANAGER, MANAGER_PATH, PROPERTIES, SYSTEMD};
use crate::unit::object_path;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use zbus::message::{Message, Type};
use zbus::{Connection, MessageStream, OwnedObjectPath, OwnedVariant, block_on};

/// What to do with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Start it; a run that goes on stays.
    Start,
    /// Stop it.
    Stop,
    /// Stop it if it runs, and start it.
    Restart,
}

impl Verb {
    fn method(self) -> &'static str {
        match self {
            Verb::Start => "StartUnit",
            Verb::Stop => "StopUnit",
            Verb::Restart => "RestartUnit",
        }
    }
}

/// What became of an order that systemd took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was carried out.
    Well,
    /// It was not, or the unit failed at once.
    Badly,
}

/// What is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Whether orders are carried out.
    Orders,
    /// Also how the runs go on, and when they end.
    Runs,
}

/// A bus takes some hundred rules from one connection; with more units, the changes of all units are heard.
const MOST_RULES: usize = 100;

/// Orders for some units, and what is heard of these units since.
#[derive(Debug)]
pub struct Orders {
    connection: Connection,
    stream: MessageStream,
    heard: Heard,
}

/// What systemd has said since we listen.
#[derive(Debug, Default)]
struct Heard {
    /// systemd's jobs that are over, with their results.
    jobs: BTreeMap<String, String>,
    /// What the units do, by their paths.
    units: BTreeMap<String, Unit>,
}

#[derive(Clone, Debug, Default)]
struct Unit {
    active: String,
    /// The run; empty if there was none yet.
    run: String,
}

impl Unit {
    fn is_at_rest(&self) -> bool {
        matches!(self.active.as_str(), "inactive" | "failed")
    }
}

impl Orders {
    /// Listens to what becomes of orders, and of these units if that is of interest, and asks what they do now.
    ///
    /// # Errors
    /// What the bus says.
    pub fn new(bus: &Bus, units: &[String], interest: Interest) -> Result<Orders, Failure> {
        let connection = bus.connection.clone();
        let paths: Vec<String> = units.iter().map(|unit| object_path(unit)).collect();
        let orders: zbus::Result<Orders> = block_on(async {
            let stream = MessageStream::from(&connection);
            let mut orders = Orders { connection, stream, heard: Heard::default() };
            orders.listen(&paths, interest).await?;
            orders.look(&paths).await?;
            Ok(orders)
        });
        Ok(orders?)
    }

    async fn listen(&mut self, paths: &[String], interest: Interest) -> zbus::Result<()> {
        let signal =
            |interface, member| format!("type='signal',sender='{SYSTEMD}',interface='{interface}',member='{member}'");
        let mut rules = vec![signal(MANAGER, "JobRemoved")];
        let changed = signal(PROPERTIES, "PropertiesChanged");
        match interest {
            Interest::Orders => {}
            Interest::Runs if paths.len() <= MOST_RULES => {
                rules.extend(paths.iter().map(|path| format!("{changed},path='{path}'")));
            }
            Interest::Runs => rules.push(format!("{changed},path_namespace='/org/freedesktop/systemd1/unit'")),
        }
        let bus = |rule: &String| {
            Message::method_call("/org/freedesktop/DBus", "AddMatch")
                .destination("org.freedesktop.DBus")
                .interface("org.freedesktop.DBus")
                .build(&(rule,))
        };
        let mut questions = rules.iter().map(bus).collect::<zbus::Result<Vec<Message>>>()?;
        let subscribe = Message::method_call(MANAGER_PATH, "Subscribe").destination(SYSTEMD).interface(MANAGER);
        questions.push(subscribe.build(&())?);
        self.send(&questions).await?.into_iter().collect::<zbus::Result<Vec<Message>>>()?;
        Ok(())
    }

    /// Asks what units do at this moment.
    async fn look(&mut self, paths: &[String]) -> zbus::Result<()> {
        let questions = paths.iter().flat_map(|path| {
            ["ActiveState", "InvocationID"].map(|property| get(path, "org.freedesktop.systemd1.Unit", property))
        });
        let questions = questions.collect::<zbus::Result<Vec<Message>>>()?;
        let answers = self.send(&questions).await?;
        for (path, answers) in paths.iter().zip(answers.chunks(2)) {
            let active = answers[0].as_ref().ok().and_then(value::<String>).unwrap_or_else(|| "inactive".to_owned());
            let run = answers[1].as_ref().ok().and_then(value::<Vec<u8>>).map(|id| hex(&id)).unwrap_or_default();
            self.heard.unit(path, Some(active), Some(run));
        }
        Ok(())
    }

    /// Gives each of these orders, and waits until all are carried out. An order that systemd
    /// refuses costs the others nothing.
    ///
    /// # Errors
    /// That the bus went away.
    pub fn give(&mut self, orders: &[(Verb, &str)]) -> Result<Vec<Result<Done, Failure>>, Failure> {
        Ok(block_on(async {
            let order = |(verb, unit): &(Verb, &str)| {
                Message::method_call(MANAGER_PATH, verb.method())
                    .destination(SYSTEMD)
                    .interface(MANAGER)
                    .build(&(unit, "replace"))
            };
            let questions = orders.iter().map(order).collect::<zbus::Result<Vec<Message>>>()?;
            let mut outcomes = Vec::with_capacity(orders.len());
            for answer in self.send(&questions).await? {
                let job = answer.and_then(|answer| answer.body().deserialize::<OwnedObjectPath>());
                outcomes.push(match job {
                    Ok(job) => Ok(self.done(job.as_str()).await?),
                    Err(error) => Err(Failure::from(error)),
                });
            }
            let paths: Vec<String> = orders.iter().map(|(_, unit)| object_path(unit)).collect();
            self.look(&paths).await?;
            zbus::Result::Ok(outcomes)
        })?)
    }

    async fn done(&mut self, job: &str) -> zbus::Result<Done> {
        loop {
            if let Some(result) = self.heard.jobs.get(job) {
                return Ok(if matches!(result.as_str(), "done" | "skipped") { Done::Well } else { Done::Badly });
            }
            self.hear().await?;
        }
    }

    /// Whether a unit runs at this moment.
    pub fn is_running(&self, unit: &str) -> bool {
        self.heard.units.get(&object_path(unit)).is_some_and(|unit| !unit.is_at_rest())
    }

    /// The run that a unit has, or had last; none if none was seen.
    pub fn run(&self, unit: &str) -> Option<&str> {
        self.heard.units.get(&object_path(unit)).map(|unit| unit.run.as_str()).filter(|run| !run.is_empty())
    }

    /// Waits until a unit does not run, or has begun another run than this one.
    ///
    /// # Errors
    /// That the bus went away.
    pub fn wait_for_end(&mut self, unit: &str, run: &str) -> Result<(), Failure> {
        Ok(block_on(async {
            while self.run(unit) == Some(run) && !self.is_at_rest(unit).await? {
                self.hear().await?;
            }
            zbus::Result::Ok(())
        })?)
    }

    /// Waits until a unit does not run.
    ///
    /// # Errors
    /// That the bus went away.
    pub fn wait_for_rest(&mut self, unit: &str) -> Result<(), Failure> {
        Ok(block_on(async {
            while !self.is_at_rest(unit).await? {
                self.hear().await?;
            }
            zbus::Result::Ok(())
        })?)
    }

    /// Whether a unit does not run. One that is to be started again says that it failed, and in the same moment that it
    /// is on the way back: so who hears the first asks.
    async fn is_at_rest(&mut self, unit: &str) -> zbus::Result<bool> {
        if self.is_running(unit) {
            return Ok(false);
        }
        self.look(&[object_path(unit)]).await?;
        Ok(!self.is_running(unit))
    }

    /// How a service's last start or run ended. Asked here, and not by another stream: one that is not read while
    /// another is would hold everything up.
    ///
    /// # Errors
    /// That the bus went away.
    pub fn rest(&mut self, service: &str) -> Result<Rest, Failure> {
        let questions = rest_questions(service)?;
        Ok(Rest::of(&block_on(self.send(&questions))?))
    }

    async fn send(&mut self, questions: &[Message]) -> zbus::Result<Vec<zbus::Result<Message>>> {
        let Orders { connection, stream, heard } = self;
        let mut answers = Vec::with_capacity(questions.len());
        for some in questions.chunks(PIPELINE) {
            answers.extend(answered(connection, stream, some, |message| heard.take(message)).await?);
        }
        Ok(answers)
    }

    async fn hear(&mut self) -> zbus::Result<()> {
        let message = next(&mut self.stream).await?;
        self.heard.take(&message);
        Ok(())
    }
}

impl Heard {
    /// Takes what a signal says; anything else says nothing.
    fn take(&mut self, message: &Message) {
        if message.message_type() != Type::Signal {
            return;
        }
        let header = message.header();
        match header.member().map(zbus::names::MemberName::as_str) {
            Some("JobRemoved") => {
                if let Ok((_, job, _, result)) = message.body().deserialize::<(u32, OwnedObjectPath, String, String)>()
                {
                    self.jobs.insert(job.to_string(), result);
                }
            }
            Some("PropertiesChanged") => {
                type Changes = (String, BTreeMap<String, OwnedVariant>, Vec<String>);
                let (Some(path), Ok((_, mut changes, _))) = (header.path(), message.body().deserialize::<Changes>())
                else {
                    return;
                };
                let active = changes.remove("ActiveState").and_then(|value| String::try_from(value).ok());
                let run = changes.remove("InvocationID").and_then(|value| Vec::<u8>::try_from(value).ok());
                self.unit(path.as_str(), active, run.map(|id| hex(&id)));
            }
            _ => {}
        }
    }

    fn unit(&mut self, path: &str, active: Option<String>, run: Option<String>) {
        let unit = self.units.entry(path.to_owned()).or_default();
        if let Some(active) = active {
            unit.active = active;
        }
        // a unit that left memory has forgotten its run; we have not
        if let Some(run) = run.filter(|run| run.bytes().any(|digit| digit != b'0')) {
            unit.run = run;
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every write");
        text
    })
}
