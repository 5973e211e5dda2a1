//! Completion in real shells: what they offer, and that it is the value that was meant once it stands in the line.

mod tools;

#[path = "commands/scene.rs"]
#[expect(dead_code, reason = "the tests of the commands use more of it")]
mod scene;

use process_control::app::complete::scripts;
use scene::{Ended, Scene};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tools::there_or_skip;

/// A shell that can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

use Shell::{Bash, Fish, Zsh};

/// Lists the candidates for a line, as the shell's own functions are given them.
const BASH: &str = r#"
source completions/bash/$1
COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:' COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"$2"
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_${1//-/_}
for candidate in "${COMPREPLY[@]}"; do printf '%s\n' "$candidate"; done
"#;
const ZSH: &str = r"
compdef() { }
_describe() { print -rl -- ${(P)3} }
source completions/zsh/_$1
words=(${=2})
[[ $2 == *' ' ]] && words+=('')
CURRENT=${#words} PREFIX=$words[-1]
_$1
";
const FISH: &str = "source completions/fish/$argv[1].fish; complete -C $argv[2]";

impl Shell {
    /// The shells that are here; for the others it says that they are not.
    fn all() -> impl Iterator<Item = Shell> {
        let there = |shell: &Shell| there_or_skip("completion", &[shell.name(), "-c", "exit 0"]);
        [Bash, Zsh, Fish].into_iter().filter(there)
    }

    fn name(self) -> &'static str {
        match self {
            Bash => "bash",
            Zsh => "zsh",
            Fish => "fish",
        }
    }

    /// The shell, in a scene with the scripts.
    fn command(self, scene: &Scene, arguments: &[&str]) -> Command {
        called(scene, self.name(), arguments)
    }

    /// What it is offered for a line; with descriptions where the shell shows them.
    fn listed(self, scene: &Scene, line: &str) -> Vec<String> {
        let program = line.split(' ').next().unwrap();
        let mut command = match self {
            Bash => self.command(scene, &["--norc", "--noprofile", "-c", BASH, "bash", program, line]),
            Zsh => self.command(scene, &["-f", "-c", ZSH, "zsh", program, line]),
            Fish => self.command(scene, &["--no-config", "-c", FISH, program, line]),
        };
        let ended = Ended::of(&mut command).silent();
        ended.stdout.lines().map(ToOwned::to_owned).collect()
    }

    /// The same without descriptions.
    fn values(self, scene: &Scene, line: &str) -> Vec<String> {
        let without = |candidate: String| match self {
            Bash => candidate,
            Zsh => candidate.replace("\\:", "\0").split(':').next().unwrap().replace('\0', ":"),
            Fish => candidate.split('\t').next().unwrap().to_owned(),
        };
        self.listed(scene, line).into_iter().map(without).collect()
    }

    /// Types lines into the shell on a terminal, and gives the arguments with which it calls `show`, a command that
    /// is completed as `jobctl` is.
    fn typed(self, scene: &Scene, lines: &[&str]) -> Vec<Vec<String>> {
        let (show, start) = match self {
            Bash => (
                "bind 'set enable-bracketed-paste off'\nsource completions/bash/jobctl\n\
                 show() { printf '<%s>' \"$@\"; echo; }\ncomplete -o nosort -F _jobctl show\n",
                "bash --noprofile --rcfile state/.zshrc -i",
            ),
            Zsh => (
                "unset zle_bracketed_paste\nfpath=($PWD/completions/zsh $fpath)\nautoload -Uz compinit\n\
                 compinit -u -D\nshow() { printf '<%s>' \"$@\"; echo; }\ncompdef _jobctl show\n",
                "zsh -d -i",
            ),
            Fish => (
                "source completions/fish/jobctl.fish\nfunction show; printf '<%s>' $argv; echo; end\n\
                 complete --command show --wraps jobctl\n",
                "fish --no-config --init-command 'source state/.zshrc' -i",
            ),
        };
        scene.write("state/.zshrc", show);
        // a quote that is not closed would wait for ever
        let mut terminal = called(scene, "timeout", &["60", "script", "-qec", start, "/dev/null"]);
        let mut terminal = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let keys = format!("{}\nexit\n", lines.join("\n"));
        terminal.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
        let said = terminal.wait_with_output().unwrap().stdout;
        let said = String::from_utf8_lossy(&said).replace('\r', "\n");
        let shown = said.lines().filter_map(|line| line.strip_prefix('<')?.strip_suffix('>'));
        shown.map(|line| line.split("><").map(ToOwned::to_owned).collect()).collect()
    }
}

/// A program of the host that finds ours, without anybody's settings.
fn called(scene: &Scene, program: &str, arguments: &[&str]) -> Command {
    let mut command = scene.called(Command::new(program), arguments);
    let home = scene.path("state");
    command.env("PATH", format!("{}:/usr/bin:/bin", scene.path("").display()));
    command.env("HOME", &home).env("ZDOTDIR", &home).env("TERM", "dumb").env("LC_ALL", "C.UTF-8");
    command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
    command
}

/// Jobs whose names need quotes, and the scripts where the shells find them.
fn scene() -> Scene {
    let scene = Scene::new()
        .job("nightly-report", "name: 'Report: sales'\ncommand: x\ntag: [finance, night shift]\n")
        .job("nightly-backup", "command: x\ntags: [finance]\n")
        .job("broken", "command: [\n")
        .job("-dash", "command: x\n")
        .job("two words", "name: Two words\ncommand: x\n")
        .job("it's \"quoted\"", "command: x\n")
        .job("$HOME;reboot", "command: x\n")
        .job("[a-z]*", "command: x\n")
        .job("a:b", "name: Colon\ncommand: x\n")
        .job("päpste", "command: x\n");
    for script in scripts() {
        let folder = scene.path("completions").join(script.shell);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(script.file), script.text).unwrap();
    }
    scene
}

