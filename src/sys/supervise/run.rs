//! The course of one run: one loop that waits for children, signals, output and time at once.

use super::relay::Relay;
use super::signals::{Reach, Signals, Stop};
use super::tree::{self, Sent, Whom};
use super::{Core, Ended, Output, Task, Tree};
use crate::sys::exec;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpid, set_child_subreaper, wait};
use std::collections::HashSet;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How often to look for processes that were forked while their parents were told to end.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How long to wait between two rounds of SIGKILL.
const KILL_AGAIN: Duration = Duration::from_millis(10);

pub(super) struct Run<'a, 'z> {
    task: &'a Task<'a>,
    relay: Relay<'a, 'z>,
    signals: Signals,
    deadline: Option<Instant>,
    /// The latest request to stop that nothing has been done about.
    stop: Option<Stop>,
    cut: Option<Cut>,
    /// Who ends the tree; we, if systemd does not know that it is to end.
    tree: Tree,
}

/// Why the run ends before its commands do.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Timeout,
    Stop(Stop),
}

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Woken {
    Signal,
    Output,
    Time,
}

/// Whether we have children, adopted ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Children {
    Some,
    None,
}

impl From<Cut> for Ended {
    fn from(cut: Cut) -> Ended {
        match cut {
            Cut::Timeout => Ended::TimedOut,
            Cut::Stop(stop) => Ended::Stopped { signal: stop.signal.as_raw() },
        }
    }
}

impl<'a, 'z> Run<'a, 'z> {
    pub(super) fn begin(task: &'a Task<'a>, output: Output<'a, 'z>) -> io::Result<Self> {
        let signals = Signals::listen()?;
        if task.tree == Tree::Ours {
            set_child_subreaper(Some(getpid()))?;
        }
        let deadline = task.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Ok(Run { task, relay: Relay::new(output)?, signals, deadline, stop: None, cut: None, tree: task.tree })
    }

    pub(super) fn finish(mut self) -> io::Result<Ended> {
        let mut ended = Ended::Exited { code: 0, command: 0 };
        for index in 0..self.task.commands.len() {
            ended = self.command(index)?;
            if !self.task.is_success(&ended) {
                break;
            }
        }
        if self.task.tree == Tree::Ours && self.cut.is_none() {
            self.end_leftovers()?;
        }
        Ok(ended)
    }

    fn command(&mut self, index: usize) -> io::Result<Ended> {
        // A signal and the timer do not wait for a command to hit.
        self.listen();
        if let Some(cut) = self.cut() {
            self.end_early(cut)?;
            return Ok(cut.into());
        }
        let command = &self.task.commands[index];
        let mut prepared = exec::prepared(command, self.task.environment);
        self.relay.connect(&mut prepared)?;
        let child = match prepared.spawn() {
            Ok(child) => child,
            Err(error) => return Ok(Ended::NotStarted { command: index, error }),
        };
        self.relay.begin(command, child.id());
        let status = self.follow(child.id())?;
        if let Some(cut) = self.cut {
            self.end_early(cut)?;
        }
        self.relay.end();
        Ok(match self.cut {
            Some(cut) => cut.into(),
            None => ended(index, status),
        })
    }

    /// Waits until the command has ended and its output has been passed on, or until the run is cut.
    fn follow(&mut self, child: u32) -> io::Result<Option<WaitStatus>> {
        let mut status = None;
        loop {
            let was_running = status.is_none();
            reap(|pid, how| {
                if u32::try_from(pid.as_raw_nonzero().get()) == Ok(child) {
                    status = Some(how);
                }
            })?;
            if was_running && status.is_some() {
                self.relay.owe()?;
                // A Ctrl-C that ended the command has come to us as well.
                self.listen();
            }
            match (self.cut(), self.tree) {
                (Some(Cut::Timeout), _) | (Some(Cut::Stop(_)), Tree::Ours) => return Ok(status),
                // systemd has told the command too, and waits for it as long as the unit says.
                (Some(Cut::Stop(_)), Tree::OfUnit) | (None, _) => {}
            }
            if status.is_some() && self.relay.is_settled() {
                return Ok(status);
            }
            let until = if self.cut.is_none() { self.deadline } else { None };
            self.wait(until)?;
        }
    }

    /// Takes the signals that have come. Children are reaped after it, never before: else one could end in between
    /// and nothing would wake us.
    fn listen(&mut self) {
        self.stop = self.signals.take_stop().or(self.stop);
    }

