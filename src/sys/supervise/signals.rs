//! The signals that concern a run: a child has ended, or somebody wants the run to stop.

use rustix::process::Signal;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithRawSiginfo;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::{fs, io, process};

/// `si_code` of what the kernel itself sends, as a terminal does at Ctrl-C (`SI_KERNEL`).
const FROM_KERNEL: i32 = 0x80;

/// Who has had a stop signal already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// We alone.
    Us,
    /// Our whole process group: it came from the terminal.
    OurGroup,
}

/// A request to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) signal: Signal,
    pub(super) reach: Reach,
}

/// The signals, from now on delivered through a socket that a poll can wait for.
pub(super) struct Signals(SignalDelivery<UnixStream, WithRawSiginfo>);

impl Signals {
    /// Starts to listen. What our caller ignores stays ignored, for us and the commands, as `nohup` relies on it; but not
    /// SIGTERM, with which a timeout and `jobctl stop` ask a run to end.
    pub(super) fn listen() -> io::Result<Self> {
        let ignored = ignored_signals()?;
        let stops = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]
            .into_iter()
            .filter(|&signal| signal == SIGTERM || ignored & (1 << (signal - 1)) == 0);
        let (read, write) = UnixStream::pair()?;
        Ok(Signals(SignalDelivery::with_pipe(read, write, WithRawSiginfo, stops.chain([SIGCHLD]))?))
    }

    /// The latest request to stop since the last call.
    pub(super) fn take_stop(&mut self) -> Option<Stop> {
        self.0
            .pending()
            .filter_map(|info| {
                let signal = Signal::from_named_raw(info.si_signo).filter(|&signal| signal != Signal::CHILD)?;
                let reach = if info.si_code == FROM_KERNEL { Reach::OurGroup } else { Reach::Us };
                Some(Stop { signal, reach })
            })
            .last()
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.get_read().as_fd()
    }
}

/// The bit mask of ignored signals. No safe call tells it, the kernel's own account does.
fn ignored_signals() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .ok_or_else(|| io::Error::other("no SigIgn in /proc/self/status"))
}

/// Dies of the signal that stopped the run, so that our caller sees the same as if there were no supervisor.
pub fn die_of(signal: i32) -> ! {
    // It returns only for signals that would not kill us.
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    process::exit(128 + signal)
}
