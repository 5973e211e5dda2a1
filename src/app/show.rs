//! `jobctl show NAME`: the units that would be generated, as systemd would read them.

use super::args::Show;
use super::exit;
use super::translate::line;
use crate::compile;
use crate::job::{Job, JobName};
use crate::sys::config;
use crate::sys::jobs::Folder;
use crate::sys::zone::Zones;

/// Prints the units of each job, each after a line with its name.
pub(super) fn show(arguments: &Show) -> u8 {
    let loaded = config::load();
    for problem in loaded.problems.iter().filter(|problem| problem.is_pressing()) {
        eprintln!("jobctl: {}", line(&loaded.path, problem));
    }
    let Some(config) = loaded.config else { return exit::CONFIG };
    let folder = match Folder::open(&config.job_directory) {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("jobctl: {}: {error}", config.job_directory.display());
            return exit::NO_JOB;
        }
    };
    let mut zones = Zones::default();
    let mut code = exit::OK;
    for argument in &arguments.jobs {
        let name = match JobName::from_argument(argument) {
            Ok(name) => name,
            Err(error) => {
                eprintln!("jobctl: {error}");
                code = exit::NO_JOB;
                continue;
            }
        };
        let path = folder.file_of(&name);
        let (job, problems) = match folder.read(&name) {
            Some(Ok(file)) => Job::read(&name, &file.bytes, &config.defaults, &config.ceilings),
            Some(Err(problem)) => (None, vec![problem]),
            None => {
                eprintln!("jobctl: there is no job {name}: no file {}", path.display());
                code = exit::NO_JOB;
                continue;
            }
        };
        for problem in &problems {
            eprintln!("jobctl: {}", line(&path, problem));
        }
        let units = match &job {
            Some(job) => compile::job(job, &path, zones.get(job.timing.zone(job.zone.as_ref())), &config),
            None => compile::broken(&name, &path, &config),
        };
        for unit in units {
            super::print(&format!("## {}\n{}\n", unit.name, unit.file));
        }
    }
    code
}
