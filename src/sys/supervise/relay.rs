//! The commands' output on its way to the log and, unchanged, to our own streams.

use super::Output;
use crate::job::CommandLine;
use crate::sys::run_log::{Level, RunLog};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Command, Stdio};

/// Room for what was read and not passed on yet; more is read only when it is empty.
const BUFFER: usize = 64 * 1024;
/// A pipe that is ready takes this much without making us wait (`PIPE_BUF`).
const PIECE: usize = 4096;

/// Both streams of all commands, or nothing when the commands write where we do.
pub(super) struct Relay<'a, 'z> {
    log: Option<(&'a mut RunLog<'z>, [Stream; 2])>,
}

/// One stream. The pipe is ours for the whole run: a process that keeps its end open has no power over us.
struct Stream {
    level: Level,
    read: OwnedFd,
    write: OwnedFd,
    /// Our own stream; `None` when nobody reads it any more.
    to: Option<BorrowedFd<'static>>,
    buffer: Vec<u8>,
    /// How much of the buffer has been passed on.
    passed: usize,
    /// What the command that has ended left in the pipe.
    owed: u64,
}

impl<'a, 'z> Relay<'a, 'z> {
    pub(super) fn new(output: Output<'a, 'z>) -> io::Result<Self> {
        let log = match output {
            Output::Inherit => None,
            Output::Log(log) => Some((
                log,
                [
                    Stream::new(Level::Info, rustix::stdio::stdout())?,
                    Stream::new(Level::Error, rustix::stdio::stderr())?,
                ],
            )),
        };
        Ok(Relay { log })
    }

    /// Gives a command its streams.
    pub(super) fn connect(&self, command: &mut Command) -> io::Result<()> {
        if let Some((_, [stdout, stderr])) = &self.log {
            command.stdout(Stdio::from(stdout.write.try_clone()?));
            command.stderr(Stdio::from(stderr.write.try_clone()?));
        }
        Ok(())
    }

    pub(super) fn begin(&mut self, command: &CommandLine, pid: u32) {
        if let Some((log, _)) = &mut self.log {
            log.begin_command(&command.to_string(), pid);
        }
    }

    pub(super) fn end(&mut self) {
        if let Some((log, _)) = &mut self.log {
            log.end_command();
        }
    }

    /// Notes what is in the pipes now: with the writer gone, that is all there is to wait for.
    ///
    /// The end of the pipe would be the wrong sign: a process in the background may hold it open for ever.
    pub(super) fn owe(&mut self) -> io::Result<()> {
        for stream in self.streams() {
            stream.owed = rustix::io::ioctl_fionread(&stream.read)?;
        }
        Ok(())
    }

    /// Whether all that was owed has been passed on.
    pub(super) fn is_settled(&self) -> bool {
        self.log.iter().flat_map(|(_, streams)| streams).all(|stream| stream.owed == 0 && stream.buffer.is_empty())
    }

    /// What to poll for.
    pub(super) fn interests(&self) -> Vec<PollFd<'_>> {
        self.log.iter().flat_map(|(_, streams)| streams).map(Stream::interest).collect()
    }

    /// Moves what can be moved without waiting, by the answers to [`Relay::interests`].
    pub(super) fn pump(&mut self, answers: &[PollFlags]) -> io::Result<()> {
        let Some((log, streams)) = &mut self.log else { return Ok(()) };
        for (stream, answer) in streams.iter_mut().zip(answers) {
            if answer.is_empty() {
                continue;
            }
            if stream.buffer.is_empty() { stream.read(log)? } else { stream.pass_on() }
        }
        Ok(())
    }

    fn streams(&mut self) -> impl Iterator<Item = &mut Stream> {
        self.log.iter_mut().flat_map(|(_, streams)| streams)
    }
}

impl Drop for Relay<'_, '_> {
    /// What processes in the background said without ending the line.
    fn drop(&mut self) {
        if let Some((log, _)) = &mut self.log {
            log.flush();
        }
    }
}

impl Stream {
    fn new(level: Level, to: BorrowedFd<'static>) -> io::Result<Self> {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
        // Only for us: the command's end must wait when the pipe is full.
        rustix::io::ioctl_fionbio(&read, true)?;
        Ok(Stream { level, read, write, to: Some(to), buffer: Vec::new(), passed: 0, owed: 0 })
    }

    fn interest(&self) -> PollFd<'_> {
        match self.to {
            Some(to) if !self.buffer.is_empty() => PollFd::from_borrowed_fd(to, PollFlags::OUT),
            _ => PollFd::from_borrowed_fd(self.read.as_fd(), PollFlags::IN),
        }
    }

    fn read(&mut self, log: &mut RunLog<'_>) -> io::Result<()> {
        self.buffer.resize(BUFFER, 0);
        let count = match rustix::io::read(&self.read, &mut self.buffer[..]) {
            Ok(count) => count,
            Err(Errno::AGAIN | Errno::INTR) => 0,
            Err(error) => return Err(error.into()),
        };
        self.buffer.truncate(count);
        self.owed = self.owed.saturating_sub(count as u64);
        log.write(self.level, &self.buffer);
        if self.to.is_none() {
            self.buffer.clear();
        }
        Ok(())
    }

    fn pass_on(&mut self) {
        let Some(to) = self.to else { return self.buffer.clear() };
        let piece = &self.buffer[self.passed..];
        match rustix::io::write(to, &piece[..piece.len().min(PIECE)]) {
            Ok(count) => self.passed += count,
            Err(Errno::AGAIN | Errno::INTR) => {}
            // Nobody reads, as in `run-job -j x | head`. The command shall not suffer from that, the log goes on.
            Err(_) => {
                self.to = None;
                self.passed = self.buffer.len();
            }
        }
        if self.passed == self.buffer.len() {
            self.buffer.clear();
            self.passed = 0;
        }
    }
}