#[test]
fn verbs_options_jobs_and_tags_are_offered() {
    let scene = scene();
    for shell in Shell::all() {
        let is = |line: &str, values: &[&str]| assert_eq!(shell.values(&scene, line), values, "{shell:?}: {line}");
        is("jobctl sta", &["status", "start"]);
        is("jobctl skip", &["skip-next"]);
        // an alias only for those who begin to type it
        is("jobctl ki", &["kill"]);
        is("jobctl st", &["status", "start", "stop"]);
        is("jobctl status --s", &["--state", "--sort"]);
        is("jobctl kill --y", &["--yes"]);
        is("jobctl status --sort ", &["name", "state", "last", "next", "took"]);
        is("jobctl status n", &["nightly-backup", "nightly-report"]);
        is("jobctl status broken nightly-r", &["nightly-report"]);
        is("jobctl restart --yes b", &["broken"]);
        is("jobctl explain nightly-b", &["nightly-backup"]);
        is("jobctl next --tag fi", &["finance"]);
        is("jobctl new --tag fi", &["finance"]);
        is("jobctl new n", &[]);
        is("jobctl status nobody", &[]);
        is("run-job nightly-r", &["nightly-report"]);
        is("run-job --kill-job nightly-r", &["nightly-report"]);
        is("run-job --finish nightly-r", &["nightly-report"]);
        is("run-job --only", &["--only-running"]);
        is("jobctl check state", &["state/"]);
        // a dash begins an option, but after two, and where an option takes a job
        is("jobctl status -- -", &["-dash"]);
        assert!(shell.values(&scene, "run-job --kill-job -d").contains(&"-dash".to_owned()), "{shell:?}");
        assert!(!shell.values(&scene, "jobctl status -d").contains(&"-dash".to_owned()), "{shell:?}");
        let all = shell.values(&scene, "jobctl status ");
        assert!(all.len() > 7 && all.iter().all(|value| !value.starts_with('-')), "{shell:?}: {all:?}");
        let verbs = shell.values(&scene, "jobctl ");
        assert!(verbs.contains(&"stop".to_owned()) && !verbs.contains(&"kill".to_owned()), "{shell:?}: {verbs:?}");
    }
}

#[test]
fn titles_stand_beside_names_where_the_shell_shows_them() {
    let scene = scene();
    for shell in Shell::all() {
        let report = match shell {
            Bash => "nightly-report",
            Zsh => "nightly-report:Report: sales",
            Fish => "nightly-report\tReport: sales",
        };
        assert_eq!(shell.listed(&scene, "jobctl logs n"), ["nightly-backup", report]);
    }
}

#[test]
fn runs_are_offered_by_number_and_by_id() {
    let scene = scene();
    let run = |id: &str, end: &str| {
        format!(
            "- status: {end}ed\n  time: '2026-11-22 08:21:06.000000'\n  run: {id}\n  trigger: timer\n  \
             start: '2026-11-22 08:21:00.000000'\n  end: '2026-11-22 08:21:06.000000'\n"
        )
    };
    let text = format!("history:\n{}{}", run("ba5374", "complet"), run("c3a100", "fail"));
    scene.write("state/nightly-report.yaml", &text);
    scene.write("state/gone.yaml", &text);
    for shell in Shell::all() {
        assert_eq!(shell.values(&scene, "jobctl logs nightly-report --run "), ["1", "2"], "{shell:?}");
        assert_eq!(shell.values(&scene, "jobctl logs nightly-report --run b"), ["ba5374"], "{shell:?}");
        assert_eq!(shell.values(&scene, "jobctl logs --run "), [""; 0], "{shell:?}");
        assert_eq!(shell.values(&scene, "jobctl history g"), ["gone"], "{shell:?}");
        assert_eq!(shell.values(&scene, "jobctl start g"), [""; 0], "{shell:?}");
        if shell != Bash {
            let listed = shell.listed(&scene, "jobctl logs nightly-report --run ");
            assert!(listed[0].contains("failure") && listed[1].contains("success"), "{shell:?}: {listed:?}");
        }
    }
}