    /// Whether the run is to end now. The first reason stays.
    fn cut(&mut self) -> Option<Cut> {
        if self.cut.is_none() {
            let is_over = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            self.cut = self.stop.take().map(Cut::Stop).or(is_over.then_some(Cut::Timeout));
            if matches!(self.cut, Some(Cut::Stop(_))) && self.tree == Tree::OfUnit && !(self.task.all_are_told)() {
                self.tree = Tree::Ours;
            }
        }
        self.cut
    }

    fn end_early(&mut self, cut: Cut) -> io::Result<()> {
        match (cut, self.tree) {
            (Cut::Timeout, _) => self.end_tree(Signal::TERM, Whom::All),
            (Cut::Stop(stop), Tree::Ours) => self.end_tree(stop.signal, stop.whom()),
            (Cut::Stop(_), Tree::OfUnit) => Ok(()),
        }
    }

    /// Ends what the commands left in the background, as a unit would.
    fn end_leftovers(&mut self) -> io::Result<()> {
        let count = match reap(|_, _| {})? {
            Children::Some => tree::count()?,
            Children::None => 0,
        };
        if count > 0 {
            say(&format!("the commands left {count} {} behind, which end now", processes(count)));
        }
        self.end_tree(Signal::TERM, Whom::All)
    }

    /// Ends every descendant: with this signal, and after the grace with SIGKILL, until none is left.
    fn end_tree(&mut self, mut signal: Signal, mut whom: Whom) -> io::Result<()> {
        let kill_at = Instant::now() + self.task.grace;
        let mut told = HashSet::new();
        while reap(|_, _| {})? == Children::Some {
            if let Some(stop) = self.stop.take() {
                (signal, whom) = (stop.signal, stop.whom());
                told.clear();
            }
            let now = Instant::now();
            if now < kill_at {
                tree::tell(signal, whom, &mut told)?;
                self.wait_through_output(kill_at.min(now + LOOK_AGAIN))?;
            } else if tree::kill()? == Sent::Fine {
                self.wait_through_output(now + KILL_AGAIN)?;
            } else {
                say("processes of another user are left, which we may not end");
                break;
            }
        }
        self.pass_on_the_rest()
    }

    /// Passes on what the dead have said, with the same patience for someone who does not read our output.
    fn pass_on_the_rest(&mut self) -> io::Result<()> {
        let until = Instant::now() + self.task.grace;
        self.relay.owe()?;
        while !self.relay.is_settled() && self.wait(Some(until))? != Woken::Time {}
        Ok(())
    }

    fn wait_through_output(&mut self, until: Instant) -> io::Result<()> {
        while self.wait(Some(until))? == Woken::Output {}
        Ok(())
    }

    /// Waits until something happens, and moves output.
    fn wait(&mut self, until: Option<Instant>) -> io::Result<Woken> {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Ok(Woken::Time);
        }
        // Further away than a Timespec can say is as good as never.
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        let mut fds = vec![PollFd::new(&self.signals, PollFlags::IN)];
        fds.extend(self.relay.interests());
        match poll(&mut fds, left.as_ref()) {
            Ok(0) => return Ok(Woken::Time),
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(Woken::Signal),
            Err(error) => return Err(error.into()),
        }
        let answers: Vec<_> = fds.iter().map(PollFd::revents).collect();
        self.relay.pump(&answers[1..])?;
        if answers[0].is_empty() {
            return Ok(Woken::Output);
        }
        self.listen();
        Ok(Woken::Signal)
    }
}

impl Stop {
    fn whom(self) -> Whom {
        match self.reach {
            Reach::Us => Whom::All,
            Reach::OurGroup => Whom::OtherGroups,
        }
    }
}

/// Takes the ends of children that have ended.
fn reap(mut ended: impl FnMut(Pid, WaitStatus)) -> io::Result<Children> {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) => ended(pid, status),
            Ok(None) => return Ok(Children::Some),
            Err(Errno::CHILD) => return Ok(Children::None),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn ended(command: usize, status: Option<WaitStatus>) -> Ended {
    /// The bit beside the signal in a wait status (`WCOREDUMP`).
    const CORE: i32 = 0x80;
    let status = status.expect("a run that is not cut waits for its command");
    match status.terminating_signal() {
        Some(signal) => {
            let core = if status.as_raw() & CORE == 0 { Core::None } else { Core::Dumped };
            Ended::Signalled { signal, core, command }
        }
        None => Ended::Exited { code: status.exit_status().unwrap_or_default(), command },
    }
}

fn processes(count: usize) -> &'static str {
    if count == 1 { "process" } else { "processes" }
}

/// One line on standard error. When that fails there is nobody to tell.
fn say(what: &str) {
    let _ = writeln!(io::stderr(), "run-job: {what}");
}
