//! `jobctl edit`: a job file in the person's editor.

use super::draft::{edited, kept};
use super::refusal::Refusal;
use super::{configuration, print, save, say};
use crate::app::args::Edit;
use crate::app::exit;
use crate::sys::editor::Draft;
use crate::sys::jobs::Folder;

/// Edits a job file. What an editor left is never thrown away because it is wrong.
pub(super) fn edit(arguments: &Edit) -> Result<u8, Refusal> {
    let config = configuration()?;
    let facts = super::chosen::single(&config, &arguments.job)?;
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let name = folder.behind(&facts.name).unwrap_or_else(|| facts.name.clone());
    if name != facts.name {
        say(&format!("{} is a link to {name}, which is edited", facts.name));
    }
    let before = match folder.read(&name) {
        Some(Ok(file)) => file.bytes,
        Some(Err(problem)) => return Err(Refusal::new(exit::NO_JOB, format!("{name}: {problem}"))),
        None => return Err(Refusal::new(exit::NO_JOB, format!("{name}: the file has gone"))),
    };
    let draft = Draft::new(&name, &before).map_err(|error| Refusal::new(exit::NOT_MADE, error.to_string()))?;
    let (draft, text) = edited(&config, &name, draft)?;
    if text == before {
        print("nothing was changed\n");
        return Ok(exit::OK);
    }
    let now = folder.read(&name).and_then(Result::ok).map(|file| file.bytes);
    if now.as_ref() != Some(&before) {
        let what = format!("{name}: somebody else has changed the file meanwhile; yours is kept as {}", draft.keep());
        return Err(Refusal::new(exit::NOT_MADE, what));
    }
    save::replace(&config, &folder, &name, &text).inspect_err(|_| kept(draft))
}
