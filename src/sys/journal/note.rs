//! A line of our own in the journal, beside those of a job: who did what to it.

use crate::job::JobName;
use crate::job::text::one_line;
use crate::sys::account;
use std::os::unix::net::UnixDatagram;

/// Notes what somebody did to a job, or to all. journald adds who we are, which nobody can forge (`_UID`); the name is
/// for people. Where there is no journal, there is nobody to tell.
pub fn note(job: Option<&JobName>, what: &str) {
    let who = account::name(account::own());
    let subject = job.map_or("all jobs", JobName::as_str);
    // "Native Journal Protocol": a field in each line; no value here has a line break
    let field = job.map(|job| format!("PROCESS_CONTROL_JOB={job}\n")).unwrap_or_default();
    let message = one_line(&format!("{subject}: {what} by {who}"));
    let entry = format!("MESSAGE={message}\nPRIORITY=5\nSYSLOG_IDENTIFIER=jobctl\n{field}");
    let sent =
        UnixDatagram::unbound().and_then(|socket| socket.send_to(entry.as_bytes(), "/run/systemd/journal/socket"));
    drop(sent);
}
