//! Something that says it is systemd: it answers as a test tells it to.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use zbus::message::{Message, Type};
use zbus::{Connection, MessageStream, OwnedObjectPath, Variant, block_on};

/// A unit that it pretends to have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unit {
    /// `active`, `inactive`, `failed`, …
    pub(crate) active: &'static str,
    /// `NextElapseUSecRealtime` and `NextElapseUSecMonotonic` of a timer.
    pub(crate) next: (u64, u64),
    /// The last run.
    pub(crate) run: [u8; 16],
    /// It is in the list, but when it is asked about it has gone.
    pub(crate) vanished: bool,
}

/// What becomes of an order.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// An error with this name and text.
    Error(&'static str, &'static str),
    /// A run with this id, after which the unit is in this state; the order's result is the word.
    Run { id: [u8; 16], result: &'static str, then: &'static str, after: Duration },
    /// Taken, and never heard of again.
    Silence,
}

/// What the test tells it, and what it heard.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) units: BTreeMap<String, Unit>,
    /// By unit.
    pub(crate) answers: BTreeMap<String, Answer>,
    /// Every call: who, what, of which unit.
    pub(crate) heard: Vec<(String, String, String)>,
}

pub(crate) type Shared = Arc<Mutex<Script>>;

const SYSTEMD: &str = "org.freedesktop.systemd1";
const UNITS: &str = "/org/freedesktop/systemd1/unit/";

/// Takes systemd's name on a bus and answers from a thread of its own, until the bus goes away.
pub(crate) fn start(address: &str, script: Shared) {
    let connection = block_on(async {
        let connection = zbus::connection::Builder::address(address).build().await.unwrap();
        connection.request_name(SYSTEMD).await.unwrap();
        connection
    });
    let mut stream = MessageStream::from(&connection);
    thread::spawn(move || {
        while let Some(Ok(message)) =
            block_on(poll_fn(|context| futures_core::Stream::poll_next(Pin::new(&mut stream), context)))
        {
            if message.message_type() == Type::MethodCall {
                answer(&connection, &message, &script);
            }
        }
    });
}

fn send(connection: &Connection, message: &Message) {
    // who asked may have gone
    let _ = block_on(connection.send(message));
}

fn reply<B: serde::Serialize + zbus::zvariant::DynamicType>(connection: &Connection, to: &Message, body: &B) {
    send(connection, &Message::method_return(&to.header()).build(body).unwrap());
}

fn fail(connection: &Connection, to: &Message, name: &str, text: &str) {
    send(connection, &Message::error(&to.header(), name).build(&(text,)).unwrap());
}

fn answer(connection: &Connection, message: &Message, script: &Shared) {
    let header = message.header();
    let member = header.member().unwrap().to_string();
    let path = header.path().unwrap().to_string();
    let unit = match member.as_str() {
        "StartUnit" | "StopUnit" | "RestartUnit" => message.body().deserialize::<(String, String)>().unwrap().0,
        _ => unit_of(&path),
    };
    let sender = header.sender().unwrap().to_string();
    script.lock().unwrap().heard.push((sender, member.clone(), unit.clone()));
    match member.as_str() {
        "ListUnitsByPatterns" => list(connection, message, script),
        "Get" => get(connection, message, &unit, script),
        "StartUnit" | "StopUnit" | "RestartUnit" => order(connection, message, &unit, script),
        "Subscribe" => reply(connection, message, &()),
        other => panic!("nobody taught this systemd {other}"),
    }
}

