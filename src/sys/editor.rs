//! A text in the person's editor.

use crate::job::JobName;
use std::env::var;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A text that is edited: a file in a folder of its own that nobody else can read.
#[derive(Debug)]
pub struct Draft {
    folder: TempDir,
    file: PathBuf,
    before: Vec<u8>,
}

impl Draft {
    /// A draft that begins with this text, under the name that the job file has.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn new(name: &JobName, text: &[u8]) -> io::Result<Draft> {
        let folder = tempfile::Builder::new().prefix("jobctl-").tempdir()?;
        let file = folder.path().join(format!("{name}.yaml"));
        fs::write(&file, text)?;
        Ok(Draft { folder, file, before: text.to_vec() })
    }

    /// Lets the person edit it: with `$VISUAL`, else `$EDITOR`, else one that is there.
    ///
    /// # Errors
    /// That there is no editor, or that it failed.
    pub fn edit(&self) -> io::Result<()> {
        let chosen =
            ["VISUAL", "EDITOR"].into_iter().find_map(|name| var(name).ok().filter(|it| !it.trim().is_empty()));
        // as sh(1) splits it: an editor may have options
        let chosen = chosen.map(|line| shell_words::split(&line).map_err(io::Error::other)).transpose()?;
        let usual = ["sensible-editor", "editor", "nano", "vi"].map(|name| vec![name.to_owned()]);
        let candidates = chosen.map_or(usual.to_vec(), |chosen| vec![chosen]);
        for words in &candidates {
            let [program, options @ ..] = words.as_slice() else { continue };
            match Command::new(program).args(options).arg(&self.file).status() {
                Ok(status) if status.success() => return Ok(()),
                Ok(status) => return Err(io::Error::other(format!("{program} ended with {status}"))),
                Err(error) if error.kind() == io::ErrorKind::NotFound && candidates.len() > 1 => {}
                Err(error) => return Err(io::Error::new(error.kind(), format!("{program}: {error}"))),
            }
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "there is no editor; set EDITOR"))
    }

    /// What stands in it now.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn text(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.file)
    }

    /// Whether a text is another than it was at first.
    pub fn is_changed(&self, text: &[u8]) -> bool {
        self.before != text
    }

    /// Leaves the file where it is, and tells where.
    pub fn keep(self) -> String {
        let Draft { folder, file, .. } = self;
        let _ = folder.keep();
        file.display().to_string()
    }
}
