//! The supervisor with real processes, each run in a process of its own: it takes every child for one of the run.

use chrono::DateTime;
#[path = "supervise/processes.rs"]
mod processes;
mod tools;

use process_control::job::{CommandLine, JobName};
use process_control::sys::exec::Environment;
use process_control::sys::run_log::{RunLog, utc};
use process_control::sys::supervise::{Ended, Output, Task, Tree, die_of, supervise};
use processes::{is_gone, kill};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const BEGIN: &str = "=== begin\n";
/// Far less than the minute that the commands would take, and enough for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(20);

/// A run to be made in a process of its own.
struct Scene {
    folder: TempDir,
    command: Command,
}

/// What came of it.
struct Result {
    ended: String,
    stdout: Vec<u8>,
    stderr: String,
    log: String,
    signal: Option<i32>,
    took: Duration,
}

impl Scene {
    fn new(commands: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["supervisor", "--exact", "--nocapture", "--test-threads=1"]).current_dir(folder.path());
        command.env("SCENE", commands.join("\n")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Scene { folder, command }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn logged(self) -> Self {
        self.with("LOGGED", "yes")
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn start(&mut self) -> Child {
        self.command.spawn().unwrap()
    }

    fn run(mut self) -> Result {
        let child = self.start();
        self.result(child)
    }

    /// Waits for the end of the supervisor, and of all who hold its output: nobody may.
    fn result(self, child: Child) -> Result {
        let start = Instant::now();
        let output = child.wait_with_output().unwrap();
        let took = start.elapsed();
        let after = output.stdout.windows(BEGIN.len()).position(|part| part == BEGIN.as_bytes()).unwrap() + BEGIN.len();
        Result {
            ended: fs::read_to_string(self.folder().join("ended")).unwrap_or_default(),
            stdout: output.stdout[after..].to_vec(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            log: fs::read(self.folder().join("job/job-19700101-000000.log"))
                .map(|bytes| String::from_utf8(bytes).expect("a log is text"))
                .unwrap_or_default(),
            signal: output.status.signal(),
            took,
        }
    }
}

/// Level and text of the log's lines, with the numbers of processes taken out.
fn lines(log: &str) -> Vec<String> {
    log.lines()
        .map(|line| {
            let (time, rest) = line.split_once('\t').unwrap();
            assert_eq!(time.len(), "2026-11-22 04:30:03,496".len(), "{line}");
            match rest.rsplit_once(" (") {
                Some((text, pid)) if pid.trim_end_matches(')').parse::<u32>().is_ok() => format!("{text} (PID)"),
                _ => rest.to_owned(),
            }
        })
        .collect()
}

fn wait_for(path: &Path) -> String {
    for _ in 0..500 {
        match fs::read_to_string(path) {
            Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
            _ => sleep(Duration::from_millis(10)),
        }
    }
    panic!("{} does not come", path.display());
}

/// No test, but the process in which the others let their runs happen.
#[test]
fn supervisor() {
    let Ok(scene) = std::env::var("SCENE") else { return };
    let number = |name| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let commands: Vec<_> = scene.lines().map(|line| CommandLine::parse(line).unwrap()).collect();
    let set = [("foo1", "bar"), ("foo2", "rebar")].map(|(name, value)| (name.into(), value.into()));
    let task = Task {
        commands: &commands,
        environment: Environment { set: &set, without: &["SCENE", "TAKEN"] },
        success: &[3],
        timeout: number("TIMEOUT").map(Duration::from_millis),
        grace: Duration::from_millis(number("GRACE").unwrap_or(1000)),
        tree: if std::env::var_os("UNIT").is_some() { Tree::OfUnit } else { Tree::Ours },
        all_are_told: &|| std::env::var_os("UNIT").is_some_and(|unit| unit != "alone"),
    };
    let start = DateTime::from_timestamp(0, 0).unwrap();
    let mut log = std::env::var_os("LOGGED")
        .map(|_| RunLog::create(Path::new("."), &JobName::new("job").unwrap(), start, &utc).unwrap());
    print!("{BEGIN}");
    let ended = supervise(&task, log.as_mut().map_or(Output::Inherit, Output::Log)).unwrap();
    fs::write("ended", format!("{ended:?}")).unwrap();
    match ended {
        Ended::Stopped { signal } => die_of(signal),
        // Without the words that the test harness would add.
        _ => std::process::exit(0),
    }
}

#[test]
fn runner_success() {
    let result = Scene::new(&["true", "sh -c 'exit 3'", "echo done"]).run();
    assert_eq!(result.ended, "Exited { code: 0, command: 2 }");
    assert_eq!((result.stdout, result.stderr.as_str()), (b"done\n".to_vec(), ""));
}

#[test]
fn runner_return_code() {
    let result = Scene::new(&["true", "sh -c 'exit 7'", "echo never"]).run();
    assert_eq!(result.ended, "Exited { code: 7, command: 1 }");
    assert_eq!(result.stdout, b"");
    let result = Scene::new(&["sh -c 'kill -USR1 $$'", "echo never"]).run();
    assert_eq!(result.ended, "Signalled { signal: 10, core: None, command: 0 }");
}

#[test]
fn a_command_that_is_not_there() {
    let result = Scene::new(&["true", "/no/such/program", "echo never"]).run();
    assert!(result.ended.starts_with("NotStarted { command: 1, error: Os { code: 2,"), "{}", result.ended);
    assert_eq!(result.stdout, b"");
}

#[test]
fn runner_timeout() {
    let result = Scene::new(&["sleep 60"]).with("TIMEOUT", "300").run();
    assert_eq!(result.ended, "TimedOut");
    assert!(result.took < AT_ONCE, "{:?}", result.took);
}

#[test]
fn the_time_is_for_all_commands_together() {
    let result = Scene::new(&["sleep 0.3", "sleep 0.3", "sleep 60"]).with("TIMEOUT", "500").run();
    assert_eq!(result.ended, "TimedOut");
    assert!(result.took < AT_ONCE, "{:?}", result.took);
}

#[test]
fn a_timeout_reaches_everybody() {
    // One ignores SIGTERM, the other has left its session and its parents; both hold the output.
    let deaf = "trap \"\" TERM; echo $$ >deaf; while :; do sleep 60; done";
    let lost = "echo $$ >lost; trap \"\" TERM; while :; do sleep 60; done";
    let command = "sh -c '(setsid sh -c \"$LOST\" & ) ; sh -c \"$DEAF\" & wait'";
    for plain_or_logged in [|scene: Scene| scene, Scene::logged] {
        let scene = Scene::new(&[command]).with("TIMEOUT", "2000").with("GRACE", "500");
        let mut scene = plain_or_logged(scene.with("DEAF", deaf).with("LOST", lost));
        let child = scene.start();
        let (deaf, lost) = (wait_for(&scene.folder().join("deaf")), wait_for(&scene.folder().join("lost")));
        assert!(!is_gone(&deaf) && !is_gone(&lost));
        let result = scene.result(child);
        assert_eq!(result.ended, "TimedOut");
        assert!(result.took < AT_ONCE, "{:?}", result.took);
        assert!(is_gone(&deaf) && is_gone(&lost));
        assert!(result.log.is_empty() || result.log.ends_with("----------- end command output\n"));
    }
}

#[test]
fn a_process_that_forks_as_fast_as_it_can_is_ended() {
    let forks = "trap \"\" TERM; echo $$ >pid; while :; do (sleep 30 &) ; done";
    let mut scene =
        Scene::new(&["sh -c 'eval \"$FORKS\"'"]).with("FORKS", forks).with("TIMEOUT", "100").with("GRACE", "50");
    let child = scene.start();
    let pid = wait_for(&scene.folder().join("pid"));
    let result = scene.result(child);
    assert_eq!(result.ended, "TimedOut");
    assert!(is_gone(&pid));
    assert!(result.took < Duration::from_secs(20), "{:?}", result.took);
}

/// `/proc` has a process's name as it is, whatever bytes it is.
#[test]
fn a_process_whose_name_is_no_text_does_not_hide() {
    let hide =
        "name=$(printf \"\\377\"); cp \"$(command -v sleep)\" $name; setsid ./$name 30 & echo $! >pid; sleep 0.2";
    let mut scene = Scene::new(&["sh -c 'eval \"$HIDE\"'"]).with("HIDE", hide);
    let child = scene.start();
    let pid = wait_for(&scene.folder().join("pid"));
    let result = scene.result(child);
    assert_eq!(result.stderr, "run-job: the commands left 1 process behind, which end now\n");
    assert!(result.took < Duration::from_secs(10), "{:?}", result.took);
    assert!(is_gone(&pid));
}

#[test]
fn a_process_in_the_background_does_not_block() {
    for plain_or_logged in [|scene: Scene| scene, Scene::logged] {
        let mut scene = plain_or_logged(Scene::new(&["sh -c 'sleep 60 & echo $! >pid'", "echo next"]));
        let child = scene.start();
        let pid = wait_for(&scene.folder().join("pid"));
        let result = scene.result(child);
        assert_eq!(result.ended, "Exited { code: 0, command: 1 }");
        assert_eq!(result.stdout, b"next\n");
        assert_eq!(result.stderr, "run-job: the commands left 1 process behind, which end now\n");
        assert!(result.took < AT_ONCE, "{:?}", result.took);
        assert!(is_gone(&pid));
    }
}

#[test]
fn a_signal_stops_the_run() {
    for (name, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3)] {
        let command =
            "sh -c 'trap \"echo told; exit 0\" TERM INT HUP QUIT; echo $$ >pid; while :; do sleep 0.05; done'";
        let mut scene = Scene::new(&[command, "echo never"]);
        let child = scene.start();
        let pid = wait_for(&scene.folder().join("pid"));
        kill(name, child.id());
        let result = scene.result(child);
        assert_eq!(result.ended, format!("Stopped {{ signal: {number} }}"));
        assert_eq!(result.signal, Some(number));
        assert_eq!(String::from_utf8_lossy(&result.stdout), "told\n");
        assert!(is_gone(&pid));
    }
}

#[test]
fn a_key_on_the_terminal_reaches_a_command_once() {
    let mut scene = Scene::new(&["sh -c 'eval \"$SCRIPT\"'", "echo never"]);
    scene = scene.with("SCRIPT", "trap 'echo told >>told' INT; echo $$ >pid; for i in 1 2 3 4 5; do sleep 0.1; done");
    let words: Vec<_> = scene.command.get_args().map(|word| word.to_str().unwrap().to_owned()).collect();
    let line = format!("{} {}", std::env::current_exe().unwrap().display(), words.join(" "));
    let mut terminal = Command::new("script");
    terminal.args(["-q", "-e", "-c", &line, "/dev/null"]).current_dir(scene.folder());
    terminal.envs(scene.command.get_envs().map(|(name, value)| (name, value.unwrap())));
    scene.command = terminal;
    scene.command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    if !tools::there_or_skip("a key on the terminal", &["script", "--version"]) {
        return;
    }
    let mut child = scene.start();
    wait_for(&scene.folder().join("pid"));
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(b"\x03").unwrap();
    child.wait().unwrap();
    assert_eq!(fs::read_to_string(scene.folder().join("ended")).unwrap(), "Stopped { signal: 2 }");
    assert_eq!(fs::read_to_string(scene.folder().join("told")).unwrap(), "told\n");
}

#[test]
fn a_signal_of_systemd_is_not_sent_again() {
    let command = "sh -c 'trap \"echo told\" TERM; echo $$ >pid; sleep 0.5; exit 0'";
    let mut scene = Scene::new(&[command, "echo never"]).with("UNIT", "yes");
    let child = scene.start();
    wait_for(&scene.folder().join("pid"));
    kill("TERM", child.id());
    let result = scene.result(child);
    assert_eq!((result.ended.as_str(), result.signal), ("Stopped { signal: 15 }", Some(15)));
    assert_eq!(result.stdout, b"");
}

#[test]
fn what_the_caller_ignores_stays_ignored() {
    let mut scene = Scene::new(&["sh -c 'echo $PPID >pid; sleep 0.5; grep SigIgn /proc/self/status'"]);
    let supervisor =
        scene.command.get_args().map(|word| word.to_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ");
    let program = scene.command.get_program().to_owned();
    let mut nohup = Command::new("sh");
    nohup.args(["-c", &format!("trap '' HUP; exec \"$0\" {supervisor}")]).arg(program);
    nohup.current_dir(scene.folder()).envs(scene.command.get_envs().map(|(name, value)| (name, value.unwrap())));
    scene.command = nohup;
    scene.command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = scene.start();
    wait_for(&scene.folder().join("pid"));
    kill("HUP", child.id());
    let result = scene.result(child);
    assert_eq!(result.ended, "Exited { code: 0, command: 0 }");
    let mask = String::from_utf8(result.stdout).unwrap();
    let mask = u64::from_str_radix(mask.trim_start_matches("SigIgn:").trim(), 16).unwrap();
    // HUP is ignored, and PIPE, which we ignore ourselves, is not.
    assert_eq!(mask & 0x7fff_ffff, 1);
}

#[test]
fn runner_environment() {
    let result = Scene::new(&["env"]).with("MYENV", "mine").with("TAKEN", "away").logged().run();
    for line in ["foo1=bar", "foo2=rebar", "MYENV=mine"] {
        assert!(lines(&result.log).contains(&format!("INFO\t{line}")), "{}", result.log);
    }
    assert!(!result.log.contains("TAKEN"));
}

#[test]
fn runner_stderr() {
    let result = Scene::new(&["grep '['"]).logged().run();
    assert_eq!(result.ended, "Exited { code: 2, command: 0 }");
    assert!(lines(&result.log).iter().any(|line| line.starts_with("ERROR\tgrep: ")), "{}", result.log);
    assert!(result.stderr.starts_with("grep: "));
    assert_eq!(result.stdout, b"");
}

#[test]
fn runner_store_output() {
    let result = Scene::new(&["which sh", "printf '%s\\n\\377%s' one 'last line'", "false"]).logged().run();
    let path = Command::new("which").arg("sh").output().unwrap().stdout;
    let path = String::from_utf8(path).unwrap();
    let frame = |command: &str, output: &[&str]| {
        let mut lines = vec!["===========".to_owned(), format!("{command} (PID)"), "-----------".to_owned()];
        lines.extend(output.iter().map(|&line| line.to_owned()));
        lines.push("----------- end command output".to_owned());
        lines.into_iter().map(|line| format!("INFO\t{line}")).collect::<Vec<_>>()
    };
    let printf = CommandLine::parse("printf '%s\\n\\377%s' one 'last line'").unwrap().to_string();
    let expected =
        [frame("which sh", &[path.trim_end()]), frame(&printf, &["one", "\u{fffd}last line"]), frame("false", &[])];
    assert_eq!(lines(&result.log), expected.concat());
    assert_eq!(result.stdout, [path.as_bytes(), b"one\n\xfflast line"].concat());
}

#[test]
fn a_flood_is_kept_whole_in_little_memory() {
    const LINES: usize = 6_000_000;
    let script = format!("seq {LINES}; grep VmHWM /proc/$PPID/status >memory");
    let mut scene = Scene::new(&["sh -c 'eval \"$SCRIPT\"'"]).with("SCRIPT", &script).logged();
    let mut child = scene.start();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success());
    let numbers = text.split_once(BEGIN).unwrap().1.lines();
    assert!(numbers.map(|line| line.parse::<usize>().unwrap()).eq(1..=LINES));
    let log = fs::read_to_string(scene.folder().join("job/job-19700101-000000.log")).unwrap();
    let numbers = log.lines().filter_map(|line| line.rsplit('\t').next()?.parse::<usize>().ok());
    assert!(numbers.eq(1..=LINES));
    let memory = fs::read_to_string(scene.folder().join("memory")).unwrap();
    let kilobytes: usize = memory.split_ascii_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kilobytes < 20_000, "{memory}");
}

#[test]
fn somebody_who_does_not_read_cannot_stop_the_timeout() {
    let mut scene = Scene::new(&["yes"]).with("TIMEOUT", "300").with("GRACE", "300").logged();
    let mut child = scene.start();
    let start = Instant::now();
    let unread = child.stdout.take().unwrap();
    child.wait().unwrap();
    assert!(start.elapsed() < AT_ONCE);
    drop(unread);
    assert_eq!(fs::read_to_string(scene.folder().join("ended")).unwrap(), "TimedOut");
}

#[test]
fn somebody_who_goes_away_does_not_disturb_the_command() {
    let mut scene = Scene::new(&["sh -c 'sleep 0.3; seq 100000'"]).logged();
    let mut child = scene.start();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.ends_with(BEGIN) {
        output.read_line(&mut line).unwrap();
    }
    drop(output);
    assert!(child.wait().unwrap().success());
    let log = fs::read_to_string(scene.folder().join("job/job-19700101-000000.log")).unwrap();
    assert_eq!(log.lines().count(), 100_004);
}
