//! `jobctl import`: crontabs of cron, and timers of systemd, become job files; those of the original are looked at.

use super::existing::existing;
use super::from_original::from_original;
use super::hand_timers::{self, HandTimer};
use super::refusal::Refusal;
use super::{configuration, print, save, say};
use crate::app::args::{Crontabs, Import, ImportKind};
use crate::app::exit;
use crate::config::User;
use crate::crontab::{Columns, Host, Imported, Source, Users, Wanted};
use crate::job::{Activity, JobName};
use crate::sys::jobs::Folder;
use crate::sys::replace::{self, Existing, Lasting};
use crate::sys::{account, crontabs};
use crate::timers::Pair;
use std::path::Path;

/// Of files in another folder.
const MODE: u32 = 0o644;
const TO_BE_MOVED: &str =
    "nothing of this runs: look at the files with jobctl check FILE, then put them into the job directory\n";

/// What was read.
enum Found {
    Crontabs(Vec<Crontab>),
    Timers(Vec<HandTimer>),
}

/// A crontab that was read.
struct Crontab {
    label: String,
    bytes: Vec<u8>,
    columns: Columns,
    owner: Option<String>,
}

/// Makes job files, unless only asked which.
pub(super) fn import(arguments: &Import) -> Result<u8, Refusal> {
    let Crontabs { file, user, system, user_column } = &arguments.crontabs;
    let has_source = file.is_some() || user.is_some() || *system;
    let found = match arguments.kind {
        ImportKind::ProcessControl => {
            let for_crontabs =
                arguments.any_user || arguments.enable || has_source || *user_column || arguments.to.is_some();
            if for_crontabs {
                return Err(Refusal::usage(
                    "process-control: the jobs are those of the configuration; no FILE, no options",
                ));
            }
            return from_original();
        }
        ImportKind::Crontab if !has_source => {
            return Err(Refusal::usage("FILE: which crontab? a file, - for stdin, --user USER or --system"));
        }
        ImportKind::SystemdTimers if !has_source => {
            return Err(Refusal::usage("FILE: which timer? a file, or --system"));
        }
        ImportKind::Crontab => Found::Crontabs(read(&arguments.crontabs)?),
        ImportKind::SystemdTimers => Found::Timers(hand_timers::read(&arguments.crontabs)?),
    };
    let mut config = configuration()?;
    if let Some(folder) = &arguments.to {
        config.job_directory.clone_from(folder);
    }
    let wanted = Wanted {
        activity: if arguments.enable { Activity::Enabled } else { Activity::Disabled },
        users: if arguments.any_user { Users::Any } else { Users::Service },
    };
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let uid = account::find(&config.user).map(|account| account.uid);
    let is_service_user = |name: &str| {
        let number = || User::parse(name).and_then(|user| account::find(&user)).map(|account| account.uid);
        config.user.to_string() == name || uid.is_some() && number() == uid
    };
    let host = Host {
        service_user: &config.user.to_string(),
        is_service_user: &is_service_user,
        defaults: &config.defaults,
        ceilings: &config.ceilings,
        existing: &existing(&config, &folder)?,
    };
    let imported = found.import(wanted, &host);
    for line in &imported.said {
        say(line);
    }
    let code = if imported.not_carried > 0 { exit::NOT_CARRIED } else { exit::OK };
    if imported.files.is_empty() {
        say("no job is made");
        return Ok(code);
    }
    if arguments.dry_run {
        let page: Vec<String> = imported.files.iter().map(|(name, text)| format!("## {name}.yaml\n{text}")).collect();
        print(&page.join("\n"));
        return Ok(code);
    }
    if let Some(folder) = &arguments.to {
        write(folder, &imported)?;
        print(TO_BE_MOVED);
        return Ok(code);
    }
    for (name, text) in &imported.files {
        save::add(&config, name, text.as_bytes())?;
    }
    let names: Vec<&JobName> = imported.files.iter().map(|(name, _)| name).collect();
    let brought = save::bring(&config, &names);
    print(found.closing(wanted.activity));
    Ok(match brought? {
        exit::OK => code,
        other => other,
    })
}

