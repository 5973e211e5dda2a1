//! A log file as it grows, for those who may not read the journal.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

/// Where the file is, as soon as that is known.
type Find = Box<dyn FnMut() -> Option<PathBuf> + Send>;
/// What happens to each line, which comes without its end; whether more are wanted.
type Each = Box<dyn FnMut(&str) -> ControlFlow<()> + Send>;

/// A thread that reads a file to its end again and again.
pub struct Tail {
    over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

const PAUSE: Duration = Duration::from_millis(200);

impl Tail {
    /// Begins with what stands in it.
    pub fn begin(mut find: Find, mut each: Each) -> Tail {
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            let mut file: Option<BufReader<File>> = None;
            let mut line = Vec::new();
            loop {
                // looked at before the file is: what is written before the end is read after it
                let last = end.load(Ordering::Acquire);
                file = file.or_else(|| Some(BufReader::new(File::open(find()?).ok()?)));
                if let Some(file) = &mut file {
                    // a line without its end may go on
                    while file.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                        if line.last() == Some(&b'\n') {
                            if each(&String::from_utf8_lossy(&line[..line.len() - 1])).is_break() {
                                return;
                            }
                            line.clear();
                        }
                    }
                }
                if last {
                    break;
                }
                sleep(PAUSE);
            }
        });
        Tail { over, thread }
    }

    /// The file is complete: reads its end.
    pub fn finish(self) {
        self.over.store(true, Ordering::Release);
        // a reader that has failed has said so on stderr
        let _ = self.thread.join();
    }

    /// Goes on until no more is wanted, or somebody ends the program.
    pub fn stay(self) {
        let _ = self.thread.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::Mutex;

    #[test]
    fn a_file_is_shown_as_it_grows_and_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let said = Arc::new(Mutex::new(Vec::new()));
        let (find, to) = (path.clone(), Arc::clone(&said));
        let tail = Tail::begin(
            Box::new(move || Some(find.clone())),
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
        file.write_all(b"four\n").unwrap();
        tail.finish();
        assert_eq!(*said.lock().unwrap(), ["one", "two", "three", "four"]);
    }
}
