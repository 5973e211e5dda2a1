//! The generator's promise, over a whole folder: for any bytes in any files, only our units, and all healthy jobs.

use super::unit_file;
use process_control::app::generate::write_units;
use process_control::config::Config;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What stands beside the noise.
const HEALTHY: &str = "name: Healthy\nschedule: '15 3 * * *'\ncommand: /bin/true\n";
/// More files teach nothing new, and take time.
const MOST_FILES: usize = 12;

/// A job directory, and where units go.
struct Host(TempDir);

impl Host {
    fn new() -> Host {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let host = Host(folder.expect("a folder"));
        for folder in [host.jobs(), host.generated()] {
            fs::create_dir(folder).expect("a folder in it");
        }
        fs::write(host.jobs().join("healthy.yaml"), HEALTHY).expect("a job");
        host
    }

    fn jobs(&self) -> PathBuf {
        self.0.path().join("jobs")
    }

    fn generated(&self) -> PathBuf {
        self.0.path().join("generated")
    }

    /// Runs the generator, and gives each unit with its text.
    fn generate(&self) -> BTreeMap<String, String> {
        let config = Config { job_directory: self.jobs(), ..Config::default() };
        write_units(&config, &self.generated()).expect("the generator goes through");
        let mut units = BTreeMap::new();
        read(&self.generated(), "", &mut units);
        units
    }
}

fn read(folder: &Path, before: &str, units: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let name = format!("{before}{}", entry.file_name().into_string().expect("a name in UTF-8"));
        if entry.file_type().expect("a type").is_dir() {
            read(&entry.path(), &format!("{name}/"), units);
        } else {
            units.insert(name, fs::read_to_string(entry.path()).expect("text"));
        }
    }
}

/// The bytes as a folder: records that 0xff ends, of a name that a line break ends and of the rest; a file whose text
/// begins with `->` is a link to what follows.
pub(crate) fn folder(data: &[u8]) {
    let alone = Host::new().generate();
    let host = Host::new();
    for record in data.split(|byte| *byte == 0xff).take(MOST_FILES) {
        let end = record.iter().position(|byte| *byte == b'\n').unwrap_or(record.len());
        let (name, text) = (&record[..end], record.get(end + 1..).unwrap_or_default());
        let name = [name, b".yaml"].concat();
        if name.contains(&b'/') || name.contains(&0) || name.len() > 255 || name == b"healthy.yaml" {
            continue;
        }
        let path = host.jobs().join(OsStr::from_bytes(&name));
        match text.strip_prefix(b"->") {
            // a link out of the folder is one to something of ours
            Some(target) if !target.contains(&0) && !target.is_empty() => {
                let target = if target.contains(&b'/') { b"/dev/null" } else { target };
                let _ = symlink(OsStr::from_bytes(target), path);
            }
            _ => drop(fs::write(path, text)),
        }
    }
    let units = host.generate();
    let user = Config::default().user.to_string();
    for (name, text) in &units {
        unit_file::check(name, text, &user);
    }
    let own = |name: &&String| ["job@healthy.service", "job@healthy.timer"].contains(&name.as_str());
    for name in alone.keys().filter(own) {
        // only the path of the folder is another
        let same =
            |text: &str| text.lines().filter(|line| !line.starts_with("SourcePath=")).collect::<Vec<_>>().join("\n");
        assert_eq!(units.get(name).map(|text| same(text)), Some(same(&alone[name])), "{name}");
    }
    let timers = &units["process-control.target.d/50-timers.conf"];
    assert!(timers.contains("Upholds=job@healthy.timer\n"), "{timers}");
}
