//! Keys `Environment=`, and what variables of it stand for in a command.

use super::Said;
use super::file::Unit;
use super::words::{split, with_specifiers};

/// The variables of a service, each once, and what is to be said of others.
pub(super) fn variables(unit: &Unit, service: &str) -> (Vec<(String, String)>, Vec<Said>) {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut said = Vec::new();
    for line in unit.all("Service", "Environment") {
        let words =
            split(&line.value).and_then(|words| words.iter().map(|word| with_specifiers(word, service)).collect());
        let words: Vec<String> = words.unwrap_or_else(|why: String| {
            said.push(Said::not_carried(&line.at, format!("Environment=: {why}")));
            Vec::new()
        });
        for word in words {
            match word.split_once('=') {
                Some((name, value)) if !name.is_empty() => {
                    found.retain(|(known, _)| known != name);
                    found.push((name.to_owned(), value.to_owned()));
                }
                _ => said.push(Said::not_carried(&line.at, "Environment=: this is no NAME=VALUE")),
            }
        }
    }
    (found, said)
}

/// A word of a command with its variables filled in: `${NAME}` within it, `$NAME` as a word of its own, which may become
/// several words or none. `$$` is a dollar sign.
///
/// # Errors
/// Which variable is not known.
pub(super) fn filled(word: &str, variables: &[(String, String)]) -> Result<Vec<String>, String> {
    let value = |name: &str| {
        let found = variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        found.ok_or_else(|| {
            format!("the variable {name} is set elsewhere; write its value, or let a shell run the command")
        })
    };
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if let Some(name) = word.strip_prefix('$').filter(|name| is_name(name)) {
        let value = value(name)?;
        if value.contains(['"', '\'', '\\']) {
            return Err(format!("the variable {name} has quotes in it; write its value"));
        }
        return Ok(value.split_whitespace().map(ToOwned::to_owned).collect());
    }
    let mut out = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let braces = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = braces {
            if !is_name(name) {
                return Err(format!("what ${{{name}}} stands for is known to systemd alone; write its value"));
            }
            out.push_str(value(name)?);
            rest = after;
        } else {
            out.push('$');
        }
    }
    out.push_str(rest);
    Ok(vec![out])
}

#[cfg(test)]
mod tests {
    use super::super::file::Source;
    use super::*;

    #[test]
    fn later_ones_win_and_quotes_hold_whole_assignments() {
        let text = b"[Service]\nEnvironment=A=1 \"B=2 3\" C=%n\nEnvironment=A=4 wrong\nEnvironment=D=%h\n";
        let (variables, said) = variables(&Unit::read(&[Source { label: "f", bytes: text }]), "x.service");
        let pairs: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(pairs, [("B", "2 3"), ("C", "x.service"), ("A", "4")]);
        assert_eq!(said.iter().map(|said| said.at.as_str()).collect::<Vec<_>>(), ["f:3", "f:4"]);
    }

    #[test]
    fn variables_in_commands() {
        let variables =
            [("A", "1 2"), ("E", ""), ("Q", "'x'")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        for (word, expected) in [
            ("$A", &["1 2"].map(|_| "1")[..0]),
            ("x${A}y$$${E}", &["x1 2y$"][..]),
            ("a$A", &["a$A"]),
            ("$", &["$"]),
            ("$E", &[]),
            ("100$", &["100$"]),
        ] {
            let expected: Vec<&str> = if word == "$A" { vec!["1", "2"] } else { expected.to_vec() };
            assert_eq!(filled(word, &variables).unwrap(), expected, "{word}");
        }
        for word in ["$HOME", "x${HOME}", "$Q", "${A:-x}"] {
            assert!(filled(word, &variables).is_err(), "{word}");
        }
    }
}
