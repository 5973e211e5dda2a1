//! Mails, by SMTP or by sendmail(8).

use super::{Failed, PATIENCE, causes};
use crate::notice::Letter;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailboxes, header};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SendmailTransport, SmtpTransport, Transport};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// How a mail leaves the host.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    /// To a server, `HOST:PORT`, without a password: a mail server in the house, or this host's own.
    Smtp(&'a str),
    /// By a program.
    Sendmail(&'a Path),
}

/// So that nobody's absence is answered to a machine (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Everything together, however slowly the other side speaks.
const WHOLE: Duration = Duration::from_secs(45);

/// Sends a mail, and tells the server that we are `host`.
///
/// # Errors
/// Why it is not sent: addresses that are none, and what the server refuses, will not be better later.
pub fn send(letter: &Letter, from: &str, to: &str, host: &str, way: Way<'_>) -> Result<(), Failed> {
    let address = |text: &str| {
        text.parse::<Mailboxes>().map_err(|error| Failed::Never(format!("{text} is no mail address: {error}")))
    };
    let message = Message::builder()
        .mailbox(header::From::from(address(from)?))
        .mailbox(header::To::from(address(to)?))
        .subject(&*letter.subject)
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.body.clone())
        .map_err(|error| Failed::Never(causes(&error)))?;
    match way {
        Way::Sendmail(program) => {
            let (program, name) = (program.to_owned(), program.display().to_string());
            in_time(&name, move || {
                SendmailTransport::new_with_command(&program)
                    .send(&message)
                    .map_err(|error| Failed::Later(format!("{}: {}", program.display(), causes(&error))))
            })
        }
        Way::Smtp(server) => {
            let what = format!("mail server {server}");
            let transport = transport(server, host)?;
            let said = what.clone();
            in_time(&what, move || transport.send(&message).map(drop).map_err(|error| failed(&said, &error)))
        }
    }
}

fn transport(server: &str, host: &str) -> Result<SmtpTransport, Failed> {
    // both go into the conversation with the server, and one may be any job's word
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let (name, port) = server.rsplit_once(':').unwrap_or((server, "25"));
    let port = port.parse().ok().filter(|_| plain(name));
    let port = port.ok_or_else(|| Failed::Never("this is no mail server: HOST:PORT".to_owned()))?;
    let host = if plain(host) && !host.is_empty() { host } else { "localhost" };
    Ok(SmtpTransport::builder_dangerous(name)
        .port(port)
        .hello_name(ClientId::Domain(host.to_owned()))
        .timeout(Some(PATIENCE))
        .build())
}

fn failed(what: &str, error: &lettre::transport::smtp::Error) -> Failed {
    let why = format!("{what}: {}", causes(error));
    if error.is_permanent() {
        Failed::Never(why)
    } else if error.is_transient() {
        Failed::Later(why)
    } else {
        Failed::Away(why)
    }
}

/// Waits for it, but not for ever: what goes on then ends with this process.
fn in_time(what: &str, send: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Result<(), Failed> {
    let (done, wait) = mpsc::channel();
    std::thread::spawn(move || done.send(send()));
    wait.recv_timeout(WHOLE)
        .unwrap_or_else(|_| Err(Failed::Away(format!("{what}: no end within {} s", WHOLE.as_secs()))))
}
