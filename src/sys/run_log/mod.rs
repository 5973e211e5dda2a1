//! The log file of one run: what the commands said, line by line, in the original's format.

mod old;
mod open;
mod tail;

pub use old::{all, remove, remove_all};
pub use open::{open, open_if_there};
pub use tail::{Next, Tail};

use crate::job::JobName;
use crate::sys::invocation::Invocation;
use crate::sys::line::Line;
use crate::sys::modes;
use crate::sys::voice::{Priority, Voice};
use chrono::{DateTime, NaiveDateTime, Utc};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::mem;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Longer lines are cut into pieces, so that a command that never ends its line cannot fill the memory.
const LONGEST_LINE: usize = 64 * 1024;
/// More than any line that we write: its time stands before it, and each byte may have become a character of three. But
/// the file is the job's, which can write anything into it.
const LONGEST_READ: usize = 4 * LONGEST_LINE;

/// Who may read them is said by the folder above, and neither by a job nor by who calls it.
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o755);
const FILE_MODE: Mode = Mode::from_raw_mode(0o644);

/// What kind of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Standard output, and the frame around each command.
    Info,
    /// Standard error.
    Error,
}

/// The local time of an instant, by the rules of some zone.
pub type LocalTime<'a> = &'a dyn Fn(DateTime<Utc>) -> NaiveDateTime;

/// The clock of those who know no zone.
pub fn utc(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.naive_utc()
}

/// Where the log of a run is: `OUTPUT_DIRECTORY/NAME/NAME-YYYYMMDD-HHMMSS.log`, named by the start in UTC.
pub fn path(output_directory: &Path, job: &JobName, start: DateTime<Utc>) -> PathBuf {
    output_directory.join(job.as_str()).join(format!("{job}-{}.log", start.format("%Y%m%d-%H%M%S")))
}

/// Hands over each line of a log that was written, as long as more are wanted.
///
/// # Errors
/// Why it cannot be read.
pub fn read(log: File, mut each: impl FnMut(&str) -> ControlFlow<()>) -> io::Result<()> {
    let mut log = BufReader::new(log);
    let mut line = Line::new(LONGEST_READ);
    while line.read(&mut log)? {
        if each(&line.text(0)).is_break() {
            return Ok(());
        }
        line.clear();
    }
    // a last line without its end is a line
    if !line.is_empty() {
        let _ = each(&line.text(0));
    }
    Ok(())
}

