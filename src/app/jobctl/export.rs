//! `jobctl export`: a crontab that runs the jobs where systemd does not.

use super::existing::existing;
use super::refusal::Refusal;
use super::{configuration, print, say};
use crate::app::args::{Export, ExportKind};
use crate::app::exit;
use crate::compile;
use crate::config::{Config, VARIABLE};
use crate::crontab::{DEFAULT_TEMPLATE, Delivery, Exported, Runner, Template};
use crate::job::text::printable;
use crate::job::{Job, JobName};
use crate::sys::jobs::Folder;
use crate::sys::replace::{self, Existing, Lasting};
use crate::sys::{account, inspect, systemctl};
use std::path::Path;

/// cron reads what root alone can write, and others may look.
const MODE: u32 = 0o644;

/// Writes the crontab, and says what is not in it.
pub(super) fn export(arguments: &Export) -> Result<u8, Refusal> {
    // there is nothing else to export yet
    let ExportKind::Crontab = arguments.kind;
    let config = configuration()?;
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let jobs: Vec<_> = existing(&config, &folder)?.into_iter().collect();
    let unnamed = unnamed(&config, &folder)?;
    let exported = exported(&config, &jobs, Delivery::Nobody)?;
    for line in exported.said.iter().chain(&unnamed) {
        say(line);
    }
    match arguments.file.as_deref().filter(|file| file.as_os_str() != "-") {
        None => print(&exported.text),
        Some(file) => write(file, &exported.text)?,
    }
    Ok(if exported.left_out + unnamed.len() > 0 { exit::LEFT_OUT } else { exit::OK })
}

/// The crontab of these jobs, as the configuration wants it.
pub(super) fn exported(
    config: &Config,
    jobs: &[(JobName, Option<Job>)],
    delivery: Delivery,
) -> Result<Exported, Refusal> {
    let template = config.cron_template.as_deref().unwrap_or(DEFAULT_TEMPLATE);
    let template =
        Template::parse(template).map_err(|what| Refusal::new(exit::CONFIG, format!("cron_template: {what}")))?;
    let source = config.source.as_ref().map(|path| path.to_string_lossy());
    let runner = Runner {
        user: &user(config),
        program: &config.runner_path.to_string_lossy(),
        configuration: source.as_deref().map(|path| (VARIABLE, path)),
        folder: &config.job_directory.to_string_lossy(),
        delivery,
    };
    Ok(crate::crontab::export(jobs, &template, runner))
}

/// cron knows users by their names alone.
fn user(config: &Config) -> String {
    let user = &config.user;
    account::login(user).unwrap_or_else(|| {
        say(&format!("user: {user} has no name here, and cron knows users by their names alone"));
        user.to_string()
    })
}

/// Files that are no jobs, for their names.
fn unnamed(config: &Config, folder: &Folder) -> Result<Vec<String>, Refusal> {
    let candidates = folder.list().map_err(|error| Refusal::no_jobs(config, &error))?;
    let wrong = candidates.iter().filter_map(|candidate| {
        let problem = candidate.name().err()?;
        Some(format!("{}: {}; it is left out", candidate.shown(), problem.what))
    });
    Ok(wrong.collect())
}

fn write(file: &Path, text: &str) -> Result<(), Refusal> {
    let shown = printable(&file.to_string_lossy());
    let (Some(name), Some(folder)) = (file.file_name().and_then(|name| name.to_str()), file.parent()) else {
        return Err(Refusal::usage(format!("FILE: {shown}: this is no name of a file")));
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    replace::write(folder, name, MODE, text.as_bytes(), Existing::Replaced)
        .and_then(Lasting::surely)
        .map_err(|error| Refusal::unwritten(file, &error))?;
    print(&format!("saved as {shown}\n"));
    let is_scheduling = || systemctl::is_any_active(&[compile::TARGET]);
    if inspect::folder(Path::new("/run/systemd/system")) && folder.ends_with("cron.d") && is_scheduling() {
        say(&format!("{shown}: systemd runs here, and starts the jobs too; remove one of the two"));
    }
    if folder.ends_with("cron.d") && name.contains('.') {
        say(&format!("{shown}: Debian's cron does not read a file of this name; use letters, digits, - and _"));
    }
    Ok(())
}
