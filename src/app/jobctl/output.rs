//! What runs say, shown as they say it.

use super::{print_line, say};
use crate::config::Config;
use crate::job::JobName;
use crate::job::text::printable;
use crate::status::log::{Line, Speaker, said};
use crate::sys::history::Store;
use crate::sys::journal::{self, Access, Follow, Query};
use crate::sys::run_log::{self, Tail};
use std::ops::ControlFlow;

/// The output of runs that go on.
pub(super) enum Output {
    Journal(Follow),
    Files(Vec<Tail>),
    Nowhere,
}

impl Output {
    /// Begins with what they have said already. That nothing can be shown is said, and ends nothing.
    pub(super) fn begin(config: &Config, runs: &[(&JobName, &str)]) -> Output {
        if runs.is_empty() {
            return Output::Nowhere;
        }
        let names: Vec<(JobName, String)> =
            runs.iter().map(|(name, run)| ((*name).clone(), (*run).to_owned())).collect();
        let shown = match (journal::access(), &config.output_directory) {
            (Access::Granted, _) => {
                let query = Query::runs(runs.iter().map(|(_, run)| *run));
                Follow::begin(query, Box::new(move |line| show(&line, &names))).map(Output::Journal)
            }
            (access, Some(folder)) => {
                say(&format!("{}; so its log file is shown", why(access)));
                let tails = runs.iter().map(|(name, run)| {
                    let store = Store::new(&config.state_directory);
                    let (folder, name, run) = (folder.clone(), (*name).clone(), (*run).to_owned());
                    // the file is named after the start, which the record of the start tells
                    let path = move || {
                        let start = store.read(&name).ok()?.history.run(&run)?.start?;
                        Some(run_log::path(&folder, &name, start))
                    };
                    Tail::begin(Box::new(path), Box::new(|line| print_line(&printable(line))))
                });
                Ok(Output::Files(tails.collect()))
            }
            (access, None) => {
                say(&format!("{}; so nothing is shown of what it says", why(access)));
                Ok(Output::Nowhere)
            }
        };
        shown.unwrap_or_else(|error| {
            say(&format!("nothing is shown of what it says: {error}"));
            Output::Nowhere
        })
    }

    /// The runs have ended: shows their last words.
    pub(super) fn finish(self) {
        match self {
            Output::Journal(follow) => {
                if let Err(error) = follow.finish() {
                    say(&format!("the end of what it said cannot be shown: {error}"));
                }
            }
            Output::Files(tails) => tails.into_iter().for_each(Tail::finish),
            Output::Nowhere => {}
        }
    }
}

/// What the jobs themselves say; with the name of each where they are several.
fn show(line: &Line, runs: &[(JobName, String)]) -> ControlFlow<()> {
    let Speaker::Run(run) = &line.from else { return ControlFlow::Continue(()) };
    match runs.iter().find(|(_, id)| id == run).filter(|_| runs.len() > 1) {
        Some((name, _)) => print_line(&format!("{name}: {}", said(line))),
        None => print_line(&said(line)),
    }
}

/// Why the journal is of no use, and the cure.
pub(super) fn why(access: Access) -> &'static str {
    match access {
        Access::Denied => "you may not read the journal: members of the group systemd-journal may, and root",
        Access::Granted | Access::NoJournal => "there is no journal on this host",
    }
}
