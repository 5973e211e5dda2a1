//! What was told of invalid jobs: a file of the service user, so every job can write it. Who does can have a mail sent
//! again, or not at all.

use super::replace::{self, Existing, Lasting};
use super::spool::{Unread, contents};
use crate::notice::Told;
use rustix::io::Errno;
use std::io;
use std::path::{Path, PathBuf};

const FOLDER: &str = "told";
const FILE: &str = "invalid.json";
/// More than we write.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// The file.
#[derive(Clone, Debug)]
pub struct Memory {
    folder: PathBuf,
}

impl Memory {
    /// That of a notice directory.
    pub fn new(notice_directory: &Path) -> Memory {
        Memory { folder: notice_directory.join(FOLDER) }
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// What was told. Nothing where there is no file yet.
    ///
    /// # Errors
    /// Why it is none of ours, or why it cannot be read.
    pub fn read(&self) -> Result<Told, Unread> {
        match contents(&self.path(), MAX_BYTES) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| Unread::NoNotice(error.to_string())),
            Err(Unread::Failed(error)) if Errno::from_io_error(&error) == Some(Errno::NOENT) => Ok(Told::default()),
            Err(error) => Err(error),
        }
    }

    /// Puts it in the place of what was there.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn write(&self, told: &Told) -> io::Result<Lasting> {
        replace::write(&self.folder, FILE, 0o640, &serde_json::to_vec(told)?, Existing::Replaced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::{Broken, Found};
    use std::fs;

    #[test]
    fn it_is_kept_and_nothing_else_is_taken_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::new(folder.path());
        assert!(memory.write(&Told::default()).is_err(), "without its folder");
        fs::create_dir(folder.path().join(FOLDER)).unwrap();
        assert_eq!(memory.read().unwrap(), Told::default());
        let broken = Broken {
            job: "tea".to_owned(),
            file: "/x/tea.yaml".to_owned(),
            line: 3,
            error: "command: missing".to_owned(),
            problems: Vec::new(),
        };
        let mail = crate::job::FailMail { from_address: "a@b".to_owned(), to_address: "c@d".to_owned(), smtp: None };
        let told = Told::of(&[Found { broken, to: Some(mail) }]);
        memory.write(&told).unwrap().surely().unwrap();
        assert_eq!(memory.read().unwrap(), told);
        let is_refused = || matches!(memory.read(), Err(Unread::NoNotice(_)));
        for text in ["[1, 2]", "{\"a\": 1}", "half {"] {
            fs::write(memory.path(), text).unwrap();
            assert!(is_refused(), "{text}");
        }
        fs::write(memory.path(), vec![b' '; usize::try_from(MAX_BYTES).unwrap() + 1]).unwrap();
        assert!(is_refused());
        fs::remove_file(memory.path()).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", memory.path()).unwrap();
        assert!(is_refused());
        // it is put aside by the next one
        memory.write(&told).unwrap().surely().unwrap();
        assert_eq!(memory.read().unwrap(), told);
    }
}
