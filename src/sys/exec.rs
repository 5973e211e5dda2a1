//! A command line becomes a process: its environment, its limits, and the step from our program to it.

use crate::job::CommandLine;
use rustix::fs::Mode;
use rustix::io::FdFlags;
use std::ffi::OsString;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::{env, io};

/// How a command's environment differs from our own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment<'a> {
    /// Variables that are set, over what we inherited.
    pub set: &'a [(OsString, OsString)],
    /// Variables that are taken away. What the job itself sets stays set.
    pub without: &'a [&'a str],
}

/// What holds for a command before it starts.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// The permission bits that new files do not get; `None` leaves it as it is.
    pub umask: Option<u32>,
    /// How much nicer than we are, 0 or more.
    pub nice: Option<i32>,
    /// Where to run; `None` is the home directory.
    pub working_directory: Option<&'a Path>,
    /// The home directory. Where there is none, `/` serves, as with cron.
    pub home: &'a Path,
    /// Whether no program gets more rights than we have, be it set-user-ID or not.
    pub no_new_privileges: bool,
}

/// The command with its environment, ready to start.
///
/// The program is looked for along the `PATH` that the command will have. std gives the new process
/// the default action for SIGPIPE, which Rust programs themselves ignore.
pub fn prepared(command: &CommandLine, environment: Environment<'_>) -> Command {
    let mut prepared = Command::new(command.program());
    prepared.args(command.arguments());
    for name in environment.without {
        prepared.env_remove(name);
    }
    prepared.envs(environment.set.iter().map(|(name, value)| (name, value)));
    prepared
}

/// Turns this process into the command. Returns only when that is not possible, with the reason.
pub fn become_command(command: &CommandLine, environment: Environment<'_>) -> io::Error {
    prepared(command, environment).exec()
}

/// Lets a descriptor live on in the command: a lock is then held until the command has ended.
pub fn keep_across_exec(fd: impl AsFd) -> io::Result<()> {
    let flags = rustix::io::fcntl_getfd(&fd)?;
    Ok(rustix::io::fcntl_setfd(&fd, flags - FdFlags::CLOEXEC)?)
}

/// Puts the limits on this process, which hands them on to its commands.
pub fn apply(limits: &Limits<'_>) -> io::Result<()> {
    if let Some(mask) = limits.umask {
        rustix::process::umask(Mode::from_raw_mode(mask));
    }
    if let Some(more) = limits.nice {
        rustix::process::nice(more).map_err(|error| about(&format!("nice {more}"), &error.into()))?;
    }
    if limits.no_new_privileges {
        rustix::thread::set_no_new_privs(true).map_err(|error| about("no new privileges", &error.into()))?;
    }
    match limits.working_directory {
        Some(folder) => enter(folder),
        None => enter(limits.home).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => enter(Path::new("/")),
            _ => Err(error),
        }),
    }
}

fn enter(folder: &Path) -> io::Result<()> {
    env::set_current_dir(folder).map_err(|error| about(&format!("working directory {}", folder.display()), &error))
}

fn about(what: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_job_sets_wins_over_what_is_taken_away() {
        let set = [("FOO", "bar"), ("KEPT", "yes")].map(|(name, value)| (name.into(), value.into()));
        let environment = Environment { set: &set, without: &["GONE", "KEPT"] };
        let command = prepared(&CommandLine::parse("env -u x").unwrap(), environment);
        let changes: Vec<_> =
            command.get_envs().map(|(name, value)| (name.to_str().unwrap(), value.and_then(|v| v.to_str()))).collect();
        assert_eq!(changes, [("FOO", Some("bar")), ("GONE", None), ("KEPT", Some("yes"))]);
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["-u", "x"]);
    }

    #[test]
    fn a_descriptor_is_kept() {
        let file = tempfile::tempfile().unwrap();
        assert!(rustix::io::fcntl_getfd(&file).unwrap().contains(FdFlags::CLOEXEC));
        keep_across_exec(&file).unwrap();
        assert!(!rustix::io::fcntl_getfd(&file).unwrap().contains(FdFlags::CLOEXEC));
    }
}
