//! Entries as `journalctl --output=export` writes them: "Journal Export Format". Other than JSON it is written and read
//! piece by piece, so that neither journalctl nor we hold a message of hundreds of megabytes several times.

use crate::status::log::{Line, Speaker};
use crate::sys::line;
use chrono::{DateTime, Utc};
use std::io::{self, BufRead, BufReader, Read};
use std::mem;

/// What is read of each entry; its place and its time come besides. Nobody can make up what begins with `_`.
pub(super) const FIELDS: &str = "MESSAGE,PRIORITY,_PID,_SYSTEMD_INVOCATION_ID";
/// journald cuts what comes by stdout before that, but a message may have hundreds of megabytes.
const LONGEST: usize = 64 * 1024;

/// A line with its place in the journal.
pub(super) struct Entry {
    pub(super) line: Line,
    pub(super) cursor: String,
}

/// The entries that come from a journalctl, to its end.
pub(super) fn entries(from: impl Read) -> impl Iterator<Item = Entry> {
    let mut from = BufReader::new(from);
    // an error is an end: why it came, journalctl says
    std::iter::from_fn(move || entry(&mut from).ok().flatten())
}

/// The next entry that is whole.
fn entry(from: &mut impl BufRead) -> io::Result<Option<Entry>> {
    let mut fields = Fields::default();
    let mut field = line::Line::new(LONGEST);
    loop {
        field.clear();
        if !field.read(from)? {
            return Ok(None);
        }
        if field.is_empty() {
            match mem::take(&mut fields).entry() {
                Some(entry) => return Ok(Some(entry)),
                None => continue,
            }
        }
        if let Some(end) = field.bytes().iter().position(|&byte| byte == b'=') {
            let name = String::from_utf8_lossy(&field.bytes()[..end]).into_owned();
            fields.take(&name, field.text(end + 1));
        } else {
            // what is no printable text of one line comes with its size
            let name = field.text(0);
            let mut size = [0; 8];
            from.read_exact(&mut size)?;
            field.clear();
            if !field.read_sized(from, u64::from_le_bytes(size))? {
                return Ok(None);
            }
            fields.take(&name, field.text(0));
            from.read_exact(&mut [0])?;
        }
    }
}

/// What is known of an entry: see systemd.journal-fields(7).
#[derive(Default)]
struct Fields {
    cursor: Option<String>,
    at: Option<DateTime<Utc>>,
    pid: Option<String>,
    run: Option<String>,
    priority: Option<u8>,
    message: Option<String>,
}

impl Fields {
    /// Of fields that come twice, which a process can bring about, the first counts.
    fn take(&mut self, name: &str, value: String) {
        match name {
            "__CURSOR" => self.cursor = Some(value),
            "__REALTIME_TIMESTAMP" => self.at = value.parse().ok().and_then(DateTime::from_timestamp_micros),
            "_PID" => self.pid = Some(value),
            "_SYSTEMD_INVOCATION_ID" => self.run = Some(value),
            "PRIORITY" => self.priority = self.priority.or(value.parse().ok()),
            "MESSAGE" => self.message = self.message.take().or(Some(value)),
            _ => {}
        }
    }

    fn entry(self) -> Option<Entry> {
        let from = match self.pid.as_deref() {
            Some("1") => Speaker::Systemd,
            _ => Speaker::Run(self.run.unwrap_or_default()),
        };
        let (priority, text) = (self.priority.unwrap_or(6), self.message.unwrap_or_default());
        Some(Entry { line: Line { at: self.at?, from, priority, text }, cursor: self.cursor? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1700000000000000\n__MONOTONIC_TIMESTAMP=1\n";

    fn read(from: impl Read) -> Vec<Line> {
        entries(from).map(|entry| entry.line).collect()
    }

    fn sized(name: &str, value: &[u8]) -> Vec<u8> {
        [format!("{name}\n").as_bytes(), &(value.len() as u64).to_le_bytes(), value, b"\n"].concat()
    }

    #[test]
    fn entries_are_read_whatever_their_bytes() {
        let texts = |message: &[u8]| {
            let all = [PLACE.as_bytes(), message, b"\n", PLACE.as_bytes(), b"MESSAGE=next\n\n"].concat();
            let lines = read(&all[..]);
            assert_eq!(lines.len(), 2, "{lines:?}");
            assert_eq!(lines[1].text, "next");
            lines[0].text.clone()
        };
        assert_eq!(texts(b"MESSAGE=a=b\n"), "a=b");
        assert_eq!(texts(b""), "");
        assert_eq!(texts(b"MESSAGE=one\nMESSAGE=two\n"), "one");
        assert_eq!(texts(&sized("MESSAGE", b"te\xff")), "te\u{fffd}");
        // as if another entry began
        assert_eq!(texts(&sized("MESSAGE", b"a\n\n__CURSOR=x\n")), "a\n\n__CURSOR=x\n");
        assert_eq!(texts(&sized("MESSAGE", b"")), "");
    }

    #[test]
    fn what_is_no_whole_entry_is_none() {
        assert_eq!(read(&b"\n\nMESSAGE=tea\n\n"[..]), []);
        assert_eq!(read(PLACE.as_bytes()), [], "its end has not come");
        let sized = [PLACE.as_bytes(), b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffabc"].concat();
        assert_eq!(read(&sized[..]), []);
    }

    #[test]
    fn a_message_without_end_is_cut_and_marked() {
        let size: u64 = 30_000_000;
        let begin = [PLACE.as_bytes(), b"MESSAGE\n", &size.to_le_bytes()].concat();
        let end = [b"\n\n", PLACE.as_bytes(), b"MESSAGE=next\n\n"].concat();
        let lines = read(begin.chain(io::repeat(b'x').take(size)).chain(&end[..]));
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].text, format!("{} [cut]", "x".repeat(LONGEST)));
        assert_eq!(lines[1].text, "next");
    }

    #[test]
    fn only_the_manager_speaks_as_systemd() {
        let said = |fields: &str| read(format!("{PLACE}{fields}MESSAGE=x\n\n").as_bytes())[0].from.clone();
        assert_eq!(said("_PID=1\nSYSLOG_IDENTIFIER=tea\n"), Speaker::Systemd);
        let forged = "_PID=7\nPID=1\nSYSLOG_PID=1\nSYSLOG_IDENTIFIER=systemd\n_SYSTEMD_INVOCATION_ID=aa\n";
        assert_eq!(said(forged), Speaker::Run("aa".to_owned()));
    }
}
