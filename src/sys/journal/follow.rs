//! The journal as it grows.

use super::{Query, entries};
use crate::status::log::Line;
use std::io;
use std::ops::ControlFlow;
use std::process::Child;
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

/// What happens to each line; whether more are wanted.
type Each = Box<dyn FnMut(Line) -> ControlFlow<()> + Send>;

/// A journalctl that shows lines as they come, and a thread that takes them.
pub struct Follow {
    query: Query,
    child: Child,
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

impl Follow {
    /// Begins with the lines that are there.
    ///
    /// # Errors
    /// That journalctl cannot be started.
    pub fn begin(query: Query, mut each: Each) -> io::Result<Follow> {
        let mut child = query.command(&["--follow"]).spawn()?;
        let stdout = child.stdout.take();
        let thread = std::thread::spawn(move || {
            let mut last = None;
            let mut wanted = ControlFlow::Continue(());
            for entry in entries(stdout) {
                last = Some(entry.cursor);
                wanted = each(entry.line);
                if wanted.is_break() {
                    break;
                }
            }
            Followed { last, each, wanted }
        });
        Ok(Follow { query, child, thread })
    }

    /// Goes on until no more is wanted, or somebody ends the program.
    ///
    /// # Errors
    /// That it cannot be waited for.
    pub fn stay(mut self) -> io::Result<()> {
        self.child.wait().map(drop)
    }

    /// Ends, after the last words of what has ended by now.
    ///
    /// # Errors
    /// That journalctl cannot be started once more.
    pub fn finish(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        let Ok(Followed { mut last, mut each, mut wanted }) = self.thread.join() else {
            return Err(io::Error::other("the reader of the journal has failed"));
        };
        let mut silences = 0;
        while silences < SILENCES && wanted.is_continue() {
            let query = Query { after: last.clone(), last: None, ..self.query.clone() };
            let mut child = query.command(&[]).spawn()?;
            let before = last.clone();
            for entry in entries(child.stdout.take()) {
                last = Some(entry.cursor);
                wanted = each(entry.line);
                if wanted.is_break() {
                    break;
                }
            }
            child.wait()?;
            silences = if before == last { silences + 1 } else { 0 };
            sleep(LAST_WORDS);
        }
        Ok(())
    }
}
