//! Where the generator says what it has to say: the kernel's log, as the journal may not be there.

use super::voice::speak;
use std::fs::{File, OpenOptions};
use std::io::Write;

/// The log of a generator.
#[derive(Debug)]
pub struct Log {
    kernel: Option<File>,
}

/// Priorities of syslog(3).
#[derive(Clone, Copy, Debug)]
pub enum Priority {
    /// A job or the configuration is left out.
    Error = 3,
    /// Somebody should look.
    Warning = 4,
}

/// The kernel cuts longer records, and what comes after them.
const MAX_LINE: usize = 900;

impl Log {
    /// The kernel's log if PID 1 called (it then sets `SYSTEMD_SCOPE`), else stderr.
    pub fn open() -> Log {
        let by_systemd = std::env::var_os("SYSTEMD_SCOPE").is_some();
        let kernel = by_systemd.then(|| OpenOptions::new().write(true).open("/dev/kmsg").ok());
        Log { kernel: kernel.flatten() }
    }

    /// Says one line.
    pub fn say(&mut self, priority: Priority, line: &str) {
        let line: String = line.chars().filter(|c| !c.is_control()).take(MAX_LINE).collect();
        let record = format!("<{}>process-control-generator[{}]: {line}\n", priority as u8, std::process::id());
        let told = self.kernel.as_mut().is_some_and(|kernel| kernel.write_all(record.as_bytes()).is_ok());
        if !told {
            speak(&format!("process-control-generator: {line}\n"));
        }
    }
}
