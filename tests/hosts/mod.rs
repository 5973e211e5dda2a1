//! Booted hosts for tests: a thin wrapper over the program `tests/hosts/host`.
//!
//! ```ignore
//! if !hosts_or_skip() {
//!     return;
//! }
//! let host = Host::boot(Suite::Bookworm);
//! host.sh("systemctl start job@nightly.service");
//! ```
//! Each test boots its own host: half a second, and nobody else's jobs in it.
#![allow(dead_code, reason = "each test program uses its own part")]

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub(crate) const HOST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/host");

/// Whether hosts can be booted here; says once why not.
///
/// # Panics
/// When `PROCESS_CONTROL_TEST_HOSTS=required` (as `make test` sets it for root) and they cannot.
pub(crate) fn hosts_or_skip() -> bool {
    static WHY_NOT: LazyLock<Option<String>> = LazyLock::new(|| {
        let asked = tool(&["why-not"]);
        let reason = asked.stdout.trim().replace('\n', ", ");
        if asked.ok() {
            // a run of tests that was interrupted leaves its hosts
            tool(&["sweep"]);
            return None;
        }
        // not eprintln!, which the test harness swallows: a skipped test must be seen
        let _ = writeln!(std::io::stderr(), "\nskipped: tests on booted hosts: {reason}");
        Some(reason)
    });
    if let Some(reason) = WHY_NOT.as_ref() {
        let required = env::var("PROCESS_CONTROL_TEST_HOSTS").is_ok_and(|it| it == "required");
        assert!(!required, "hosts are required and cannot be booted: {reason}");
    }
    WHY_NOT.is_none()
}

/// The Debian releases that hosts are made of: the oldest and the newest systemd that we promise to work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// systemd 252
    Bookworm,
    /// systemd 257
    Trixie,
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::Trixie => "trixie",
        }
    }

    /// The version of its systemd.
    pub(crate) fn systemd(self) -> u32 {
        match self {
            Self::Bookworm => 252,
            Self::Trixie => 257,
        }
    }
}

/// What a command on a host said, and how it ended.
#[derive(Debug)]
pub(crate) struct Output {
    /// What it wrote, as text.
    pub(crate) stdout: String,
    /// What it complained about.
    pub(crate) stderr: String,
    /// Its exit status; 128 + n after signal n, as in a shell.
    pub(crate) status: i32,
}

impl Output {
    /// Whether it exited with 0.
    pub(crate) fn ok(&self) -> bool {
        self.status == 0
    }
}

/// A booted host with our programs installed; it ends when it is dropped.
pub(crate) struct Host {
    name: String,
    /// What it runs.
    pub(crate) suite: Suite,
    options: Vec<String>,
}

/// A layer for `host boot` with packages and all that they need, which is unpacked once.
pub(crate) fn layer(suite: Suite, name: &str, packages: &[&str]) -> PathBuf {
    static UNPACKED: Mutex<()> = Mutex::new(());
    let _alone = UNPACKED.lock().unwrap_or_else(PoisonError::into_inner);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("hosts").join(format!("{name}-{}", suite.name()));
    let done = tool(&[&["unpack", suite.name(), folder.to_str().unwrap()], packages].concat());
    assert!(done.ok(), "{} cannot be unpacked:\n{}", packages.join(" "), done.stderr);
    folder
}

impl Host {
    /// Boots a host of this suite, installed as a package would leave it.
    pub(crate) fn boot(suite: Suite) -> Self {
        Self::boot_with(suite, &[])
    }

    /// Boots a host that has nothing of ours yet, with options of `host boot`.
    pub(crate) fn boot_bare(suite: Suite, options: &[&str]) -> Self {
        Self::start(suite, options)
    }

    /// The same with more options of `host boot`: `--layer FOLDER` for files that are there before the boot,
    /// `--persistent FOLDER` for a host that is to be booted again.
    pub(crate) fn boot_with(suite: Suite, options: &[&str]) -> Self {
        Self::start(suite, &[&["--install", &programs()], options].concat())
    }

