//! Mails, by SMTP or by sendmail(8).

use super::{Failed, PATIENCE, causes};
use crate::notice::Letter;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailboxes, header};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SendmailTransport, SmtpTransport, Transport};
use std::path::Path;

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

/// Sends a mail.
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
        Way::Sendmail(program) => SendmailTransport::new_with_command(program)
            .send(&message)
            .map_err(|error| Failed::Later(format!("{}: {}", program.display(), causes(&error)))),
        Way::Smtp(server) => {
            let (name, port) = server.rsplit_once(':').unwrap_or((server, "25"));
            let transport = SmtpTransport::builder_dangerous(name)
                .port(port.parse().unwrap_or(25))
                .hello_name(ClientId::Domain(host.to_owned()))
                .timeout(Some(PATIENCE))
                .build();
            transport.send(&message).map(drop).map_err(|error| {
                let why = format!("mail server {server}: {}", causes(&error));
                if error.is_permanent() { Failed::Never(why) } else { Failed::Later(why) }
            })
        }
    }
}
