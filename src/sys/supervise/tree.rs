//! The processes below ours, found in `/proc`, and signals to them.

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};
use std::collections::HashSet;
use std::{fs, io};

/// A process. The time of its start tells it from a later one with the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Process {
    pid: Pid,
    started: u64,
}

/// Which descendants are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// Every one.
    All,
    /// Those outside our own process group.
    OtherGroups,
}

/// What became of a signal to several processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It reached somebody, or nobody was there.
    Fine,
    /// All who are left belong to another user.
    Refused,
}

/// One line of `/proc/PID/stat`, the part we need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    process: Process,
    parent: i32,
    group: i32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Alive,
    /// It has ended, and its parent has not looked yet.
    Zombie,
}

/// How many processes live below ours.
pub(super) fn count() -> io::Result<usize> {
    Ok(descendants()?.len())
}

/// Sends a signal to all who are meant and not told yet.
pub(super) fn tell(signal: Signal, whom: Whom, told: &mut HashSet<Process>) -> io::Result<()> {
    // not getpgrp(2), which has no number for a group of outside: a shell that entered a container is in one
    let our_group = stat(getpid()).map(|us| us.group);
    for Stat { process, group, .. } in descendants()? {
        if (whom == Whom::OtherGroups && Some(group) == our_group) || !told.insert(process) {
            continue;
        }
        send(process, &[signal, Signal::CONT])?;
    }
    Ok(())
}

/// Kills every descendant that there is at this moment, parents first: they shall not replace their children.
pub(super) fn kill() -> io::Result<Sent> {
    let (mut reached, mut refused) = (0, 0);
    for Stat { process, .. } in descendants()? {
        match send(process, &[Signal::KILL])? {
            Sent::Fine => reached += 1,
            Sent::Refused => refused += 1,
        }
    }
    Ok(if reached == 0 && refused > 0 { Sent::Refused } else { Sent::Fine })
}

/// Sends signals to exactly this process: a number may change hands, a descriptor does not.
fn send(process: Process, signals: &[Signal]) -> io::Result<Sent> {
    let descriptor = match pidfd_open(process.pid, PidfdFlags::empty()) {
        Ok(descriptor) => descriptor,
        Err(Errno::SRCH) => return Ok(Sent::Fine),
        Err(error) => return Err(error.into()),
    };
    // The number still means the same process now, so the descriptor, which is older than this look, does too.
    if stat(process.pid).is_none_or(|stat| stat.process != process) {
        return Ok(Sent::Fine);
    }
    for &signal in signals {
        match pidfd_send_signal(&descriptor, signal) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(Errno::PERM) => return Ok(Sent::Refused),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Sent::Fine)
}

/// Everybody below us who lives, parents before their children.
///
/// We are the reaper of our orphans, so also those who left their session and lost their parents are here.
fn descendants() -> io::Result<Vec<Stat>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        // A process may end at any moment of this; then it is not there.
        let pid = entry?.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
        all.extend(pid.and_then(stat));
    }
    Ok(below(getpid(), &all))
}

fn below(root: Pid, all: &[Stat]) -> Vec<Stat> {
    let mut found = Vec::new();
    let mut parents = vec![(root, 0)];
    while let Some((parent, started)) = parents.pop() {
        // Nobody is older than his parent; who seems to be has a parent whose number was given away since.
        for child in
            all.iter().filter(|stat| stat.parent == parent.as_raw_nonzero().get() && stat.process.started >= started)
        {
            parents.push((child.process.pid, child.process.started));
            found.push(*child);
        }
    }
    found.retain(|stat| stat.state == State::Alive);
    found
}

fn stat(pid: Pid) -> Option<Stat> {
    // the name is any bytes: a process that is called what is no UTF-8 must not hide with all below it
    parse(&String::from_utf8_lossy(&fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?))
}

/// `PID (NAME) STATE PPID PGRP …`, the start as field 22. The name may hold anything, also `)`.
fn parse(line: &str) -> Option<Stat> {
    let (pid, rest) = line.split_once(' ')?;
    let mut fields = rest[rest.rfind(')')? + 1..].split_ascii_whitespace();
    let state = match fields.next()? {
        "Z" | "X" => State::Zombie,
        _ => State::Alive,
    };
    let (parent, group) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let started = fields.nth(16)?.parse().ok()?;
    Some(Stat { process: Process { pid: Pid::from_raw(pid.parse().ok()?)?, started }, parent, group, state })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::getpgrp;

    fn line(pid: i32, name: &str, state: char, parent: i32, started: u64) -> String {
        format!("{pid} ({name}) {state} {parent} 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {started} 1 2 3")
    }

    #[test]
    fn a_name_cannot_pretend_to_be_fields() {
        let stat = parse(&line(12, "x) R 1 1 (", 'S', 5, 99)).unwrap();
        assert_eq!((stat.process.started, stat.parent, stat.group, stat.state), (99, 5, 7, State::Alive));
    }

    #[test]
    fn descendants_are_the_living_below_us_and_no_others() {
        let lines = [
            line(1, "init", 'S', 0, 0),
            line(10, "us", 'S', 1, 50),
            line(11, "child", 'S', 10, 60),
            line(12, "dead", 'Z', 10, 61),
            line(13, "its child", 'S', 12, 62),
            line(14, "grandchild", 'S', 11, 63),
            line(15, "older than its parent", 'S', 11, 2),
            line(16, "stranger", 'S', 1, 64),
        ];
        let all: Vec<_> = lines.iter().map(|line| parse(line).unwrap()).collect();
        let mut found: Vec<_> = below(Pid::from_raw(10).unwrap(), &all)
            .iter()
            .map(|stat| stat.process.pid.as_raw_nonzero().get())
            .collect();
        assert_eq!(found[0], 11);
        found.sort_unstable();
        assert_eq!(found, [11, 13, 14]);
    }

    #[test]
    fn we_find_ourselves() {
        let us = stat(getpid()).unwrap();
        assert_eq!(us.process.pid, getpid());
        assert_eq!(us.group, getpgrp().as_raw_nonzero().get());
    }
}