    fn start(suite: Suite, options: &[&str]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("{}-{}-{}", suite.name(), process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let host = Self { name, suite, options: options.iter().map(ToString::to_string).collect() };
        host.power_on();
        host
    }

    /// Its name for `hosts/host`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The number of its PID 1, as we see it.
    pub(crate) fn leader(&self) -> String {
        tool(&["leader", &self.name]).stdout.trim_end().to_owned()
    }

    /// Kills it, as a power failure would, and boots it again: for a host with `--persistent`.
    pub(crate) fn crash_and_boot(&self) {
        self.tool("end");
        self.power_on();
    }

    /// An orderly shutdown, then a boot: for a host with `--persistent`.
    pub(crate) fn reboot(&self) {
        self.power_off();
        self.power_on();
    }

    /// An orderly shutdown; [`Host::power_on`] must follow.
    pub(crate) fn power_off(&self) {
        self.tool("power-off");
    }

    /// Boots it as it was booted first.
    pub(crate) fn power_on(&self) {
        let mut arguments = vec!["boot", &self.name, self.suite.name()];
        arguments.extend(self.options.iter().map(String::as_str));
        let booted = tool(&arguments);
        assert!(booted.ok(), "{} does not boot:\n{}", self.name, booted.stderr);
    }

    fn tool(&self, verb: &str) {
        let done = tool(&[verb, &self.name]);
        assert!(done.ok(), "host {verb} {}: {}", self.name, done.stderr);
    }

    /// Runs a command as root, whatever becomes of it.
    pub(crate) fn run(&self, command: &[&str]) -> Output {
        self.feed(command, "")
    }

    /// Runs a shell script that must succeed (`set -e`) and returns what it wrote to stdout.
    pub(crate) fn sh(&self, script: &str) -> String {
        let ended = self.run(&["sh", "-ec", script]);
        assert!(
            ended.ok(),
            "{:?}: exit {} from\n{script}\n-- stdout\n{}-- stderr\n{}",
            self.suite,
            ended.status,
            ended.stdout,
            ended.stderr
        );
        ended.stdout
    }

    /// Writes a file, and the folders above it; what is there keeps its owner and mode.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let written = self.feed(&["sh", "-ec", r#"mkdir -p "$(dirname "$1")"; cat >"$1""#, "write", path], text);
        assert!(written.ok(), "{:?}: cannot write {path}: {}", self.suite, written.stderr);
    }

    /// The text of a file that must be there.
    pub(crate) fn read(&self, path: &str) -> String {
        let read = self.run(&["cat", path]);
        assert!(read.ok(), "{:?}: cannot read {path}: {}", self.suite, read.stderr);
        read.stdout
    }

    /// Waits until the condition holds; after the limit it fails and shows the end of the journal.
    pub(crate) fn wait_for(&self, limit: Duration, what: &str, condition: impl Fn() -> bool) {
        let deadline = Instant::now() + limit;
        while !condition() {
            if Instant::now() > deadline {
                let journal = self.run(&["journalctl", "--no-pager", "--lines=50"]).stdout;
                panic!("{:?}: no {what} within {limit:?}; the journal ends:\n{journal}", self.suite);
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// The line of shell that runs a line of shell on this host, for who has a terminal of their own.
    pub(crate) fn shell(&self, script: &str) -> String {
        assert!(!script.contains('\''), "{script}");
        format!("{HOST} exec {} sh -c '{script}'", self.name)
    }

    fn feed(&self, command: &[&str], stdin: &str) -> Output {
        let mut arguments = vec!["exec", &self.name];
        arguments.extend(command);
        spawn(&arguments, stdin)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // no panic here: the test's own message matters more
        tool(&["end", &self.name]);
    }
}

/// The programs to install: those that `make test` built as they are shipped, else cargo's own.
pub(crate) fn programs() -> String {
    let built = || Path::new(env!("CARGO_BIN_EXE_run-job")).parent().map(Path::to_owned);
    let folder = env::var_os("PROCESS_CONTROL_TEST_PROGRAMS").map(PathBuf::from).or_else(built);
    folder.and_then(|it| it.to_str().map(str::to_owned)).expect("the folder of the programs has a name in UTF-8")
}

fn tool(arguments: &[&str]) -> Output {
    spawn(arguments, "")
}

fn spawn(arguments: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(HOST)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|problem| panic!("{HOST}: {problem}"));
    // a command that does not read to the end is no problem of ours
    let _ = child.stdin.take().expect("stdin is piped").write_all(stdin.as_bytes());
    let ended = child.wait_with_output().expect("a child can be waited for");
    Output {
        stdout: String::from_utf8_lossy(&ended.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&ended.stderr).into_owned(),
        status: ended.status.code().expect("the tool exits, it is not killed"),
    }
}
