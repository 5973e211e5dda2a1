//! Every exit code of `jobctl`: sysexits.h, where it has one. Those of `run-job` are in
//! [`crate::run`], as the outcome of a run decides them.

/// Nothing wrong.
pub const OK: u8 = 0;
/// `check --strict`: warnings.
pub const WARNINGS: u8 = 1;
/// `resume`: a job stays paused.
pub const STAYS: u8 = 1;
/// `import`: something was not carried.
pub const NOT_CARRIED: u8 = 1;
/// `import process-control`: a job would not run, or would run twice; `migrate`: something would be lost, or cron would not
/// read what is written.
pub const NOT_READY: u8 = 1;
/// `migrate --dry-run`: something is to be done.
pub const TO_DO: u8 = 1;
/// `export`, `migrate --back`: a job was left out.
pub const LEFT_OUT: u8 = 1;
/// `check`: errors.
pub const ERRORS: u8 = 2;
/// The command line is wrong (`EX_USAGE`).
pub const USAGE: u8 = 64;
/// There is no such job (`EX_NOINPUT`).
pub const NO_JOB: u8 = 66;
/// systemd does not answer, or refuses (`EX_UNAVAILABLE`).
pub const UNAVAILABLE: u8 = 69;
/// systemd could not start what it was told to (`EX_OSERR`).
pub const NOT_STARTED: u8 = 71;
/// A file is there already, or cannot be made (`EX_CANTCREAT`).
pub const NOT_MADE: u8 = 73;
/// stdout cannot be written (`EX_IOERR`).
pub const NOT_WRITTEN: u8 = 74;
/// polkit refuses (`EX_NOPERM`).
pub const REFUSED: u8 = 77;
/// The configuration has an error (`EX_CONFIG`).
pub const CONFIG: u8 = 78;
