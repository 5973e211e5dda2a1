//! Finds and reads the configuration.

use super::clock;
use crate::config::{Config, DEFAULT_PATH, VARIABLE, read};
use crate::job::{Place, Problem};
use crate::yaml::MAX_BYTES;
use chrono::{DateTime, Utc};
use rustix::fs::{FileType, Mode, OFlags, Timespec, fstat, open};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration, unless it has an error.
    pub config: Option<Config>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// The file that was read, or would have been.
    pub path: PathBuf,
    /// Its bytes, to show the lines that are wrong.
    pub bytes: Vec<u8>,
    /// When it was last changed; the epoch if there is none.
    pub changed: DateTime<Utc>,
}

/// Reads the file that `PROCESS_CONTROL_CONFIG` names, else `/etc/process-control.yaml`, else
/// nothing: the built-in configuration then holds.
///
/// The variable comes from whoever calls. So a file that it names counts only if root or the
/// effective user owns it and nobody else can write it; judged on the open file.
pub fn load() -> Loaded {
    let named = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| DEFAULT_PATH.into());
    let mut loaded =
        Loaded { config: None, problems: Vec::new(), path, bytes: Vec::new(), changed: DateTime::UNIX_EPOCH };
    match contents(&loaded.path, named.as_deref()) {
        Ok(Some((bytes, changed))) => {
            // the usual place is not named in units, however it was found
            let source = named.filter(|path| path != Path::new(DEFAULT_PATH));
            loaded.config = read(source.as_deref(), &bytes, &mut loaded.problems);
            loaded.bytes = bytes;
            loaded.changed = changed;
        }
        Ok(None) => loaded.config = Some(Config::default()),
        Err(what) => loaded.problems.push(Problem::error(Place::default(), "", what)),
    }
    loaded
}

/// What stands in the file, and when it was last changed.
type Contents = (Vec<u8>, DateTime<Utc>);

fn contents(path: &Path, named: Option<&Path>) -> Result<Option<Contents>, String> {
    if named.is_some_and(|path| crate::unit::path(&path.to_string_lossy()).is_none()) {
        return Err(format!("{VARIABLE} is no absolute path"));
    }
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NONBLOCK;
    let file = match open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) if named.is_none() => return Ok(None),
        Err(error) => return Err(cannot(error.into())),
    };
    let stat = fstat(&file).map_err(|error| cannot(error.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err("is no regular file".to_owned());
    }
    let ours = stat.st_uid == 0 || stat.st_uid == rustix::process::geteuid().as_raw();
    if named.is_some() && (!ours || stat.st_mode & 0o022 != 0) {
        return Err(format!(
            "refused, as {VARIABLE} names it: it must belong to root or to you, and only its owner may write it"
        ));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(cannot)?;
    let changed = clock::instant(Timespec {
        tv_sec: stat.st_ctime,
        tv_nsec: i64::try_from(stat.st_ctime_nsec).unwrap_or_default(),
    });
    Ok(Some((bytes, changed)))
}