#[test]
fn every_value_is_usable_where_it_stands() {
    if !there_or_skip("completion on a terminal", &["script", "--version"]) {
        return;
    }
    let scene = scene();
    let lines: &[(&str, &[&str])] = &[
        ("show star\t", &["start"]),
        ("show status nightly-r\t", &["status", "nightly-report"]),
        ("show status nightly-r\tbrok\t", &["status", "nightly-report", "broken"]),
        ("show status two\t", &["status", "two words"]),
        ("show status two\\ w\t", &["status", "two words"]),
        ("show status \"two w\t", &["status", "two words"]),
        ("show status 'two w\t", &["status", "two words"]),
        ("show status it\t", &["status", "it's \"quoted\""]),
        ("show status \"it\t", &["status", "it's \"quoted\""]),
        ("show status 'it\t", &["status", "it's \"quoted\""]),
        ("show status \\$HO\t", &["status", "$HOME;reboot"]),
        ("show status \\[\t", &["status", "[a-z]*"]),
        ("show status a\t", &["status", "a:b"]),
        ("show status a:\t", &["status", "a:b"]),
        ("show status p\t", &["status", "päpste"]),
        ("show status --tag nig\t", &["status", "--tag", "night shift"]),
        ("show status --tag=nig\t", &["status", "--tag=night shift"]),
        ("show check ru\t", &["check", "run/"]),
    ];
    let keys: Vec<&str> = lines.iter().map(|(keys, _)| *keys).collect();
    for shell in Shell::all() {
        let shown = shell.typed(&scene, &keys);
        for ((keys, arguments), shown) in lines.iter().zip(&shown) {
            assert_eq!(shown, arguments, "{shell:?}: {keys:?}");
        }
        assert_eq!(shown.len(), lines.len(), "{shell:?}: {shown:?}");
    }
}

/// Where nothing is known, nothing is said either: `listed` looks at stderr.
#[test]
fn nobody_is_told_of_errors() {
    let broken = scene().configure("user: [\n");
    let nowhere = scene();
    fs::remove_dir_all(nowhere.path("jobs")).unwrap();
    for scene in [broken, nowhere] {
        for shell in Shell::all() {
            for line in ["jobctl status ni", "jobctl status --tag ", "jobctl logs x --run ", "run-job ni"] {
                assert_eq!(shell.values(&scene, line), [""; 0], "{shell:?}: {line}");
            }
            assert_eq!(shell.values(&scene, "jobctl sta"), ["status", "start"], "{shell:?}");
        }
    }
    let scene = scene();
    for (shell, words) in [("tcsh", &["--", "jobctl", ""][..]), ("bash", &["--", "jobctl"]), ("zsh", &["--", "jobctl"])]
    {
        let mut command = scene.command("jobctl", words);
        let ended = Ended::of(command.env("PROCESS_CONTROL_COMPLETE", shell)).code(0).silent();
        assert_eq!(ended.stdout, "", "{shell}");
    }
}

#[test]
fn ten_thousand_jobs_are_listed_at_once() {
    let scene = scene();
    for number in 0..10_000 {
        scene.write(&format!("jobs/many-{number}.yaml"), "name: One of many\ncommand: x\n");
    }
    let mut command = scene.command("jobctl", &["--", "jobctl", "status", "many-"]);
    let start = Instant::now();
    let ended = Ended::of(command.env("PROCESS_CONTROL_COMPLETE", "zsh")).code(0).silent();
    let took = start.elapsed();
    assert_eq!(ended.stdout.lines().count(), 10_000);
    // a tenth of that, if nothing else goes on
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// It is static, starts for every run, and is completed by jobctl.
#[test]
fn run_job_carries_nothing_of_this() {
    let holds = |program: &str| {
        let bytes = fs::read(program).unwrap();
        bytes.windows(24).any(|window| window == b"PROCESS_CONTROL_COMPLETE")
    };
    assert!(holds(env!("CARGO_BIN_EXE_jobctl")));
    assert!(!holds(env!("CARGO_BIN_EXE_run-job")));
}
