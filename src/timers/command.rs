//! Lines such as `ExecStart=` → values of the key `command`.

use super::Said;
use super::environment::filled;
use super::file::{Assignment, Unit};
use super::words::{split, with_specifiers};

/// The commands of a service, in the order in which systemd runs them, and what is different here.
///
/// # Errors
/// What none of our commands can be.
pub(super) fn commands(
    unit: &Unit,
    service: &str,
    variables: &[(String, String)],
) -> Result<(Vec<String>, Vec<Said>), Said> {
    let mut found = Vec::new();
    let mut said = Vec::new();
    let keys = ["ExecStartPre", "ExecStart", "ExecStartPost"];
    for line in keys.iter().flat_map(|key| unit.all("Service", key)) {
        let refused = |what: String| Said::not_carried(&line.at, format!("{}=: {what}", line.key));
        let words = split(&line.value).map_err(refused)?;
        for words in words.split(|word| word == ";").filter(|words| !words.is_empty()) {
            found.push(command(words, line, service, variables, &mut said).map_err(refused)?);
        }
    }
    if unit.all("Service", "ExecStart").is_empty() {
        return Err(Said::not_carried(&unit.at, "there is no ExecStart=, so nothing to run"));
    }
    Ok((found, said))
}

fn command(
    words: &[String],
    line: &Assignment,
    service: &str,
    variables: &[(String, String)],
    said: &mut Vec<Said>,
) -> Result<String, String> {
    let mut program = words[0].as_str();
    let mut expands = true;
    while let Some(sign) = program.chars().next().filter(|c| "-@:+!|".contains(*c)) {
        program = &program[1..];
        match sign {
            '-' => said.push(Said::not_carried(
                &line.at,
                format!("{}=: with the minus a failure did not count; here it does, and ends the run", line.key),
            )),
            ':' => expands = false,
            '@' => return Err("a job cannot give its program another name (@)".to_owned()),
            '|' => return Err("write the shell that is to run it".to_owned()),
            _ => return Err(format!("it runs with more rights ({sign}) than any job has")),
        }
    }
    let mut all = vec![with_specifiers(program, service)?];
    for word in &words[1..] {
        let word = if word == "\\;" { ";" } else { word };
        let word = with_specifiers(word, service)?;
        if expands {
            all.extend(filled(&word, variables)?);
        } else {
            all.push(word);
        }
    }
    Ok(shell_words::join(all))
}

#[cfg(test)]
mod tests {
    use super::super::file::Source;
    use super::*;

    fn of(lines: &str) -> Result<Vec<String>, String> {
        let text = format!("[Service]\n{lines}");
        let unit = Unit::read(&[Source { label: "f", bytes: text.as_bytes() }]);
        let variables = [("A".to_owned(), "1 2".to_owned())];
        commands(&unit, "x.service", &variables).map(|(commands, _)| commands).map_err(|said| said.what)
    }

    #[test]
    fn commands_keep_their_words() {
        for (lines, expected) in [
            ("ExecStart=/bin/x 'a b' $A ${A} %n", &["/bin/x 'a b' 1 2 '1 2' x.service"][..]),
            ("ExecStart=:/bin/x $A 100%%", &["/bin/x '$A' '100%'"]),
            ("ExecStart=-/bin/x", &["/bin/x"]),
            ("ExecStart=/bin/x ; /bin/y \\; z", &["/bin/x", "/bin/y ';' z"]),
            ("ExecStart=/bin/b\nExecStartPost=/bin/c\nExecStartPre=/bin/a\n", &["/bin/a", "/bin/b", "/bin/c"]),
            ("ExecStart=/bin/sh -c \"a && b > c\"", &["/bin/sh -c 'a && b > c'"]),
        ] {
            assert_eq!(of(lines).unwrap(), expected, "{lines}");
        }
        for (lines, why) in [
            ("", "nothing to run"),
            ("ExecStartPre=/bin/a", "nothing to run"),
            ("ExecStart=+/bin/x", "more rights (+)"),
            ("ExecStart=!!/bin/x", "more rights (!)"),
            ("ExecStart=@/bin/x y", "another name"),
            ("ExecStart=/bin/x 'a", "ExecStart=: a quote"),
            ("ExecStart=/bin/x $HOME", "the variable HOME"),
            ("ExecStart=/bin/x %h", "%h"),
        ] {
            let error = of(lines).unwrap_err();
            assert!(error.contains(why), "{lines}: {error}");
        }
    }
}
