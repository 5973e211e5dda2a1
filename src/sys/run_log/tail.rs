//! Log files as they grow, for those who may not read the journal.

use super::LONGEST_READ;
use crate::sys::line::Line;
use std::fs::File;
use std::io::{self, BufReader};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

/// The next file, as soon as there is one: then nothing more comes into the one before it.
pub type Next = Box<dyn FnMut() -> io::Result<Option<File>> + Send>;
/// What happens to each line, which comes without its end; whether more are wanted.
type Each = Box<dyn FnMut(&str) -> ControlFlow<()> + Send>;

/// A thread that reads a file to its end again and again, and then the next one.
pub struct Tail {
    over: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<()>>,
}

const PAUSE: Duration = Duration::from_millis(200);

impl Tail {
    /// Begins with what stands in the first file.
    pub fn begin(next: Next, mut each: Each) -> Tail {
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        let thread = std::thread::spawn(move || follow(&end, next, &mut each));
        Tail { over, thread }
    }

    /// The file is complete: reads its end.
    ///
    /// # Errors
    /// Why it could not be read.
    pub fn finish(self) -> io::Result<()> {
        self.over.store(true, Ordering::Release);
        self.stay()
    }

    /// Goes on until no more is wanted, or somebody ends the program.
    ///
    /// # Errors
    /// Why a file could not be read.
    pub fn stay(self) -> io::Result<()> {
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the reader of the log has failed")))
    }
}

fn follow(over: &AtomicBool, mut next: Next, each: &mut Each) -> io::Result<()> {
    let mut file: Option<BufReader<File>> = None;
    let mut line = Line::new(LONGEST_READ);
    loop {
        // looked at before the file is: what is written before the end is read after it
        let last = over.load(Ordering::Acquire);
        let later = next()?;
        if let Some(file) = &mut file {
            // a line without its end may go on
            while line.read(file)? {
                if each(&line.text(0)).is_break() {
                    return Ok(());
                }
                line.clear();
            }
        }
        match later {
            Some(later) => {
                // where the one before was left in a line, that is its last
                if !line.is_empty() && each(&line.text(0)).is_break() {
                    return Ok(());
                }
                line.clear();
                file = Some(BufReader::new(later));
            }
            None if last => {
                if !line.is_empty() {
                    let _ = each(&line.text(0));
                }
                return Ok(());
            }
            None => sleep(PAUSE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::Mutex;

    #[test]
    fn files_are_shown_as_they_grow_and_to_their_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let said = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&said);
        let mut paths = [path.clone(), folder.path().join("later")].into_iter().peekable();
        let tail = Tail::begin(
            Box::new(move || {
                let file = paths.peek().and_then(|path| File::open(path).ok());
                if file.is_some() {
                    paths.next();
                }
                Ok(file)
            }),
            Box::new(move |line| {
                to.lock().unwrap().push(line.to_owned());
                ControlFlow::Continue(())
            }),
        );
        let mut file = File::create(&path).unwrap();
        for piece in ["one\nt", "wo\n", "three\n"] {
            file.write_all(piece.as_bytes()).unwrap();
            sleep(PAUSE + PAUSE / 2);
        }
        file.write_all(b"four\nfi").unwrap();
        std::fs::write(folder.path().join("later"), "six\n").unwrap();
        sleep(PAUSE + PAUSE / 2);
        std::fs::write(folder.path().join("later"), "six\nseven").unwrap();
        tail.finish().unwrap();
        assert_eq!(*said.lock().unwrap(), ["one", "two", "three", "four", "fi", "six", "seven"]);
    }
}
