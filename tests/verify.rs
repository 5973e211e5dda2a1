//! systemd reads what is generated: `systemd-analyze verify` finds nothing to say about any unit of any case.

mod tools;

use assert_cmd::Command;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder in which everything that units name exists.
struct Host(TempDir);

impl Host {
    fn new() -> Self {
        let host = Host(tempfile::tempdir().unwrap());
        for folder in ["jobs", "generated", "units"] {
            fs::create_dir(host.path(folder)).unwrap();
        }
        for program in ["run-job", "process-control-notify", "jobctl"] {
            fs::copy("/bin/true", host.path(program)).unwrap();
        }
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The jobs that are shipped as examples, under their own names, as some come after others.
    fn fill_with_examples(&self) {
        let jobs = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/jobs");
        for job in fs::read_dir(jobs).unwrap().map(Result::unwrap) {
            fs::copy(job.path(), self.path("jobs").join(job.file_name())).unwrap();
        }
    }

    /// The jobs of all cases in one folder, under names that tell the case; broken ones too.
    fn fill(&self) {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        for case in fs::read_dir(cases).unwrap().map(Result::unwrap) {
            for job in fs::read_dir(case.path().join("jobs")).unwrap().map(Result::unwrap) {
                let name = job.file_name().into_string().unwrap();
                if job.path().is_file() && !name.starts_with('.') {
                    fs::copy(
                        job.path(),
                        self.path("jobs").join(name_in(&case.file_name().into_string().unwrap(), &name)),
                    )
                    .unwrap();
                }
            }
        }
    }

    fn configure(&self, more: &str) {
        let jobs = self.path("jobs");
        let runner = self.path("run-job");
        let text =
            format!("job_directory: {}\nrunner_path: {}\nuser: daemon\n{more}", jobs.display(), runner.display());
        fs::write(self.path("process-control.yaml"), text).unwrap();
    }

    /// Runs the generator, and gives what it says.
    fn generate(&self) -> String {
        let done = Command::cargo_bin("process-control-generator")
            .unwrap()
            .arg(self.path("generated"))
            .env("PROCESS_CONTROL_CONFIG", self.path("process-control.yaml"))
            .env_remove("SYSTEMD_SCOPE")
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stderr).unwrap()
    }

    /// What systemd says of every unit; the shipped ones stand beside them, with programs that exist here.
    fn verify(&self) -> String {
        for unit in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/units")).unwrap().map(Result::unwrap) {
            let text = fs::read_to_string(unit.path()).unwrap();
            let programs = ["run-job", "jobctl", "process-control-notify"];
            let text = programs.iter().fold(text, |text, it| text.replace(&format!("/usr/bin/{it}"), "/bin/true"));
            let text = text.replace("User=process-control-notify", "User=daemon");
            fs::write(self.path("units").join(unit.file_name()), text.replace("User=process-control", "User=daemon"))
                .unwrap();
        }
        let mut units = Vec::new();
        for folder in ["units", "generated"] {
            let names = fs::read_dir(self.path(folder)).unwrap().map(|unit| unit.unwrap().path());
            // templates are judged through an instance
            units.extend(names.filter(|path| path.is_file() && !path.to_str().unwrap().contains("@.")));
        }
        let instance = self.path("instance");
        fs::create_dir(&instance).unwrap();
        for template in ["job@.service", "job-slow-start@.service", "job@.timer"] {
            let file = [self.path("generated"), self.path("units")].map(|folder| folder.join(template));
            let link = instance.join(template.replace('@', "@gone"));
            symlink(file.iter().find(|file| file.exists()).unwrap(), &link).unwrap();
            units.push(link);
        }
        let output = Command::new("systemd-analyze")
            .args(["--man=no", "verify"])
            .args(&units)
            .env("SYSTEMD_UNIT_PATH", format!("{}:{}:", self.path("generated").display(), self.path("units").display()))
            .env("SYSTEMD_LOG_COLOR", "0")
            .output()
            .unwrap();
        assert!(units.len() > 10, "there is something to verify");
        String::from_utf8(output.stderr).unwrap() + if output.status.success() { "" } else { "it exits with an error" }
    }
}

/// `-x.yaml` of the case `09-odd-names` becomes `-x~09.yaml`: what is odd about a name stays in front.
fn name_in(case: &str, name: &str) -> String {
    format!("{}~{}.yaml", name.strip_suffix(".yaml").unwrap_or(name), case.split('-').next().unwrap())
}

fn there() -> bool {
    tools::there_or_skip("systemd's view of the units", &["systemd-analyze", "--version"])
}

#[test]
fn systemd_has_nothing_to_say_about_any_case() {
    if !there() {
        return;
    }
    let host = Host::new();
    host.fill();
    host.configure("ceilings: {timeout: 1000000}\n");
    host.generate();
    assert_eq!(host.verify(), "");
}

#[test]
fn systemd_has_nothing_to_say_about_the_examples() {
    if !there() {
        return;
    }
    let host = Host::new();
    host.fill_with_examples();
    for configuration in ["", include_str!("../examples/process-control.yaml")] {
        host.configure(configuration);
        assert_eq!(host.generate(), "");
        assert_eq!(host.verify(), "");
        fs::remove_dir_all(host.path("generated")).unwrap();
        fs::create_dir(host.path("generated")).unwrap();
        fs::remove_dir_all(host.path("instance")).unwrap();
    }
}

#[test]
fn systemd_reads_paths_with_blanks_and_signs() {
    if !there() {
        return;
    }
    let host = Host::new();
    let runner = host.path("the 50% $runner");
    fs::copy("/bin/true", &runner).unwrap();
    let jobs = host.path("jobs of 100%n 'all'");
    fs::create_dir(&jobs).unwrap();
    fs::write(jobs.join("a b.yaml"), "name: A\ncommand: /bin/true\nschedule: 0 1 * * *\n").unwrap();
    let text = format!("job_directory: \"{}\"\nrunner_path: \"{}\"\nuser: 1\n", jobs.display(), runner.display());
    fs::write(host.path("process-control.yaml"), text).unwrap();
    assert_eq!(host.generate(), "");
    assert!(host.path("generated/job@a\\x20b.timer").is_file());
    assert_eq!(host.verify(), "");
}

/// The check above can fail.
#[test]
fn systemd_would_say_something() {
    if !there() {
        return;
    }
    let host = Host::new();
    host.configure("");
    host.generate();
    fs::write(host.path("generated/job@x.timer"), "[Timer]\nOnCalendar=*-*-* 25:00\nUnknown=1\n").unwrap();
    let said = host.verify();
    assert!(said.contains("calendar") && said.contains("Unknown"), "{said}");
}