/// Writes files that are no jobs yet.
fn write(folder: &Path, imported: &Imported) -> Result<(), Refusal> {
    for (name, text) in &imported.files {
        let file = format!("{name}.yaml");
        let path = folder.join(&file);
        replace::write(folder, &file, MODE, text.as_bytes(), Existing::Kept)
            .and_then(Lasting::surely)
            .map_err(|error| Refusal::unwritten(&path, &error))?;
        print(&format!("saved as {}\n", path.display()));
    }
    Ok(())
}

impl Found {
    fn import(&self, wanted: Wanted, host: &Host<'_>) -> Imported {
        match self {
            Found::Crontabs(crontabs) => {
                let sources: Vec<Source<'_>> = crontabs.iter().map(Crontab::source).collect();
                crate::crontab::import(&sources, wanted, host)
            }
            Found::Timers(timers) => {
                let pairs: Vec<Pair<'_>> = timers.iter().map(HandTimer::pair).collect();
                crate::timers::import(&pairs, wanted, host)
            }
        }
    }

    /// What is to be done, so that nothing runs twice.
    fn closing(&self, activity: Activity) -> &'static str {
        match (self, activity) {
            (Found::Timers(_), Activity::Disabled) => {
                "the jobs are disabled, as systemd still starts the timers. Look at them with jobctl check; end their timers with \
             systemctl disable --now; then set disabled to false in the files\n"
            }
            (Found::Timers(_), Activity::Enabled) => {
                "the jobs run at their times from now on. End their timers now with systemctl disable --now, if they still run: \
             systemd starts both\n"
            }
            (Found::Crontabs(_), Activity::Disabled) => {
                "the jobs are disabled, as cron still runs their entries. Look at them with jobctl check; take their lines out of \
             the crontab; then set disabled to false in the files\n"
            }
            (Found::Crontabs(_), Activity::Enabled) => {
                "the jobs run at their times from now on. Take their lines out of the crontab now, if they are still there: cron \
             runs them too\n"
            }
        }
    }
}

impl Crontab {
    fn source(&self) -> Source<'_> {
        let Crontab { label, bytes, columns, owner } = self;
        Source { label, bytes, columns: *columns, owner: owner.as_deref() }
    }
}

fn read(arguments: &Crontabs) -> Result<Vec<Crontab>, Refusal> {
    if let Some(name) = &arguments.user {
        return of_user(name).map(|crontab| vec![crontab]);
    }
    let Some(file) = &arguments.file else { return of_system() };
    let columns = if arguments.user_column || names_users(file) { Columns::WithUser } else { Columns::WithoutUser };
    let is_stdin = file.as_os_str() == "-";
    let bytes = if is_stdin { crontabs::read_stdin() } else { crontabs::read(file) };
    let bytes = bytes.map_err(|error| Refusal::unread(file, &error))?;
    let label = if is_stdin { "stdin".to_owned() } else { file.display().to_string() };
    Ok(vec![Crontab { label, bytes, columns, owner: None }])
}

/// Whether cron reads a user in each entry of a file of this place.
fn names_users(file: &Path) -> bool {
    file == Path::new(crontabs::ETC).join("crontab") || file.parent().is_some_and(|folder| folder.ends_with("cron.d"))
}

fn of_user(name: &str) -> Result<Crontab, Refusal> {
    // a number is no file name of cron's, and a path is no user
    let Some(User::Name(name)) = User::parse(name) else {
        return Err(Refusal::usage("--user: this is no name of a user; letters, digits, - and _"));
    };
    let (path, bytes) = crontabs::of_user(&name).map_err(|(path, error)| Refusal::unread(&path, &error))?;
    Ok(Crontab { label: path.display().to_string(), bytes, columns: Columns::WithoutUser, owner: Some(name) })
}

fn of_system() -> Result<Vec<Crontab>, Refusal> {
    let folder = Path::new(crontabs::ETC);
    let found = crontabs::of_system(folder).map_err(|error| Refusal::unread(&folder.join("cron.d"), &error))?;
    for path in &found.left_out {
        say(&format!(
            "{}: Debian's cron does not read a file of this name; to import it, give it as FILE",
            path.display()
        ));
    }
    let read = found.files.iter().map(|path| {
        let bytes = crontabs::read(path).map_err(|error| Refusal::unread(path, &error))?;
        Ok(Crontab { label: path.display().to_string(), bytes, columns: Columns::WithUser, owner: None })
    });
    read.collect()
}
