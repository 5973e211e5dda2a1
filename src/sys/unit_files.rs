//! Unit files and their drop-ins, read as systemd reads them.

use crate::unit::UnitName;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Where administrators put their units.
pub const OWN: &str = "/etc/systemd/system";
/// Where systemd looks for units; the first that has a name wins. `systemd-analyze unit-paths` shows it.
const FOLDERS: &[&str] = &[
    // systemctl set-property writes here
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    OWN,
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    // where /usr is merged these are the same
    "/lib/systemd/system",
    "/run/systemd/generator.late",
];
/// No unit file is longer.
const MAX_BYTES: u64 = 1 << 20;

/// A file of a unit: its own, or a drop-in.
#[derive(Clone, Debug)]
pub struct Text {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// The folders in which a unit is looked for whose timer is in `folder`.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let known: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).collect();
    if known.iter().any(|it| it == folder) { known } else { vec![folder.to_owned()] }
}

/// Reads a unit: its file, or that of its template, then its drop-ins in the order in which systemd reads them. Empty if no
/// folder has the file.
///
/// # Errors
/// Which file cannot be read, and why.
pub fn read(folders: &[PathBuf], name: &str) -> Result<Vec<Text>, (PathBuf, io::Error)> {
    // a name with a slash would be somewhere else
    if name.contains('/') {
        return Ok(Vec::new());
    }
    let mut own = first(folders, name)?;
    if let (None, Some(template)) = (&own, UnitName::of(name).template()) {
        own = first(folders, &template)?;
    }
    let Some(own) = own else { return Ok(Vec::new()) };
    let mut texts = vec![own];
    for path in drop_ins(folders, &names(folders, name, &texts[0].path)) {
        let bytes = match whole(&path) {
            // a link to nowhere says nothing, but what it hides stays hidden
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.map_err(|error| (path.clone(), error))?,
        };
        if !bytes.is_empty() {
            texts.push(Text { path, bytes });
        }
    }
    Ok(texts)
}

fn first(folders: &[PathBuf], name: &str) -> Result<Option<Text>, (PathBuf, io::Error)> {
    for path in folders.iter().map(|folder| folder.join(name)) {
        match whole(&path) {
            Ok(bytes) => return Ok(Some(Text { path, bytes })),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err((path, error)),
        }
    }
    Ok(None)
}

