//! A job file in the person's editor, until they are content with it.

use super::refusal::Refusal;
use super::{save, say};
use crate::app::exit;
use crate::config::Config;
use crate::job::JobName;
use crate::sys::editor::Draft;
use crate::sys::voice::speak;
use std::io::{BufRead, IsTerminal};

/// Where the text is that could not be saved.
pub(super) fn kept(draft: Draft) {
    say(&format!("what you wrote is kept as {}", draft.keep()));
}

/// The text with which the person is content.
pub(super) fn edited(config: &Config, name: &JobName, draft: Draft) -> Result<(Draft, Vec<u8>), Refusal> {
    loop {
        let text = draft.edit().and_then(|()| draft.text());
        let text = match text {
            Ok(text) => text,
            Err(error) => return Err(Refusal::new(exit::NOT_MADE, format!("nothing was saved: {error}"))),
        };
        if !draft.is_changed(&text) || save::check(config, name, &text).errors == 0 {
            return Ok((draft, text));
        }
        match asked() {
            Answer::Again => {}
            Answer::Save => return Ok((draft, text)),
            Answer::GiveUp => {
                let what = format!("nothing was saved; what you wrote is kept as {}", draft.keep());
                return Err(Refusal::new(exit::ERRORS, what));
            }
        }
    }
}

enum Answer {
    Again,
    Save,
    GiveUp,
}

/// What to do with a text that has errors. Where nobody can answer, nothing is saved.
fn asked() -> Answer {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Answer::GiveUp;
    }
    loop {
        speak("the file has errors, and the job would not run. Edit again, save all the same, or give up? [e/s/g] ");
        let mut answer = String::new();
        match stdin.lock().read_line(&mut answer).map(|_| answer.trim()) {
            Ok("e") => return Answer::Again,
            Ok("s") => return Answer::Save,
            Ok("g" | "") | Err(_) => return Answer::GiveUp,
            Ok(_) => {}
        }
    }
}
