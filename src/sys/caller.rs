//! What a caller hands down to this process and no run may depend on. systemd hands down nothing of it.

use nix::sys::signal::SigSet;
use signal_hook::consts::SIGXFSZ;
use std::io;
use std::sync::Arc;

/// The first descriptor after the three standard streams.
const FIRST: i32 = 3;

/// Puts it away, before anything is opened.
///
/// # Errors
/// That the kernel refuses.
pub fn forget() -> io::Result<()> {
    // a signal that is blocked never comes: neither the end of a command nor the wish that we stop
    SigSet::empty().thread_set_mask()?;
    // beyond a limit for the size of files it would end us; so it is an error, and the command has the default again
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    // what the caller has open, a command shall not read or keep
    close_fds::set_fds_cloexec(FIRST, &[]);
    Ok(())
}
