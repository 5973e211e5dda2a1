//! zsh: gets values with their descriptions, and quotes them itself.

use super::candidates::Titles;
use clap::Command;
use clap_complete::env::EnvCompleter;
use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

/// Completion in zsh.
pub(super) struct Zsh;

/// The file is a function that is loaded at its first call, which is a press of the key already; or somebody sources
/// it. A line is a value, and after a colon what it is.
const SCRIPT: &str = r#"#compdef PROGRAM
# Completion of PROGRAM in zsh: COMPLETER finds the candidates.
_PROGRAM() {
    local -a found folders
    found=("${(@f)$(VARIABLE=zsh COMPLETER -- "PROGRAM" "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    found=(${found:#})
    # a folder is not the end of a word
    folders=(${(M)found:#*/})
    found=(${found:#*/})
    (( ${#folders} )) && _describe -V 'folders' folders -S ''
    (( ${#found} )) && _describe -V 'candidates' found
}
if [[ ${funcstack[1]} == _PROGRAM ]]; then
    _PROGRAM "$@"
else
    compdef _PROGRAM PROGRAM
fi
"#;

impl EnvCompleter for Zsh {
    fn name(&self) -> &'static str {
        "zsh"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        variable: &str,
        _name: &str,
        program: &str,
        completer: &str,
        to: &mut dyn Write,
    ) -> Result<(), Error> {
        let script = SCRIPT.replace("PROGRAM", program).replace("COMPLETER", completer).replace("VARIABLE", variable);
        to.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        arguments: Vec<OsString>,
        folder: Option<&Path>,
        to: &mut dyn Write,
    ) -> Result<(), Error> {
        let words: Vec<String> = arguments.iter().map(|it| it.to_string_lossy().into_owned()).collect();
        for candidate in super::candidates(command, &words, Titles::Shown, folder) {
            let value = candidate.get_value().to_string_lossy();
            write!(to, "{}", value.replace('\\', "\\\\").replace(':', "\\:"))?;
            if let Some(help) = candidate.get_help() {
                let help = help.to_string();
                write!(to, ":{}", help.lines().next().unwrap_or_default().replace('\\', "\\\\"))?;
            }
            writeln!(to)?;
        }
        Ok(())
    }
}
