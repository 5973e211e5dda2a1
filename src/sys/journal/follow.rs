//! The journal as it grows.

use super::Query;
use super::child::Reader;
use super::entry::Entry;
use crate::status::log::Line;
use std::io;
use std::ops::ControlFlow;
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

/// What happens to each line; whether more are wanted.
type Each = Box<dyn FnMut(Line) -> ControlFlow<()> + Send>;

/// A journalctl that shows lines as they come, and a thread that takes them.
pub struct Follow {
    query: Query,
    journalctl: Reader,
    thread: JoinHandle<Followed>,
}

/// What was taken so far, and who takes it.
struct Followed {
    last: Option<String>,
    each: Each,
    wanted: ControlFlow<()>,
}

/// journald takes what a process wrote before it ended a moment later.
const LAST_WORDS: Duration = Duration::from_millis(50);
/// So often there may be no more last words until none are expected.
const SILENCES: u32 = 3;

impl Followed {
    /// Takes what a journalctl has to tell.
    fn take(&mut self, entries: impl Iterator<Item = Entry>) {
        for entry in entries {
            self.last = Some(entry.cursor);
            self.wanted = (self.each)(entry.line);
            if self.wanted.is_break() {
                break;
            }
        }
    }
}

impl Follow {
    /// Begins with the lines that are there.
    ///
    /// # Errors
    /// That journalctl cannot be started.
    pub fn begin(query: Query, each: Each) -> io::Result<Follow> {
        let mut journalctl = Reader::start(query.command(&["--follow"]))?;
        let entries = journalctl.entries();
        let thread = std::thread::spawn(move || {
            let mut followed = Followed { last: None, each, wanted: ControlFlow::Continue(()) };
            followed.take(entries);
            followed
        });
        Ok(Follow { query, journalctl, thread })
    }

    /// Goes on until no more is wanted, or somebody ends the program.
    ///
    /// # Errors
    /// Why journalctl failed.
    pub fn stay(self) -> io::Result<()> {
        if join(self.thread)?.wanted.is_break() { self.journalctl.end() } else { self.journalctl.wait() }
    }

    /// Ends, after the last words of what has ended by now.
    ///
    /// # Errors
    /// That journalctl cannot be started once more, or why it failed.
    pub fn finish(mut self) -> io::Result<()> {
        // by itself it ends only if it failed, or if we read no more
        let mut followed = if self.journalctl.has_ended()? {
            let followed = join(self.thread)?;
            if followed.wanted.is_break() {
                return Ok(());
            }
            self.journalctl.wait()?;
            followed
        } else {
            self.journalctl.end()?;
            join(self.thread)?
        };
        let mut silences = 0;
        while silences < SILENCES && followed.wanted.is_continue() {
            let query = Query { after: followed.last.clone(), last: None, ..self.query.clone() };
            let mut journalctl = Reader::start(query.command(&[]))?;
            let before = followed.last.clone();
            followed.take(journalctl.entries());
            if followed.wanted.is_break() {
                return journalctl.end();
            }
            journalctl.wait()?;
            silences = if before == followed.last { silences + 1 } else { 0 };
            sleep(LAST_WORDS);
        }
        Ok(())
    }
}

fn join(thread: JoinHandle<Followed>) -> io::Result<Followed> {
    thread.join().map_err(|_| io::Error::other("the reader of the journal has failed"))
}