/// An open log. It never stops a run: when it cannot be written any more, it says so once and takes no more.
pub struct RunLog<'a> {
    path: PathBuf,
    file: Option<File>,
    local_time: LocalTime<'a>,
    /// The beginnings of lines whose ends have not come yet.
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl<'a> RunLog<'a> {
    /// Opens the log of a run at its [`path`].
    ///
    /// Two runs of one second share the file. A link or a FIFO in its place is an error.
    pub fn create(
        output_directory: &Path,
        job: &JobName,
        start: DateTime<Utc>,
        local_time: LocalTime<'a>,
    ) -> io::Result<Self> {
        modes::folders(&output_directory.join(job.as_str()), FOLDER_MODE)?;
        let path = path(output_directory, job, start);
        // NONBLOCK: without it, to open a FIFO would wait for its reader.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let flags = flags | OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE;
        let file = File::from(modes::file(&path, flags, FILE_MODE)?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the log is not a regular file"));
        }
        Ok(RunLog { path, file: Some(file), local_time, stdout: Vec::new(), stderr: Vec::new() })
    }

    /// Where the log is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The frame that opens a command's output.
    pub fn begin_command(&mut self, command: &str, pid: u32) {
        self.lines(Level::Info, format!("===========\n{command} ({pid})\n-----------").as_bytes());
    }

    /// Takes output as it comes. Only whole lines are written; the rest waits for its end.
    pub fn write(&mut self, level: Level, bytes: &[u8]) {
        let Some(end) = bytes.iter().rposition(|&byte| byte == b'\n') else {
            self.partial(level).extend_from_slice(bytes);
            return self.cut_long_line(level);
        };
        let mut whole = mem::take(self.partial(level));
        whole.extend_from_slice(&bytes[..end]);
        self.lines(level, &whole);
        self.partial(level).extend_from_slice(&bytes[end + 1..]);
        self.cut_long_line(level);
    }

    /// The frame that closes a command's output. A last line without its end is a line.
    pub fn end_command(&mut self) {
        self.flush();
        self.lines(Level::Info, b"----------- end command output");
    }

    /// Writes the lines whose ends will not come.
    pub fn flush(&mut self) {
        for level in [Level::Info, Level::Error] {
            let rest = mem::take(self.partial(level));
            if !rest.is_empty() {
                self.lines(level, &rest);
            }
        }
    }

    fn partial(&mut self, level: Level) -> &mut Vec<u8> {
        match level {
            Level::Info => &mut self.stdout,
            Level::Error => &mut self.stderr,
        }
    }

    fn cut_long_line(&mut self, level: Level) {
        while self.partial(level).len() >= LONGEST_LINE {
            let partial = self.partial(level);
            let rest = partial.split_off(whole_characters(&partial[..LONGEST_LINE]));
            let piece = mem::replace(partial, rest);
            self.lines(level, &piece);
        }
    }

    /// Writes lines, all with the time of now, in one piece: another run that shares the file cannot come between.
    fn lines(&mut self, level: Level, lines: &[u8]) {
        let Some(file) = &mut self.file else { return };
        let now = (self.local_time)(SystemTime::now().into());
        let level = match level {
            Level::Info => "INFO",
            Level::Error => "ERROR",
        };
        let prefix = format!("{}\t{level}\t", now.format("%Y-%m-%d %H:%M:%S,%3f"));
        let mut text = String::with_capacity(lines.len() + prefix.len() + 1);
        for line in lines.split(|&byte| byte == b'\n') {
            text.push_str(&prefix);
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        if let Err(error) = file.write_all(text.as_bytes()) {
            self.file = None;
            let voice = Voice::of("run-job", &Invocation::detect());
            voice.say(Priority::Warning, &format!("the run goes on without its log {}: {error}", self.path.display()));
        }
    }
}

/// How many bytes hold no character that is cut off at the end.
fn whole_characters(bytes: &[u8]) -> usize {
    let is_continuation = |byte: &u8| matches!(byte, 0x80..=0xbf);
    let after = bytes.iter().rev().take(3).take_while(|byte| is_continuation(byte)).count();
    let first = bytes.len() - after - 1;
    let expected = match bytes[first] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    if after + 1 < expected { first } else { bytes.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, OpenOptions};
    use std::os::unix::fs::symlink;

    const NOON: fn(DateTime<Utc>) -> NaiveDateTime =
        |_| DateTime::from_timestamp(1_700_049_600, 7_000_000).unwrap().naive_utc();

    fn written(deed: impl FnOnce(&mut RunLog<'_>)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let start = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let mut log = RunLog::create(folder.path(), &JobName::new("tea").unwrap(), start, &NOON).unwrap();
        assert_eq!(log.path(), folder.path().join("tea/tea-20231114-221320.log"));
        deed(&mut log);
        fs::read_to_string(log.path()).unwrap()
    }

    #[test]
    fn runner_store_output_line_by_line() {
        let text = written(|log| {
            log.begin_command("make tea", 42);
            log.write(Level::Info, b"boil");
            log.write(Level::Error, b"hot\r\n");
            log.write(Level::Info, b"ing\n\nready \xff");
            log.end_command();
        });
        let expected = [
            "INFO\t===========",
            "INFO\tmake tea (42)",
            "INFO\t-----------",
            "ERROR\thot\r",
            "INFO\tboiling",
            "INFO\t",
            "INFO\tready \u{fffd}",
            "INFO\t----------- end command output",
            "",
        ];
        assert_eq!(
            text,
            expected
                .join("\n")
                .replace("INFO", "2023-11-15 12:00:00,007\tINFO")
                .replace("ERROR", "2023-11-15 12:00:00,007\tERROR")
        );
    }

    #[test]
    fn a_line_without_end_is_written_in_pieces_of_whole_characters() {
        let line = format!("x{}", "ä".repeat(LONGEST_LINE));
        let text = written(|log| {
            for piece in line.as_bytes().chunks(4096) {
                log.write(Level::Info, piece);
                assert!(log.stdout.len() < LONGEST_LINE);
            }
            log.flush();
        });
        let pieces: Vec<_> = text.lines().map(|line| line.rsplit('\t').next().unwrap()).collect();
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces.concat(), line);
    }

    #[test]
    fn a_log_is_shared_in_one_second_and_never_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (name, start) = (JobName::new("tea").unwrap(), DateTime::from_timestamp(0, 0).unwrap());
        for text in [&b"one\n"[..], b"two\n"] {
            RunLog::create(folder.path(), &name, start, &utc).unwrap().write(Level::Info, text);
        }
        let path = folder.path().join("tea/tea-19700101-000000.log");
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
        fs::rename(&path, folder.path().join("target")).unwrap();
        symlink(folder.path().join("target"), &path).unwrap();
        assert!(RunLog::create(folder.path(), &name, start, &utc).is_err());
    }

    #[test]
    fn a_full_disk_ends_the_log_and_not_the_run() {
        let mut log = RunLog {
            path: "/dev/full".into(),
            file: Some(OpenOptions::new().write(true).open("/dev/full").unwrap()),
            local_time: &utc,
            stdout: Vec::new(),
            stderr: Vec::new(),
        };
        log.write(Level::Info, b"a\n");
        assert!(log.file.is_none());
        log.write(Level::Info, b"b\n");
    }
}
