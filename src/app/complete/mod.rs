//! Completion of command lines, for `jobctl` and for `run-job`: one file for each shell.
//!
//! The shells load scripts that are made here. At each press of the key such a script calls `jobctl`, with a variable
//! that names the shell, and with what was typed so far after `--`. `run-job` starts often, and so carries nothing of
//! this: `jobctl` completes it too.

mod bash;
mod candidates;
mod fish;
mod words;
mod zsh;

use super::args::{JobCtl, RunJob};
use bash::Bash;
use candidates::{Titles, with_candidates};
use clap::{Command, CommandFactory};
use clap_complete::engine::{self, CompletionCandidate};
use clap_complete::env::{CompleteEnv, EnvCompleter, Shells};
use fish::Fish;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use zsh::Zsh;

/// The variable that names the shell.
pub const VARIABLE: &str = "PROCESS_CONTROL_COMPLETE";
/// The program that knows the candidates.
const COMPLETER: &str = "jobctl";
/// The programs whose command lines are completed.
const PROGRAMS: [&str; 2] = [COMPLETER, "run-job"];

/// What a shell loads to complete the command lines of one program.
#[derive(Clone, Debug)]
pub struct Script {
    /// The shell.
    pub shell: &'static str,
    /// The name of the file by which the shell finds it.
    pub file: String,
    /// What stands in it.
    pub text: String,
}

/// The scripts of all shells and programs.
pub fn scripts() -> Vec<Script> {
    let shells: [(&dyn EnvCompleter, &str, &str); 3] = [(&Bash, "", ""), (&Zsh, "_", ""), (&Fish, "", ".fish")];
    let scripts = shells.iter().flat_map(|(shell, before, after)| {
        PROGRAMS.map(|program| {
            let mut text = Vec::new();
            shell
                .write_registration(VARIABLE, program, program, COMPLETER, &mut text)
                .expect("memory takes every write");
            let text = String::from_utf8(text).expect("scripts are UTF-8");
            Script { shell: shell.name(), file: format!("{before}{program}{after}"), text }
        })
    });
    scripts.collect()
}

/// Completes, if the variable says that the program was called for that. Whoever presses a key wants no messages:
/// where nothing can be told, there are no candidates.
pub(super) fn complete() -> bool {
    let arguments: Vec<OsString> = env::args_os().collect();
    let program = arguments.iter().skip_while(|word| *word != "--").nth(1);
    let is_run_job = program.and_then(|word| Path::new(word).file_name()).is_some_and(|name| name == "run-job");
    let completion = CompleteEnv::with_factory(|| if is_run_job { RunJob::command() } else { JobCtl::command() })
        .var(VARIABLE)
        .completer(COMPLETER)
        .shells(Shells(&[&Bash, &Zsh, &Fish]));
    completion.try_complete(arguments, env::current_dir().ok().as_deref()).unwrap_or(true)
}

/// What the last of these words may become; the first one is the program.
fn candidates(command: &Command, words: &[String], titles: Titles, folder: Option<&Path>) -> Vec<CompletionCandidate> {
    let last = words.last().map(String::as_str).unwrap_or_default();
    let mut definition = with_candidates(command.clone(), words, titles);
    let typed = words.iter().map(OsString::from).collect();
    let mut found = engine::complete(&mut definition, typed, words.len() - 1, folder).unwrap_or_default();
    // who has typed nothing yet looks for a job or a verb
    if last.is_empty() && !found.iter().all(is_option) {
        found.retain(|candidate| !is_option(candidate));
    }
    in_order(command, last, found)
}

fn is_option(candidate: &CompletionCandidate) -> bool {
    candidate.get_id().is_some_and(|id| id.starts_with("arg::"))
}

/// Of a verb and its aliases the engine keeps the one that is first in the alphabet. Better is the verb, if it begins
/// with what was typed; and verbs in the order of the help.
fn in_order(command: &Command, typed: &str, found: Vec<CompletionCandidate>) -> Vec<CompletionCandidate> {
    let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let place = |candidate: &CompletionCandidate| {
        let verb = candidate.get_id()?.strip_prefix("command::")?;
        verbs.iter().position(|known| *known == verb)
    };
    let mut found: Vec<(Option<usize>, CompletionCandidate)> = found
        .into_iter()
        .map(|candidate| match place(&candidate) {
            Some(place) if verbs[place].starts_with(typed) => {
                (Some(place), CompletionCandidate::new(verbs[place]).help(candidate.get_help().cloned()))
            }
            place => (place, candidate),
        })
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}
