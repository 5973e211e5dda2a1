//! fish: gets values with their descriptions, and quotes them itself.

use super::candidates::Titles;
use super::words::unquoted;
use clap::Command;
use clap_complete::env::EnvCompleter;
use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

/// Completion in fish.
pub(super) struct Fish;

/// The words before the cursor have no quotes any more, but for the one at the cursor.
const SCRIPT: &str = r"# Completion of PROGRAM in fish: COMPLETER finds the candidates.
function __FUNCTION_candidates
    set -l before (commandline --current-process --tokenize --cut-at-cursor)
    set -l last (commandline --current-token --cut-at-cursor)
    VARIABLE=fish COMPLETER -- PROGRAM $before $last 2>/dev/null
end
complete --command PROGRAM --no-files --keep-order --arguments '(__FUNCTION_candidates)'
";

impl EnvCompleter for Fish {
    fn name(&self) -> &'static str {
        "fish"
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
        // the first is the program by its name, the second as it was typed
        let words = arguments.iter().skip(1).map(|it| it.to_string_lossy().into_owned());
        let mut words: Vec<String> = words.collect();
        let Some(last) = words.last_mut() else { return Ok(()) };
        *last = unquoted(last);
        for candidate in super::candidates(command, &words, Titles::Shown, folder) {
            write!(to, "{}", candidate.get_value().to_string_lossy())?;
            if let Some(help) = candidate.get_help() {
                write!(to, "\t{}", help.to_string().lines().next().unwrap_or_default())?;
            }
            writeln!(to)?;
        }
        Ok(())
    }
}