/// The way back from a unit's path.
fn unit_of(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.strip_prefix(UNITS).unwrap_or_default().bytes();
    while let Some(byte) = rest.next() {
        if byte == b'_' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn path(unit: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(process_control::unit::object_path(unit)).unwrap()
}

/// Only the patterns that jobctl uses: one star, or none.
fn list(connection: &Connection, message: &Message, script: &Shared) {
    let (states, patterns): (Vec<String>, Vec<String>) = message.body().deserialize().unwrap();
    let fits = |name: &str, pattern: &String| {
        let parts = pattern.split_once('*');
        parts.map_or(name == pattern, |(begin, end)| name.starts_with(begin) && name.ends_with(end))
    };
    let script = script.lock().unwrap();
    let found = script.units.iter().filter(|(name, unit)| {
        patterns.iter().any(|pattern| fits(name, pattern)) && states.iter().any(|state| state == unit.active)
    });
    let none = OwnedObjectPath::try_from("/").unwrap();
    let units: Vec<_> = found
        .map(|(name, unit)| (name, "", "loaded", unit.active, "", "", path(name), 0_u32, "", none.clone()))
        .collect();
    reply(connection, message, &units);
}

fn get(connection: &Connection, message: &Message, name: &str, script: &Shared) {
    let (_, property): (String, String) = message.body().deserialize().unwrap();
    let unit =
        script.lock().unwrap().units.get(name).cloned().unwrap_or(Unit { active: "inactive", ..Unit::default() });
    if unit.vanished {
        return fail(connection, message, "org.freedesktop.DBus.Error.UnknownObject", "it has gone");
    }
    let value = match property.as_str() {
        "ActiveState" => Variant::from(unit.active),
        "InvocationID" => Variant::from(unit.run.to_vec()),
        "NextElapseUSecRealtime" => Variant::from(unit.next.0),
        "NextElapseUSecMonotonic" => Variant::from(unit.next.1),
        "FragmentPath" => Variant::from(format!("/run/systemd/generator/{name}")),
        "DropInPaths" => Variant::from(vec!["/etc/systemd/system/x.conf".to_owned()]),
        "Result" => Variant::from("resources"),
        "ExecMainStatus" => Variant::from(217_i32),
        other => panic!("nobody taught this systemd the property {other}"),
    };
    reply(connection, message, &(value,));
}

fn order(connection: &Connection, message: &Message, unit: &str, script: &Shared) {
    let answer = script.lock().unwrap().answers.get(unit).cloned();
    let number = script.lock().unwrap().heard.len();
    let job = OwnedObjectPath::try_from(format!("/org/freedesktop/systemd1/job/{number}")).unwrap();
    match answer {
        None => fail(connection, message, "org.freedesktop.systemd1.NoSuchUnit", "Unit \u{1b}[2J not found."),
        Some(Answer::Error(name, text)) => fail(connection, message, name, text),
        Some(Answer::Silence) => reply(connection, message, &(job,)),
        Some(Answer::Run { id, result, then, after }) => {
            changed(connection, unit, id, "activating");
            reply(connection, message, &(job.clone(),));
            let removed =
                Message::signal("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "JobRemoved");
            send(connection, &removed.build(&(1_u32, job, unit, result)).unwrap());
            let (connection, unit, script) = (connection.clone(), unit.to_owned(), script.clone());
            let now = if after.is_zero() { then } else { "active" };
            script.lock().unwrap().units.insert(unit.clone(), Unit { active: now, run: id, ..Unit::default() });
            thread::spawn(move || {
                thread::sleep(after);
                // the test may have told another story meanwhile
                if !after.is_zero() {
                    script
                        .lock()
                        .unwrap()
                        .units
                        .insert(unit.clone(), Unit { active: then, run: id, ..Unit::default() });
                }
                changed(&connection, &unit, id, then);
            });
        }
    }
}

fn changed(connection: &Connection, unit: &str, id: [u8; 16], active: &str) {
    let changes =
        BTreeMap::from([("ActiveState", Variant::from(active)), ("InvocationID", Variant::from(id.to_vec()))]);
    let signal = Message::signal(path(unit), "org.freedesktop.DBus.Properties", "PropertiesChanged");
    let body = ("org.freedesktop.systemd1.Unit", changes, Vec::<String>::new());
    send(connection, &signal.build(&body).unwrap());
}
