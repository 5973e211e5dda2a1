//! Keys `on_start`, `on_success`, `on_failure`, `on_recovery`, `on_skip`: whom to tell what a run does.

use super::CommandLine;
use super::read::Field;
use crate::yaml::{Entry, Value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What happens to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// A run begins.
    Start,
    /// A run succeeded.
    Success,
    /// A run failed or took too long.
    Failure,
    /// A run succeeded after one or more that failed.
    Recovery,
    /// A start was skipped.
    Skip,
    /// The file has an error, so that the job cannot run: mail alone tells it, and no key hooks onto it.
    Invalid,
}

impl Event {
    /// As in JSON, without `on_`.
    pub fn word(self) -> &'static str {
        match self {
            Event::Start => "start",
            Event::Success => "success",
            Event::Failure => "failure",
            Event::Recovery => "recovery",
            Event::Skip => "skip",
            Event::Invalid => "invalid",
        }
    }
}

/// One way to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Runs a program as the service user.
    Command(CommandLine),
    /// Asks for an address that says what happened by itself, as healthchecks.io has it.
    Ping(Url, Method),
    /// Sends what happened as JSON.
    Webhook(Url),
}

/// How a ping asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// With what happened as the body.
    #[default]
    Post,
    /// Without a body.
    Get,
}

/// The hooks of a job, by event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hooks([Option<Vec<Hook>>; 5]);

impl Hooks {
    /// Those of an event.
    pub fn of(&self, event: Event) -> &[Hook] {
        self.0.get(event as usize).and_then(Option::as_deref).unwrap_or_default()
    }

    pub(super) fn set(&mut self, event: Event, hooks: Option<Vec<Hook>>) {
        self.0[event as usize] = hooks;
    }

    /// These, with `under` for the events that say nothing.
    #[must_use]
    pub(super) fn over(self, under: &Hooks) -> Hooks {
        let mut all = self.0;
        for (own, under) in all.iter_mut().zip(&under.0) {
            *own = own.take().or_else(|| under.clone());
        }
        Hooks(all)
    }
}

/// An address of the web that may stand in a log: without a name and password in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Url(String);

impl Url {
    /// What is read, for messages.
    pub const ALLOWED: &'static str =
        "https://HOST/… or http://HOST/… of printable ASCII, without user and password, without .. and ; in it";
    const LONGEST: usize = 2000;

    /// Reads an address.
    pub fn parse(text: &str) -> Option<Url> {
        let rest = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme))?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
        // what a server, or one before it, takes for .. would lead out of the place that a secret is for
        let wanders = ["..", ";", "%2e", "%25"].iter().any(|it| text.to_ascii_lowercase().contains(it));
        let plain =
            text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'#'));
        let fits = !host.is_empty() && host.bytes().all(is_host) && plain && !wanders && text.len() <= Url::LONGEST;
        fits.then(|| Url(text.to_owned()))
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `https://HOST`: what can be down.
    pub fn server(&self) -> &str {
        let host = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0[host..].find(['/', '?']).map_or(self.0.len(), |at| host + at);
        &self.0[..end]
    }

    /// Whether what is sent there can be read on the way: no TLS, and not this very host.
    pub fn is_open(&self) -> bool {
        let Some(rest) = self.0.strip_prefix("http://") else { return false };
        let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
        !matches!(host, "localhost" | "127.0.0.1") && !rest.starts_with("[::1]")
    }

    /// The same with more at the end of its path.
    #[must_use]
    pub fn below(&self, more: &str, query: &str) -> Url {
        let (path, old) = self.0.split_once('?').map_or((&*self.0, ""), |(path, query)| (path, query));
        let path = if more.is_empty() { path.to_owned() } else { format!("{}/{more}", path.trim_end_matches('/')) };
        let query: Vec<&str> = [old, query].into_iter().filter(|part| !part.is_empty()).collect();
        Url(if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) })
    }
}

impl TryFrom<String> for Url {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Url, Self::Error> {
        Url::parse(&text).ok_or("no address of the web")
    }
}

impl From<Url> for String {
    fn from(url: Url) -> String {
        url.0
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One hook or a list of them: a text is a command.
pub(super) fn hooks(field: &mut Field) -> Option<Vec<Hook>> {
    field.one_or_many(hook)
}

const ALLOWED: &str = "a command, or one of `command: …`, `ping: URL`, `webhook: URL`";

fn hook(field: &mut Field) -> Option<Hook> {
    let entries = match &field.node.value {
        Value::Map(entries) => entries,
        Value::List(_) => return field.refuse("a list in a list", ALLOWED),
        Value::Scalar(_) => return command(field).map(Hook::Command),
    };
    let mut found = None;
    let mut method = None;
    for Entry { key, value, .. } in entries {
        let name = format!("{}/{}", field.key, key.text);
        let inner = &mut Field { key: &name, node: value, problems: field.problems };
        let hook = match key.text.as_str() {
            "method" => {
                method = Some(self::method(inner)?);
                continue;
            }
            "command" => Hook::Command(command(inner)?),
            "ping" => Hook::Ping(url(inner)?, Method::default()),
            "webhook" => Hook::Webhook(url(inner)?),
            _ => return field.refuse("an unknown key", ALLOWED),
        };
        if found.replace(hook).is_some() {
            return field.refuse("this is several hooks in one", "a list, with a hook in each entry");
        }
    }
    match (found, method) {
        (Some(Hook::Ping(url, _)), Some(method)) => Some(Hook::Ping(url, method)),
        (Some(hook), None) => Some(hook),
        (Some(_), Some(_)) => field.refuse("method is for a ping", ALLOWED),
        (None, _) => field.refuse("this tells nobody", ALLOWED),
    }
}

fn command(field: &mut Field) -> Option<CommandLine> {
    let line = field.word()?;
    match CommandLine::parse(&line) {
        Ok(command) => Some(command),
        Err(error) => field.refuse(error.to_string(), "one command in one line"),
    }
}

fn method(field: &mut Field) -> Option<Method> {
    match field.node.scalar().map(|scalar| scalar.text.as_str()) {
        Some("POST") => Some(Method::Post),
        Some("GET") => Some(Method::Get),
        _ => field.refuse("this is no method of a ping", "POST or GET"),
    }
}

/// A word as an address of the web.
pub fn url(field: &mut Field) -> Option<Url> {
    match Url::parse(field.text()?) {
        Some(url) => Some(url),
        None => field.refuse("this is no address of the web", Url::ALLOWED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_where_it_says() {
        for text in ["https://hc.example.org/ping/1?x=2", "http://127.0.0.1:8080", "https://[::1]/a"] {
            assert!(Url::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "https://",
            "ftp://a/",
            "https:///x",
            "https://user:word@a/",
            "https://a/\n",
            "https://a/ b",
            "https://a/../b",
            "https://a/%2E%2e/b",
            "https://a\\b/",
            "https://a/.;/b",
            "https://a/%252e%252e/b",
            "file:///etc/shadow",
            "https://a/é",
            "https://a/#b",
        ] {
            assert_eq!(Url::parse(text), None, "{text:?}");
        }
        assert_eq!(Url::parse("https://a:1/b?c").unwrap().server(), "https://a:1");
        let below = |text: &str, more| Url::parse(text).unwrap().below(more, "rid=1").to_string();
        assert_eq!(below("https://a/b", "fail"), "https://a/b/fail?rid=1");
        assert_eq!(below("https://a/b/?c=d", "3"), "https://a/b/3?c=d&rid=1");
        assert_eq!(below("https://a", ""), "https://a?rid=1");
    }
}
