//! `jobctl reload`: makes systemd read the job files, and says what changed, job by job.

use super::refusal::Refusal;
use super::{configuration, print};
use crate::app::args::Reload;
use crate::app::changes::{Ended, Look, When, reload as reload_systemd};
use crate::app::exit;
use crate::app::translate::line;
use crate::status::changes;
use crate::sys::invocation::Invocation;
use crate::sys::voice::{Priority, Voice};

/// Reloads.
pub(super) fn reload(arguments: &Reload) -> Result<u8, Refusal> {
    let config = configuration()?;
    let when = if arguments.if_changed { When::IfChanged } else { When::Always };
    let mut changed = false;
    let ended = reload_systemd(&config, when, |look| {
        changed = !look.changes.is_empty();
        print(&changes(&look.changes));
        // the regular look would repeat them every five minutes
        if changed || when == When::Always {
            report(look);
        }
    });
    match ended.map_err(|error| Refusal::new(exit::UNAVAILABLE, format!("{error:#}")))? {
        Ended::Well if changed || arguments.if_changed => Ok(exit::OK),
        Ended::Well => {
            print("nothing has changed\n");
            Ok(exit::OK)
        }
        Ended::NoJobs => {
            let folder = config.job_directory.display();
            Err(Refusal::new(exit::NO_JOB, format!("there is no job directory {folder}; systemd was not reloaded")))
        }
        Ended::Refused => {
            let by_itself =
                "only root may reload systemd; but it happens by itself, a few seconds after a file has changed";
            Err(Refusal::new(exit::REFUSED, by_itself))
        }
    }
}

/// The generator's own words may be lost in the kernel's log; these reach the journal.
fn report(look: &Look) {
    let voice = Voice::of("jobctl", &Invocation::detect());
    for (path, problem) in &look.said.problems {
        voice.say(Priority::of(problem), &line(path, problem));
    }
    if look.said.hidden > 0 {
        let hidden = look.said.hidden;
        voice.say(Priority::Error, &format!("{hidden} more lines of problems: jobctl check shows all"));
    }
}
