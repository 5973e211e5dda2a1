//! The service user: its numbers and its home.

use crate::config::User;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// A user of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub uid: u32,
    /// The number of its group.
    pub gid: u32,
    /// Its home.
    pub home: PathBuf,
}

/// The number of the user as whom this process acts.
pub fn own() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Looks a user up: in `/etc/passwd`, then with getent(1), which asks every other source that the
/// host has. A static program cannot ask them itself.
pub fn find(user: &User) -> Option<Account> {
    let local = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    local.lines().find_map(|line| matching(line, user)).or_else(|| {
        let answer = Command::new("/usr/bin/getent").arg("passwd").arg(user.to_string()).output().ok()?;
        String::from_utf8(answer.stdout).ok()?.lines().find_map(|line| matching(line, user))
    })
}

/// Whether there is no such user. What cannot be asked is no answer.
pub fn is_missing(user: &User) -> bool {
    /// Of getent(1): the key was not found.
    const UNKNOWN: i32 = 2;
    let local = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let known = local.lines().any(|line| matching(line, user).is_some());
    let asked = || Command::new("/usr/bin/getent").arg("passwd").arg(user.to_string()).output();
    !known
        && match asked() {
            Ok(answer) => answer.status.code() == Some(UNKNOWN),
            // then there is no other source either
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        }
}

/// The names of users, each looked up once.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<u32, String>);

impl Names {
    /// The name of a user; `uid NUMBER` if nobody knows one.
    pub fn get(&mut self, uid: u32) -> &str {
        self.0.entry(uid).or_insert_with(|| name(uid))
    }
}

/// The login name of a user of the configuration; none if the number has none here.
pub fn login(user: &User) -> Option<String> {
    match user {
        User::Name(name) => Some(name.clone()),
        number @ User::Number(_) => find(number).map(|account| name(account.uid)),
    }
}

/// The name of a user; `uid NUMBER` if nobody knows one.
pub fn name(uid: u32) -> String {
    let local = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| crate::job::text::one_line(name))
    };
    let asked = || {
        let answer = Command::new("/usr/bin/getent").args(["passwd", &uid.to_string()]).output().ok()?;
        String::from_utf8(answer.stdout).ok()?.lines().find_map(named)
    };
    let found = local.lines().find_map(named).or_else(asked).filter(|name| !name.is_empty());
    found.unwrap_or_else(|| format!("uid {uid}"))
}

/// A line of passwd(5), if it is this user's.
fn matching(line: &str, user: &User) -> Option<Account> {
    let mut fields = line.split(':');
    let (name, uid) = (fields.next()?, fields.nth(1)?.parse().ok()?);
    let (gid, home) = (fields.next()?.parse().ok()?, fields.nth(1)?.into());
    let matches = match user {
        User::Name(wanted) => wanted == name,
        User::Number(wanted) => *wanted == uid,
    };
    matches.then_some(Account { uid, gid, home })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_missing_is_told_from_who_is_there() {
        assert!(!is_missing(&User::Name("root".into())) && !is_missing(&User::Number(0)));
        assert!(is_missing(&User::Name("no-such-user".into())));
    }

    #[test]
    fn a_line_of_passwd_is_an_account() {
        let line = "backup:x:34:35:backup:/var/backups:/usr/sbin/nologin";
        let account = Account { uid: 34, gid: 35, home: "/var/backups".into() };
        assert_eq!(matching(line, &User::Name("backup".into())), Some(account.clone()));
        assert_eq!(matching(line, &User::Number(34)), Some(account));
        assert_eq!(matching(line, &User::Number(0)), None);
        assert_eq!(matching("broken", &User::Number(0)), None);
    }
}
