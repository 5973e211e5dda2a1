//! Opens a run log for a reader. Its folder is the job's, which can put anything there: a link to what only the reader
//! may read, or to what never ends, or a FIFO that nobody writes to.

use super::path;
use crate::job::JobName;
use chrono::{DateTime, Utc};
use rustix::fs::{FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Opens the log of a run, if it is a regular file in a folder that is no link.
///
/// # Errors
/// Why it cannot be opened, with its path.
pub fn open(output_directory: &Path, job: &JobName, start: DateTime<Utc>) -> io::Result<File> {
    let path = path(output_directory, job, start);
    regular(output_directory, job, &path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// The same of a run whose log may not be there yet: then none.
///
/// # Errors
/// As [`open`].
pub fn open_if_there(output_directory: &Path, job: &JobName, start: DateTime<Utc>) -> io::Result<Option<File>> {
    match open(output_directory, job, start) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

fn regular(output_directory: &Path, job: &JobName, path: &Path) -> io::Result<File> {
    let refused = |why: &str| io::Error::new(ErrorKind::InvalidInput, why);
    // PATH: who may not list the folder may read what is in it
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = match rustix::fs::open(output_directory.join(job.as_str()), flags, Mode::empty()) {
        Err(Errno::NOTDIR | Errno::LOOP) => return Err(refused("its folder is none, or a link")),
        folder => folder?,
    };
    let file = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let log = match openat(folder, file, flags, Mode::empty()) {
        Err(Errno::LOOP) => return Err(refused("it is a link")),
        // a socket
        Err(Errno::NXIO) => return Err(refused("it is no regular file")),
        log => log?,
    };
    match FileType::from_raw_mode(fstat(&log)?.st_mode) {
        FileType::RegularFile => Ok(log.into()),
        _ => Err(refused("it is no regular file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::run_log::read;
    use std::fs;
    use std::io::Write;
    use std::ops::ControlFlow;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::path::PathBuf;

    struct Scene {
        folder: tempfile::TempDir,
        job: JobName,
        log: PathBuf,
    }

    impl Scene {
        fn new() -> Scene {
            let (folder, job) = (tempfile::tempdir().unwrap(), JobName::new("tea").unwrap());
            fs::create_dir(folder.path().join("tea")).unwrap();
            let log = path(folder.path(), &job, DateTime::UNIX_EPOCH);
            Scene { folder, job, log }
        }

        fn open(&self) -> io::Result<File> {
            open(self.folder.path(), &self.job, DateTime::UNIX_EPOCH)
        }

        fn refused(&self) -> String {
            let error = self.open().unwrap_err().to_string();
            error.strip_prefix(&format!("{}: ", self.log.display())).unwrap().to_owned()
        }
    }

    #[test]
    fn a_log_that_is_no_regular_file_is_not_read() {
        let scene = Scene::new();
        assert_eq!(scene.open().unwrap_err().kind(), ErrorKind::NotFound);
        let aside = scene.folder.path().join("aside");
        fs::write(&aside, "secret\n").unwrap();
        for target in [&aside, Path::new("/dev/zero")] {
            symlink(target, &scene.log).unwrap();
            assert_eq!(scene.refused(), "it is a link");
            fs::remove_file(&scene.log).unwrap();
        }
        rustix::fs::mknodat(rustix::fs::CWD, &scene.log, FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert_eq!(scene.refused(), "it is no regular file");
        fs::remove_file(&scene.log).unwrap();
        let _listener = UnixListener::bind(&scene.log).unwrap();
        assert_eq!(scene.refused(), "it is no regular file");
        fs::remove_file(&scene.log).unwrap();
        fs::create_dir(&scene.log).unwrap();
        assert_eq!(scene.refused(), "it is no regular file");
        fs::remove_dir(&scene.log).unwrap();
        fs::rename(&aside, &scene.log).unwrap();
        scene.open().unwrap();
        // the folder itself
        fs::rename(scene.folder.path().join("tea"), &aside).unwrap();
        symlink(&aside, scene.folder.path().join("tea")).unwrap();
        assert_eq!(scene.refused(), "its folder is none, or a link");
    }

    #[test]
    fn a_line_that_never_ends_is_cut() {
        let scene = Scene::new();
        let mut file = File::create(&scene.log).unwrap();
        // a hole of a gigabyte costs a job nothing
        file.set_len(1 << 27).unwrap();
        io::Seek::seek(&mut file, io::SeekFrom::End(0)).unwrap();
        file.write_all(b"\nnext\nlast").unwrap();
        let mut lines = Vec::new();
        let each = |line: &str| {
            lines.push((line.len(), line.ends_with(" [cut]")));
            ControlFlow::Continue(())
        };
        read(scene.open().unwrap(), each).unwrap();
        assert_eq!(lines, [(4 * 64 * 1024 + 6, true), (4, false), (4, false)]);
    }
}
