//! A job file is checked, saved, and brought to systemd.

use super::checked::checked;
use super::chosen::{ask_systemd, single};
use super::refusal::Refusal;
use super::{print, say};
use crate::app::changes::{Ended, When, look, reload};
use crate::app::exit;
use crate::app::others::Others;
use crate::check::{Count, Report, text};
use crate::config::Config;
use crate::job::JobName;
use crate::job::text::one_line;
use crate::status::changes;
use crate::sys::bus::Bus;
use crate::sys::jobs::Folder;
use crate::sys::replace::{self, Existing, Lasting};
use crate::sys::zone::Zones;
use crate::sys::{account, clock, inspect};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// Authors of the same group edit each other's files.
const NEW_MODE: u32 = 0o664;
/// The host looks two seconds after a change, and a reload takes its time.
const LOOKS: u32 = 60;
const PAUSE: Duration = Duration::from_millis(300);

/// Says all that is wrong with a text that is to be a job, and when it would run.
pub(super) fn check(config: &Config, name: &JobName, bytes: &[u8]) -> Count {
    let path = config.job_directory.join(format!("{name}.yaml"));
    let report = checked(name, &path, bytes.to_vec(), config, &mut Zones::default(), &Others::of(config));
    let report = Report { files: vec![report], host: Vec::new() };
    print(&text(&report));
    report.count()
}

/// Saves a job file that was not there.
pub(super) fn create(config: &Config, name: &JobName, bytes: &[u8]) -> Result<u8, Refusal> {
    add(config, name, bytes)?;
    bring(config, &[name])
}

/// Writes a job file that was not there, for [`bring`].
pub(super) fn add(config: &Config, name: &JobName, bytes: &[u8]) -> Result<(), Refusal> {
    let file = format!("{name}.yaml");
    let written = replace::write(&config.job_directory, &file, NEW_MODE, bytes, Existing::Kept);
    written.and_then(Lasting::surely).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Refusal::new(exit::NOT_MADE, format!("there is a job {name} already; jobctl edit {name}"))
        }
        _ => refused(config, name, &error),
    })?;
    print(&format!("saved as {}\n", config.job_directory.join(file).display()));
    Ok(())
}

/// Saves a job file in the place of the one that was read.
pub(super) fn replace(config: &Config, folder: &Folder, name: &JobName, bytes: &[u8]) -> Result<u8, Refusal> {
    let mode = folder.mode_of(name).unwrap_or(NEW_MODE);
    replace::write(&config.job_directory, &format!("{name}.yaml"), mode, bytes, Existing::Replaced)
        .and_then(Lasting::surely)
        .map_err(|error| refused(config, name, &error))?;
    print(&format!("saved as {}\n", folder.file_of(name).display()));
    bring(config, &[name])
}

fn refused(config: &Config, name: &JobName, error: &std::io::Error) -> Refusal {
    if error.kind() == ErrorKind::PermissionDenied {
        let who = "members of the group process-control-authors may, and root";
        return Refusal::new(exit::REFUSED, format!("{name}: you may not write job files; {who}"));
    }
    Refusal::new(exit::NOT_MADE, format!("{name}: {}: {error}", config.job_directory.display()))
}

/// Root reloads systemd at once. For others the host does it, and they wait for it here.
pub(super) fn bring(config: &Config, names: &[&JobName]) -> Result<u8, Refusal> {
    let no_systemd = |error: anyhow::Error| Refusal::new(exit::UNAVAILABLE, one_line(&format!("{error:#}")));
    let found = look(config).map_err(no_systemd)?;
    if found.changes.is_empty() {
        print("no unit changes: the next run goes by the new file\n");
        return Ok(exit::OK);
    }
    if !inspect::folder(Path::new("/run/systemd/system")) {
        say("systemd does not run here, so nothing starts the job");
        return Ok(exit::OK);
    }
    print(&changes(&found.changes));
    if account::own() == 0 {
        return match reload(config, When::IfChanged, |_| ()).map_err(no_systemd)? {
            Ended::Well => Ok(exit::OK),
            Ended::NoJobs | Ended::Refused => Err(Refusal::new(exit::UNAVAILABLE, "systemd was not reloaded")),
        };
    }
    for _ in 0..LOOKS {
        clock::wait(PAUSE);
        if look(config).map_err(no_systemd)?.changes.is_empty() && names.iter().all(|name| is_in_force(config, name)) {
            print("systemd knows of it\n");
            return Ok(exit::OK);
        }
    }
    let what = "systemd does not know of it yet: it should within five minutes; \
                journalctl -u process-control-reload.service tells why not";
    Err(Refusal::new(exit::UNAVAILABLE, what))
}

/// The units are written before systemd has read them, and read before their timers are started. Where the bus does
/// not tell, the files must do.
fn is_in_force(config: &Config, name: &JobName) -> bool {
    let Ok(mut facts) = single(config, name.as_str()) else { return true };
    let asked = Bus::system().and_then(|bus| ask_systemd(&bus, std::slice::from_mut(&mut facts)));
    asked.is_err() || !facts.lacks_timer()
}
