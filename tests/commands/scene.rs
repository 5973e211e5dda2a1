//! An installation in a folder of its own, and somebody who calls its programs.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Job files, configuration and state. Whoever runs the tests is the service user; root steps down to nobody,
/// for whom permissions mean something.
pub(crate) struct Scene {
    folder: TempDir,
    pub(crate) uid: u32,
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code, none after a signal.
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

const NOBODY: u32 = 65534;

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let own = fs::metadata(folder.path()).unwrap().uid();
        let scene = Scene { folder, uid: if own == 0 { NOBODY } else { own } };
        for name in ["jobs", "run", "state", "pauses", "log"] {
            fs::create_dir(scene.path(name)).unwrap();
            if own == 0 {
                chown(scene.path(name), Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        // the folder of cargo's own may be closed to others
        for (name, program) in [
            ("run-job", env!("CARGO_BIN_EXE_run-job")),
            ("jobctl", env!("CARGO_BIN_EXE_jobctl")),
            ("check-jobs-icinga", env!("CARGO_BIN_EXE_check-jobs-icinga")),
            ("cron-generate", env!("CARGO_BIN_EXE_cron-generate")),
            ("generator", env!("CARGO_BIN_EXE_process-control-generator")),
        ] {
            fs::hard_link(program, scene.path(name))
                .or_else(|_| fs::copy(program, scene.path(name)).map(drop))
                .unwrap();
        }
        scene.configure("")
    }

    pub(crate) fn is_root() -> bool {
        fs::metadata("/proc/self").unwrap().uid() == 0
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The configuration: everything in this folder, and more.
    pub(crate) fn configure(self, more: &str) -> Self {
        let mut text = String::new();
        for (key, folder) in [
            ("job_directory", "jobs"),
            ("run_directory", "run"),
            ("state_directory", "state"),
            ("pause_directory", "pauses"),
        ] {
            writeln!(text, "{key}: {}", self.path(folder).display()).unwrap();
        }
        if !more.contains("user:") {
            writeln!(text, "user: {}", self.uid).unwrap();
        }
        self.write("process-control.yaml", &(text + more));
        self
    }

    pub(crate) fn job(self, name: &str, text: &str) -> Self {
        self.write(&format!("jobs/{name}.yaml"), text);
        self
    }

    /// A program of ours, called by the service user as a person would.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        self.called(Command::new(self.path(program)), arguments)
    }

    /// Any program, called so.
    pub(crate) fn called(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in
            ["COLUMNS", "INVOCATION_ID", "SYSTEMD_EXEC_PID", "TRIGGER_UNIT", "SYSTEMD_SCOPE", "SYSTEMD_IN_INITRD"]
        {
            command.env_remove(name);
        }
        command.env("PROCESS_CONTROL_CONFIG", self.path("process-control.yaml"));
        command.env("MYENV", "myenv").env("PATH", "/usr/bin:/bin");
        // not the systemd of the machine that runs the tests
        command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere");
        if Scene::is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    pub(crate) fn call(&self, program: &str, arguments: &[&str]) -> Ended {
        Ended::of(&mut self.command(program, arguments))
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.call("run-job", arguments)
    }

    /// Starts a job that says in the file `started` that it has begun, and waits for that.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let child = self.command("run-job", arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while !self.path("state/started").exists() {
            assert!(Instant::now() < end, "the job does not start");
            sleep(Duration::from_millis(5));
        }
        child
    }

    /// A job that runs until the file `state/end` is there.
    pub(crate) fn waiting_job(self, name: &str, more: &str) -> Self {
        let state = self.path("state");
        let state = state.display();
        let command = format!("sh -c 'touch {state}/started; until test -e {state}/end; do sleep 0.02; done'");
        self.job(name, &format!("name: Waiting job\ncommand: {command}\n{more}"))
    }

    /// The same, or nothing where there is no history.
    pub(crate) fn outcomes_or_none(&self, job: &str) -> Option<Vec<String>> {
        self.path(&format!("state/{job}.yaml")).exists().then(|| self.outcomes(job))
    }

    /// The outcome of each run in a history.
    pub(crate) fn outcomes(&self, job: &str) -> Vec<String> {
        let text = self.text(&format!("state/{job}.yaml"));
        text.lines().filter_map(|line| line.trim().strip_prefix("outcome: ")).map(ToOwned::to_owned).collect()
    }
}

impl Ended {
    pub(crate) fn of(command: &mut Command) -> Self {
        Ended::from(command.output().unwrap())
    }

    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// The words that stderr must have.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "{words:?} is not in {self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn silent(self) -> Self {
        assert_eq!(self.stderr, "");
        self
    }
}

impl From<std::process::Output> for Ended {
    fn from(output: std::process::Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("programs write UTF-8");
        Ended {
            code: output.status.code(),
            signal: output.status.signal(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}
