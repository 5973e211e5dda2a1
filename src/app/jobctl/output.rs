//! What runs say, shown as they say it; and where it stands.

use super::{print_line, say};
use crate::config::Config;
use crate::job::JobName;
use crate::job::text::printable;
use crate::status::log::{Line, Speaker, said};
use crate::sys::history::Store;
use crate::sys::journal::{self, Access, Follow, Query};
use crate::sys::run_log::{self, Tail};
use std::ops::ControlFlow;
use std::path::Path;

/// Where we may read what runs said.
pub(super) enum Source<'a> {
    Journal,
    /// The log files below this folder, as the journal is of no use.
    Files(Access, &'a Path),
    Nowhere(Access),
}

impl Source<'_> {
    pub(super) fn of(config: &Config) -> Source<'_> {
        match (journal::access(), &config.output_directory) {
            (Access::Granted, _) => Source::Journal,
            (access, Some(folder)) => Source::Files(access, folder),
            (access, None) => Source::Nowhere(access),
        }
    }
}

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
        match Source::of(config) {
            Source::Journal => {
                let query = Query::runs(runs.iter().map(|(_, run)| *run));
                let names: Vec<(JobName, String)> =
                    runs.iter().map(|(name, run)| ((*name).clone(), (*run).to_owned())).collect();
                Follow::begin(query, Box::new(move |line| show(&line, &names))).map_or_else(
                    |error| {
                        say(&format!("nothing is shown of what it says: {error}"));
                        Output::Nowhere
                    },
                    Output::Journal,
                )
            }
            Source::Files(access, folder) => {
                say(&format!("{}; so its log file is shown", why(access)));
                Output::Files(runs.iter().map(|(name, run)| tail(config, folder, name, run)).collect())
            }
            Source::Nowhere(access) => {
                say(&format!("{}; so nothing is shown of what it says", why(access)));
                Output::Nowhere
            }
        }
    }

    /// The runs have ended: shows their last words.
    pub(super) fn finish(self) {
        let not_shown = |error| say(&format!("the end of what it said cannot be shown: {error}"));
        match self {
            Output::Journal(follow) => follow.finish().unwrap_or_else(not_shown),
            Output::Files(tails) => tails.into_iter().for_each(|tail| tail.finish().unwrap_or_else(not_shown)),
            Output::Nowhere => {}
        }
    }
}

fn tail(config: &Config, folder: &Path, name: &JobName, run: &str) -> Tail {
    let store = Store::new(&config.state_directory);
    let (folder, name) = (folder.to_owned(), name.clone());
    let mut wanted = Some(run.to_owned());
    let next = move || {
        // the file is named after the start, which the record of the start tells
        let start = wanted.as_ref().and_then(|run| store.read(&name).ok()?.history.run(run)?.start);
        let log = start.map_or(Ok(None), |start| run_log::open_if_there(&folder, &name, start))?;
        wanted = wanted.take().filter(|_| log.is_none());
        Ok(log)
    };
    Tail::begin(Box::new(next), Box::new(|line| print_line(&printable(line))))
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
