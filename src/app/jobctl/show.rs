//! `jobctl show NAME`: the units that would be generated, as systemd would read them.

use super::refusal::Refusal;
use super::{configuration, print, say};
use crate::app::args::Show;
use crate::app::exit;
use crate::app::translate::line;
use crate::compile;
use crate::job::{Job, JobName};
use crate::sys::jobs::Folder;
use crate::sys::zone::Zones;

/// Prints the units of each job, each after a line with its name.
pub(super) fn show(arguments: &Show) -> Result<u8, Refusal> {
    let config = configuration()?;
    let folder = Folder::open(&config.job_directory).map_err(|error| Refusal::no_jobs(&config, &error))?;
    let mut zones = Zones::default();
    let mut code = exit::OK;
    for argument in &arguments.jobs {
        let name = match JobName::from_argument(argument) {
            Ok(name) => name,
            Err(error) => {
                say(&error.to_string());
                code = exit::NO_JOB;
                continue;
            }
        };
        let path = folder.file_of(&name);
        let (job, problems) = match folder.read(&name) {
            Some(Ok(file)) => Job::read(&name, &file.bytes, &config.defaults, &config.ceilings),
            Some(Err(problem)) => (None, vec![problem]),
            None => {
                say(&format!("there is no job {name}: no file {}", path.display()));
                code = exit::NO_JOB;
                continue;
            }
        };
        for problem in &problems {
            say(&line(&path, problem));
        }
        let units = match &job {
            Some(job) => compile::job(job, &path, zones.get(job.timing.zone(job.zone.as_ref())), &config),
            None => compile::broken(&name, &path, &config),
        };
        for unit in units {
            print(&format!("## {}\n{}\n", unit.name, unit.file));
        }
    }
    Ok(code)
}
