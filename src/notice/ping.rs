//! What a ping asks for, by the conventions of healthchecks.io: `/start`, `/fail`, `/EXITCODE`, `/log`, and the run id.

use super::Facts;
use crate::history::Cause;
use crate::job::hook::{Event, Url};

/// The address for what happened.
pub fn ping(url: &Url, facts: &Facts) -> Url {
    let exited = matches!(facts.cause, Some(Cause::ExitCode));
    // 0 would be a success, and more than 255 nothing
    let code = facts.exit_status.filter(|code| exited && (1..=255).contains(code)).map(|code| code.to_string());
    let more = match facts.event {
        Event::Start => "start",
        Event::Success | Event::Recovery => "",
        Event::Failure => code.as_deref().unwrap_or("fail"),
        Event::Invalid => "fail",
        Event::Skip => "log",
    };
    url.below(more, &uuid(&facts.run).map(|id| format!("rid={id}")).unwrap_or_default())
}

/// 32 digits in the form that RFC 9562 has for them.
fn uuid(id: &str) -> Option<String> {
    let plain = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    plain.then(|| parts.map(|part| &id[part]).join("-"))
}
