//! The service user, by name or number, as it is written into units.

use std::fmt;

/// A user as the configuration names it: nobody has looked it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// By name.
    Name(String),
    /// By number.
    Number(u32),
}

impl Default for User {
    fn default() -> Self {
        User::Name("process-control".to_owned())
    }
}

impl User {
    /// What is read, for messages.
    pub const ALLOWED: &'static str = "a user's name of letters, digits, - and _, or a number";

    /// Reads a name or a number, by the strict rule of systemd ("User/Group Name Syntax"): what
    /// another program could take for an option, a number or a pattern is no name.
    pub fn parse(text: &str) -> Option<User> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // the two highest mean "nobody in particular" to the kernel
            return text.parse().ok().filter(|uid| *uid < u32::MAX && *uid != 65535).map(User::Number);
        }
        let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let holds = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        (begins && holds && text.len() <= 31).then(|| User::Name(text.to_owned()))
    }

    /// Whether it says root without being looked up. Another name of uid 0 is found by `run-job`.
    pub fn says_root(&self) -> bool {
        matches!(self, User::Number(0)) || matches!(self, User::Name(name) if name == "root")
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            User::Name(name) => f.write_str(name),
            User::Number(uid) => write!(f, "{uid}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::User;

    #[test]
    fn users_are_plain_names_or_numbers() {
        assert_eq!(User::parse("jenkins"), Some(User::Name("jenkins".into())));
        assert_eq!(User::parse("_apt"), Some(User::Name("_apt".into())));
        assert_eq!(User::parse("998"), Some(User::Number(998)));
        for text in ["", "-x", "a b", "a%i", "a\nExecStart=/bin/sh", "4294967295", "65535", "99999999999", "a.b", "é"]
        {
            assert_eq!(User::parse(text), None, "{text:?}");
        }
        assert!(User::parse("0").unwrap().says_root() && User::parse("000").unwrap().says_root());
        assert!(User::parse("root").unwrap().says_root());
    }
}
