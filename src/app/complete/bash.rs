//! bash: gets values that are quoted for the place where the cursor is, as it adds them to the line as they are.

use super::candidates::Titles;
use super::words::{Line, quoted};
use clap::Command;
use clap_complete::env::EnvCompleter;
use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

/// Completion in bash.
pub(super) struct Bash;

/// bash splits words at `:` and `=` too, and tells only in the line itself what was quoted how. So it hands over the
/// line. After `<` and `>` it completes the names of files, as everywhere.
const SCRIPT: &str = r#"# Completion of PROGRAM in bash: COMPLETER finds the candidates.
_FUNCTION() {
    COMPREPLY=()
    if [[ ${COMP_WORDS[COMP_CWORD-1]} == *[\<\>]* ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    mapfile -t COMPREPLY < <(
        VARIABLE=bash COMPLETER -- PROGRAM "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null
    )
    # a folder is not the end of a word
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o nosort -F _FUNCTION PROGRAM
"#;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        program: &str,
        completer: &str,
        to: &mut dyn Write,
    ) -> Result<(), Error> {
        let script = SCRIPT
            .replace("FUNCTION", &name.replace('-', "_"))
            .replace("PROGRAM", program)
            .replace("COMPLETER", completer)
            .replace("VARIABLE", variable);
        to.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        arguments: Vec<OsString>,
        folder: Option<&Path>,
        to: &mut dyn Write,
    ) -> Result<(), Error> {
        let arguments: Vec<String> = arguments.iter().map(|it| it.to_string_lossy().into_owned()).collect();
        let [_, line, breaks] = arguments.as_slice() else { return Ok(()) };
        let Line { words, kept, quote } = Line::read(line, breaks);
        for candidate in super::candidates(command, &words, Titles::Left, folder) {
            let value = candidate.get_value().to_string_lossy();
            if let Some(rest) = value.get(kept..) {
                writeln!(to, "{}", quoted(rest, quote))?;
            }
        }
        Ok(())
    }
}
