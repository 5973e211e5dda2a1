//! Crontabs, where cron keeps them.

use super::account;
use super::replace::{self, Existing, Lasting};
use rustix::fs::{Mode, OFlags, open};
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
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

/// What is in the place of a crontab of the host.
#[derive(Debug)]
pub enum OfHost {
    /// A crontab; the numbers of its file system and file, which are the same by whatever path it was found.
    Crontab(Vec<u8>, (u64, u64)),
    /// Something that cron passes over, and why.
    PassedOver(&'static str),
}

/// Reads a crontab of the host by cron's rule: a regular file that belongs to root and that nobody else can write. What
/// others wrote must not become root's.
///
/// # Errors
/// Why it cannot be read.
pub fn of_host(path: &Path) -> io::Result<OfHost> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = File::from(open(path, flags, Mode::empty())?);
    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(OfHost::PassedOver("it is no regular file"));
    }
    if !is_ours(&found) {
        return Ok(OfHost::PassedOver("it does not belong to root, or others can write it"));
    }
    Ok(OfHost::Crontab(whole(file)?, (found.dev(), found.ino())))
}

/// Whether root alone can change it; or who asks, where that is not root.
fn is_ours(found: &Metadata) -> bool {
    [0, account::own()].contains(&found.uid()) && found.mode() & 0o022 == 0
}

/// Whether cron reads a crontab of this path: `/etc/crontab`, a file of `/etc/cron.d` with a name that it takes, or what
/// such a file leads to.
pub fn is_read(path: &Path) -> bool {
    let etc = Path::new(ETC);
    let in_folder = path.parent() == Some(&etc.join("cron.d")) && path.file_name().is_some_and(is_taken);
    let leads_to = |file: &PathBuf| file.canonicalize().ok() == path.canonicalize().ok() && path.exists();
    in_folder || of_system(etc).is_ok_and(|system| system.files.iter().any(leads_to))
}

/// Writes a crontab of the host in the place of the one that is there. It keeps its mode.
///
/// # Errors
/// Why it cannot be written; then the old one is there. Where others than root can change the way to it, it is not
/// written: it could be anybody's file by then.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<Lasting> {
    // where a link leads the link stays
    let path = path.canonicalize().or_else(|error| match (error.kind(), path.parent(), path.file_name()) {
        (ErrorKind::NotFound, Some(folder), Some(name)) => Ok(folder.canonicalize()?.join(name)),
        _ => Err(error),
    })?;
    let (Some(folder), Some(file)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(ErrorKind::InvalidFilename.into());
    };
    for folder in folder.ancestors() {
        let found = folder.symlink_metadata()?;
        let is_sticky = found.mode() & 0o1000 != 0 && found.uid() == 0;
        if !is_ours(&found) && !is_sticky {
            let what = format!("others than root can write to {}, so root writes nothing there", folder.display());
            return Err(io::Error::new(ErrorKind::PermissionDenied, what));
        }
    }
    // cron reads none that others can write
    let mode = path.symlink_metadata().map_or(MODE, |found| found.permissions().mode() & !0o022);
    replace::write(folder, file, mode, bytes, Existing::Replaced)
}

/// Gives a user this crontab, by crontab(1): it knows how cron wants it, and root may.
///
/// # Errors
/// Why not; then the old one is there.
pub fn install(user: &str, bytes: &[u8]) -> io::Result<()> {
    let crontab = Command::new("crontab").args(["-u", user, "-"]).stdin(Stdio::piped()).spawn();
    let mut crontab = crontab.map_err(|error| io::Error::new(error.kind(), format!("crontab(1): {error}")))?;
    let bytes = without_header(bytes);
    // closed at the end of the statement, so that crontab sees the end
    let written = crontab.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(bytes));
    let ended = crontab.wait()?;
    written?;
    if ended.success() { Ok(()) } else { Err(io::Error::other(format!("crontab -u {user}: {ended}"))) }
}

/// Without the lines that crontab(1) puts before each crontab that it gets, and takes off when it shows one.
fn without_header(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    for begin in ["# DO NOT EDIT THIS FILE", "# (", "# (Cron version"] {
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        if !rest.starts_with(begin.as_bytes()) {
            break;
        }
        rest = &rest[end..];
    }
    rest
}

/// Whether Debian's cron reads a file of this name.
fn is_taken(name: &OsStr) -> bool {
    name.as_encoded_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
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
        if !path.is_file() || name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if is_taken(&name) { found.files.push(path) } else { found.left_out.push(path) }
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
    fn the_header_of_crontab_is_not_there_twice() {
        let text = b"# DO NOT EDIT THIS FILE - edit the master and reinstall.\n# (- installed on Fri)\n# (Cron version -- $Id)\n# (mine)\n";
        assert_eq!(without_header(text), b"# (mine)\n");
        assert_eq!(without_header(b"# (mine)\n"), b"# (mine)\n");
        assert_eq!(without_header(b"# DO NOT EDIT THIS FILE"), b"");
    }

    #[test]
    fn what_others_can_write_is_passed_over_and_never_becomes_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "x\n").unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(matches!(of_host(&path).unwrap(), OfHost::Crontab(bytes, _) if bytes == b"x\n"));
        fs::set_permissions(&path, PermissionsExt::from_mode(0o664)).unwrap();
        assert!(matches!(of_host(&path).unwrap(), OfHost::PassedOver(_)));
        assert!(matches!(of_host(folder.path()).unwrap(), OfHost::PassedOver(_)));
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("fifo"), Mode::RWXU).unwrap();
        assert!(matches!(of_host(&folder.path().join("fifo")).unwrap(), OfHost::PassedOver(_)));
        assert!(replace(&path, b"y\n").unwrap().doubt().is_none());
        fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
        assert_eq!(replace(&path, b"z\n").unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&path).unwrap(), b"y\n");
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
