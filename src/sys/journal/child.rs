//! A journalctl that runs: its entries, and how it ended.

use super::entry::{Entry, entries};
use crate::job::text::one_line;
use crate::sys::line::Line;
use std::io::{self, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// More of what it says on stderr is not read: it is one line for a person.
const LONGEST: usize = 1024;

/// The program, and who listens to what it has to complain of.
pub(super) struct Reader {
    child: Child,
    complaint: JoinHandle<String>,
}

impl Reader {
    /// Starts it.
    pub(super) fn start(mut command: Command) -> io::Result<Reader> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("journalctl cannot be started: {error}")))?;
        let stderr = child.stderr.take();
        // beside stdout: one full pipe must not keep the other waiting
        let complaint = std::thread::spawn(move || {
            let Some(mut stderr) = stderr.map(BufReader::new) else { return String::new() };
            let mut first = Line::new(LONGEST);
            // what cannot be read is not said
            let _ = first.read(&mut stderr).and_then(|_| io::copy(&mut stderr, &mut io::sink()));
            one_line(&first.text(0))
        });
        Ok(Reader { child, complaint })
    }

    /// Its entries, which there are once.
    pub(super) fn entries(&mut self) -> impl Iterator<Item = Entry> + use<> {
        self.child.stdout.take().into_iter().flat_map(entries)
    }

    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits for its end, which must be a good one.
    pub(super) fn wait(mut self) -> io::Result<()> {
        let status = self.child.wait()?;
        let complaint = self.complaint.join().unwrap_or_default();
        match (status.success(), complaint.as_str()) {
            (true, _) => Ok(()),
            (false, "") => Err(io::Error::other(format!("journalctl ended with {status}"))),
            (false, why) => Err(io::Error::other(format!("journalctl: {why}"))),
        }
    }

    /// Ends it; nobody wants to know how.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(script: &str) -> io::Result<usize> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let mut reader = Reader::start(command)?;
        let count = reader.entries().count();
        reader.wait().map(|()| count)
    }

    #[test]
    fn why_journalctl_failed_is_passed_on() {
        let why = |script: &str| ended(script).unwrap_err().to_string();
        assert_eq!(
            why("echo 'Failed to \x1bparse lines.' >&2; echo more >&2; exit 1"),
            "journalctl: Failed to parse lines."
        );
        assert_eq!(why("exit 3"), "journalctl ended with exit status: 3");
        assert_eq!(ended("echo 'a file is truncated, ignoring file' >&2").unwrap(), 0);
        assert_eq!(
            ended("head -c 1000000 /dev/zero >&2; printf '__CURSOR=a\\n__REALTIME_TIMESTAMP=1\\n\\n'").unwrap(),
            1
        );
        let error = Reader::start(Command::new("/no/such/program")).err().unwrap().to_string();
        assert!(error.starts_with("journalctl cannot be started: "), "{error}");
    }
}
