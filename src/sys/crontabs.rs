//! Crontabs, where cron keeps them.

use super::replace::{self, Existing, Lasting};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// No crontab is longer.
const MAX_BYTES: u64 = 1 << 20;
/// cron reads what root alone can write, and others may look.
const MODE: u32 = 0o644;
/// Debian's folder of users' crontabs, then that of others.
const SPOOLS: &[&str] = &["/var/spool/cron/crontabs", "/var/spool/cron"];

/// The crontabs of the host itself.
#[derive(Debug, Default)]
pub struct System {
    /// Those that cron reads, sorted.
    pub files: Vec<PathBuf>,
    /// Those that Debian's cron leaves out for their names.
    pub left_out: Vec<PathBuf>,
}

/// Reads a crontab.
///
/// # Errors
/// Why it cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    whole(File::open(path)?)
}

/// Reads a crontab from stdin.
///
/// # Errors
/// Why it cannot be read.
pub fn read_stdin() -> io::Result<Vec<u8>> {
    whole(io::stdin().lock())
}

fn whole(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("longer than {MAX_BYTES} bytes, so no crontab")));
    }
    Ok(bytes)
}

/// Reads the crontab of a user, whose name has no slash in it, and says where it is.
///
/// # Errors
/// Where it should be, and why it cannot be read.
pub fn of_user(name: &str) -> Result<(PathBuf, Vec<u8>), (PathBuf, io::Error)> {
    in_spools(SPOOLS.iter().map(Path::new), name)
}

fn in_spools<'a>(
    spools: impl Iterator<Item = &'a Path>,
    name: &str,
) -> Result<(PathBuf, Vec<u8>), (PathBuf, io::Error)> {
    let mut first = None;
    for path in spools.map(|spool| spool.join(name)) {
        match read(&path) {
            Ok(bytes) => return Ok((path, bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                first.get_or_insert((path, error));
            }
            Err(error) => return Err((path, error)),
        }
    }
    Err(first.expect("there is a folder to look into"))
}

/// Writes a crontab of the host in the place of the one that is there. It keeps its mode; cron wants it to be root's.
///
/// # Errors
/// Why it cannot be written; then the old one is there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // where a link leads the link stays
    let path = path.canonicalize().or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(path.to_owned()),
        _ => Err(error),
    })?;
    let (Some(folder), Some(file)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(ErrorKind::InvalidFilename.into());
    };
    let mode = path.metadata().map_or(MODE, |found| found.permissions().mode());
    replace::write(folder, file, mode, bytes, Existing::Replaced).and_then(Lasting::surely)
}

/// Gives a user this crontab, by crontab(1): it knows how cron wants it, and root may.
///
/// # Errors
/// Why not; then the old one is there.
pub fn install(user: &str, bytes: &[u8]) -> io::Result<()> {
    let mut crontab = Command::new("crontab").args(["-u", user, "-"]).stdin(Stdio::piped()).spawn()?;
    // closed at the end of the statement, so that crontab sees the end
    let written = crontab.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(bytes));
    let ended = crontab.wait()?;
    written?;
    if ended.success() { Ok(()) } else { Err(io::Error::other(format!("crontab -u {user}: {ended}"))) }
}

/// Where the host's own crontabs are: `crontab` and `cron.d`.
pub const ETC: &str = "/etc";

/// Finds `crontab` and the files of `cron.d` in `/etc`, or in the folder that stands for it.
///
/// # Errors
/// Why `cron.d` cannot be listed.
pub fn of_system(etc: &Path) -> io::Result<System> {
    let mut found = System::default();
    let folder = etc.join("cron.d");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries.collect::<io::Result<Vec<_>>>()?,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let taken =
            name.as_encoded_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !path.is_file() || name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if taken { found.files.push(path) } else { found.left_out.push(path) }
    }
    found.files.sort();
    found.left_out.sort();
    let own = etc.join("crontab");
    if own.is_file() {
        found.files.insert(0, own);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_takes_files_by_their_names() {
        let etc = tempfile::tempdir().unwrap();
        assert!(of_system(etc.path()).unwrap().files.is_empty());
        fs::create_dir_all(etc.path().join("cron.d/folder")).unwrap();
        for name in ["crontab", "cron.d/b_1", "cron.d/a-2", "cron.d/.placeholder", "cron.d/x.dpkg-old", "cron.d/y~"] {
            fs::write(etc.path().join(name), name).unwrap();
        }
        let found = of_system(etc.path()).unwrap();
        let names = |paths: &[PathBuf]| -> Vec<String> {
            paths.iter().map(|path| path.strip_prefix(etc.path()).unwrap().display().to_string()).collect()
        };
        assert_eq!(names(&found.files), ["crontab", "cron.d/a-2", "cron.d/b_1"]);
        assert_eq!(names(&found.left_out), ["cron.d/x.dpkg-old", "cron.d/y~"]);
    }

    #[test]
    fn a_crontab_of_a_user_is_looked_for_in_each_spool() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let spools = || [one.path(), two.path()].into_iter();
        let (path, error) = in_spools(spools(), "olga").unwrap_err();
        assert_eq!((path, error.kind()), (one.path().join("olga"), ErrorKind::NotFound));
        fs::write(two.path().join("olga"), "@daily x\n").unwrap();
        assert_eq!(in_spools(spools(), "olga").unwrap(), (two.path().join("olga"), b"@daily x\n".to_vec()));
        fs::write(one.path().join("olga"), vec![b'#'; 1 << 21]).unwrap();
        assert_eq!(in_spools(spools(), "olga").unwrap_err().1.kind(), ErrorKind::FileTooLarge);
    }
}