/// The names of a unit, that of its file before those that are links to it: drop-ins of them all hold.
fn names(folders: &[PathBuf], name: &str, file: &Path) -> Vec<String> {
    let unit = UnitName::of(name);
    let mut found = vec![(true, name.to_owned())];
    if let Some(real) = fs::canonicalize(file).ok().filter(|real| real.is_file()) {
        let is_template = |name: &OsStr| name.to_str().is_some_and(|name| UnitName::of(name).is_template());
        let of_template = real.file_name().is_some_and(is_template);
        for entry in folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten() {
            let file_name = entry.file_name();
            let Some(text) = file_name.to_str().filter(|text| UnitName::of(text).kind() == unit.kind()) else {
                continue;
            };
            // an instance that is a link to its template is no other name of other instances
            if is_template(&file_name) == of_template && fs::canonicalize(entry.path()).is_ok_and(|path| path == real) {
                let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                let (prefix, instance, kind) = (UnitName::of(text).prefix(), unit.instance(), unit.kind());
                found
                    .push((is_link, if of_template { format!("{prefix}@{instance}.{kind}") } else { text.to_owned() }));
            }
        }
    }
    found.sort();
    let mut names: Vec<String> = Vec::new();
    for (_, name) in found {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// By their names, wherever they are. Of one name the first counts: what is for the unit, its template or a part of its name, one
/// folder of units after the other, and only then what is for all units of its kind.
fn drop_ins(folders: &[PathBuf], names: &[String]) -> Vec<PathBuf> {
    let mut places = Vec::new();
    for names in names.iter().map(|name| UnitName::of(name).drop_in_names()) {
        places.extend(folders.iter().flat_map(|folder| names.iter().map(|name| folder.join(format!("{name}.d")))));
    }
    let kind = names.last().map(|name| UnitName::of(name).kind()).unwrap_or_default();
    places.extend(folders.iter().map(|folder| folder.join(format!("{kind}.d"))));
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in places {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_drop_in(path)) {
            if found.iter().all(|known| known.file_name() != path.file_name()) {
                found.push(path);
            }
        }
    }
    found.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    found
}

fn is_drop_in(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    !is_hidden && path.extension().is_some_and(|extension| extension == "conf")
}

fn whole(path: &Path) -> io::Result<Vec<u8>> {
    // a masked unit is a link to /dev/null, and so are others that are no files
    if !fs::metadata(path)?.is_file() {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("longer than {MAX_BYTES} bytes, so no unit")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// Two folders of units. Each file says in which it is, and its name.
    fn two(files: &[(usize, &str)]) -> (Vec<tempfile::TempDir>, Vec<PathBuf>) {
        let folders: Vec<tempfile::TempDir> = (0..2).map(|_| tempfile::tempdir().unwrap()).collect();
        let paths: Vec<PathBuf> = folders.iter().map(|folder| folder.path().to_owned()).collect();
        for (folder, name) in files {
            let path = paths[*folder].join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{folder} {name}")).unwrap();
        }
        (folders, paths)
    }

    fn texts(folders: &[PathBuf], name: &str) -> Vec<String> {
        read(folders, name).unwrap().into_iter().map(|text| String::from_utf8(text.bytes).unwrap()).collect()
    }

    #[test]
    fn a_unit_is_its_file_and_its_drop_ins() {
        let (_kept, folders) = two(&[
            (0, "a.timer"),
            (1, "a.timer"),
            (1, "a.service"),
            (0, "a.service.d/20.conf"),
            (1, "a.service.d/20.conf"),
            (1, "a.service.d/10.conf"),
            (1, "a.service.d/README"),
            (1, "a.service.d/.10.conf"),
        ]);
        assert_eq!(texts(&folders, "a.timer"), ["0 a.timer"]);
        assert_eq!(texts(&folders, "a.service"), ["1 a.service", "1 a.service.d/10.conf", "0 a.service.d/20.conf"]);
        assert_eq!(texts(&folders, "b.service"), [""; 0]);
        assert_eq!(texts(&folders, "../a.timer"), [""; 0]);
    }

    /// Which of two files of one name counts, as seen with systemd 252 and 257.
    #[test]
    fn drop_ins_hide_others() {
        let (_kept, folders) = two(&[
            (0, "a-b.service"),
            (0, "a-.service.d/1.conf"),
            (1, "a-b.service.d/1.conf"),
            (0, "service.d/2.conf"),
            (1, "a-b.service.d/2.conf"),
            (0, "a-.service.d/3.conf"),
            (0, "a-b.service.d/3.conf"),
            (0, "service.d/4.conf"),
            (1, "service.d/4.conf"),
            (1, "service.d/5.conf"),
            (1, "service.d/6.conf"),
            (1, "service.d/7.conf/none.conf"),
            (0, "timer.d/8.conf"),
            (1, "service.d/Z.conf"),
        ]);
        symlink("/dev/null", folders[0].join("a-.service.d/5.conf")).unwrap();
        symlink("/nowhere", folders[0].join("service.d/6.conf")).unwrap();
        let found = texts(&folders, "a-b.service");
        assert_eq!(
            found,
            [
                "0 a-b.service",
                "0 a-.service.d/1.conf",
                "1 a-b.service.d/2.conf",
                "0 a-b.service.d/3.conf",
                "0 service.d/4.conf",
                "1 service.d/Z.conf"
            ]
        );
    }

    #[test]
    fn an_instance_is_its_own_file_or_that_of_its_template() {
        let (_kept, folders) = two(&[
            (0, "t@.service"),
            (1, "t@x.service"),
            (0, "t@.service.d/1.conf"),
            (1, "t@x.service.d/1.conf"),
            (1, "t@y.service.d/2.conf"),
        ]);
        assert_eq!(texts(&folders, "t@x.service"), ["1 t@x.service", "0 t@.service.d/1.conf"]);
        assert_eq!(texts(&folders, "t@y.service"), ["0 t@.service", "0 t@.service.d/1.conf", "1 t@y.service.d/2.conf"]);
        assert_eq!(texts(&folders, "t.service"), [""; 0]);
    }

    #[test]
    fn drop_ins_of_other_names_of_a_unit() {
        let (_kept, folders) = two(&[
            (0, "b.service"),
            (0, "t@.service"),
            (0, "a.service.d/1.conf"),
            (1, "b.service.d/1.conf"),
            (0, "a.service.d/2.conf"),
            (1, "s@.service.d/3.conf"),
            (1, "s@x.service.d/4.conf"),
            (1, "t@y.service.d/5.conf"),
        ]);
        symlink("b.service", folders[0].join("a.service")).unwrap();
        symlink("t@.service", folders[0].join("s@.service")).unwrap();
        symlink("t@.service", folders[0].join("t@x.service")).unwrap();
        symlink("t@.service", folders[0].join("t@y.service")).unwrap();
        let of_b = ["0 b.service", "1 b.service.d/1.conf", "0 a.service.d/2.conf"];
        assert_eq!(texts(&folders, "b.service"), of_b);
        assert_eq!(texts(&folders, "a.service"), of_b);
        assert_eq!(texts(&folders, "t@x.service"), ["0 t@.service", "1 s@.service.d/3.conf", "1 s@x.service.d/4.conf"]);
    }
}
