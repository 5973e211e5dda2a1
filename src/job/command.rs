//! A command as a list of words: what the original's users write as one line of shell words.

use std::fmt;

/// One command to run: a program and its arguments. There is no shell between them and the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine(Vec<String>);

/// Why a text is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// No word at all, or an empty program name.
    Empty,
    /// A quote is opened and not closed.
    UnclosedQuote,
    /// A line break inside.
    LineBreak,
    /// A NUL byte, which no argument of a program can hold.
    Nul,
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CommandError::Empty => "the command is empty",
            CommandError::UnclosedQuote => "a quote is opened and not closed",
            CommandError::LineBreak => "a command is one line",
            CommandError::Nul => "a command holds no NUL byte",
        })
    }
}

impl std::error::Error for CommandError {}

impl CommandLine {
    /// Splits a line by the word rules of the POSIX shell: quotes and backslashes, nothing else.
    /// No variable, wildcard, pipe or redirection has a meaning (the original: Python's `shlex`).
    pub fn parse(line: &str) -> Result<Self, CommandError> {
        if line.contains(['\n', '\r']) {
            return Err(CommandError::LineBreak);
        }
        if line.contains('\0') {
            return Err(CommandError::Nul);
        }
        let words = shell_words::split(line).map_err(|_| CommandError::UnclosedQuote)?;
        match words.first() {
            Some(program) if !program.is_empty() => Ok(CommandLine(words)),
            _ => Err(CommandError::Empty),
        }
    }

    /// The program, as the job names it.
    pub fn program(&self) -> &str {
        &self.0[0]
    }

    /// The arguments after the program.
    pub fn arguments(&self) -> &[String] {
        &self.0[1..]
    }
}

/// The command as a shell would read it back.
impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shell_words::join(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_the_posix_shell() {
        let words = |line| CommandLine::parse(line).map(|command| command.0);
        assert_eq!(words("echo 'a b' \"c d\" e\\ f"), Ok(["echo", "a b", "c d", "e f"].map(String::from).to_vec()));
        assert_eq!(
            words("ls *.txt > x | y $HOME"),
            Ok(["ls", "*.txt", ">", "x", "|", "y", "$HOME"].map(String::from).to_vec())
        );
        assert_eq!(words("grep '['"), Ok(["grep", "["].map(String::from).to_vec()));
        assert_eq!(words("true ''"), Ok(["true", ""].map(String::from).to_vec()));
    }

    #[test]
    fn what_is_no_command_says_why() {
        for (line, why) in [
            ("", CommandError::Empty),
            ("   ", CommandError::Empty),
            ("'' x", CommandError::Empty),
            ("echo 'x", CommandError::UnclosedQuote),
            ("a\nb", CommandError::LineBreak),
            ("a\0b", CommandError::Nul),
        ] {
            assert_eq!(CommandLine::parse(line), Err(why), "{line:?}");
        }
    }
}
