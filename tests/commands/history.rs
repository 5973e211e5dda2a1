//! The history file on disk, and what happens to a run when it is not as it should be.

use super::scene::{Ended, Scene};
use super::tools;
use process_control::history::{Command::Normal, Run, Trigger};
use process_control::job::JobName;
use process_control::sys::clock;
use process_control::sys::history::{PATIENCE, Store};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::process::Command;

fn job() -> Scene {
    Scene::new().job("a", "name: A\ncommand: sh -c 'exit 3'\n")
}

/// Somebody left a file in the state directory.
fn left(scene: &Scene, text: &str) {
    scene.write("state/a.yaml", text);
    if Scene::is_root() {
        chown(scene.path("state/a.yaml"), Some(scene.uid), None).unwrap();
    }
}

#[test]
fn pyyaml_reads_what_the_original_wrote_there() {
    if !tools::there_or_skip("the history as PyYAML reads it", &["python3", "-c", "import yaml"]) {
        return;
    }
    let scene = job();
    scene.run(&["a"]).code(3);
    let script = "import sys, yaml, datetime\n\
        state = yaml.safe_load(open(sys.argv[1]))\n\
        entry = state['history'][0]\n\
        time = datetime.datetime.strptime(entry['time'], '%Y-%m-%d %H:%M:%S.%f')\n\
        age = datetime.datetime.utcnow() - time\n\
        print(len(state['history']), entry['status'], state['last_completion_status'], entry['exit_status'], age.total_seconds() < 60)";
    let output = Command::new("python3").args(["-c", script]).arg(scene.path("state/a.yaml")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1 failed failure 3 True\n", "{output:?}");
}

#[test]
fn the_originals_history_goes_on() {
    let scene = job();
    left(
        &scene,
        "history:\n- status: started\n  time: '2026-11-22 04:30:03.496396'\n- status: completed\n  time: '2026-11-22 04:30:04'\n\
         last_completion_status: success\n",
    );
    scene.run(&["a"]).code(3);
    assert_eq!(scene.outcomes("a"), ["success", "failure"]);
    assert!(scene.text("state/a.yaml").contains("2026-11-22 04:30:03.496396"));
}

#[test]
fn a_corrupt_history_is_put_aside() {
    for text in ["history: [\n", "- 1\n", "\u{1}\u{1b}[2J\n", &"x".repeat(300_000)] {
        let scene = job();
        left(&scene, text);
        let ended = scene.run(&["a"]).code(3).says("put aside as");
        assert!(!ended.stderr.contains('\u{1b}'), "{ended:?}");
        assert_eq!(scene.text("state/a.yaml.corrupt"), text);
        assert_eq!(scene.outcomes("a"), ["failure"]);
    }
}

/// The run matters more than its record.
#[test]
fn an_unwritable_state_directory_stops_no_run() {
    let scene = Scene::new().job("a", "name: A\ncommand: echo on\n");
    fs::set_permissions(scene.path("state"), fs::Permissions::from_mode(0o555)).unwrap();
    let ended = scene.run(&["a"]).code(0).says("the history could not be written");
    assert_eq!(ended.stdout, "on\n");
    fs::remove_dir(scene.path("state")).unwrap();
    scene.run(&["a"]).code(0).says("the history could not be written");
}

#[test]
fn a_link_in_its_place_is_not_followed() {
    let scene = job();
    scene.write("victim", "precious\n");
    symlink(scene.path("victim"), scene.path("state/a.yaml")).unwrap();
    scene.run(&["a"]).code(3);
    assert_eq!(scene.text("victim"), "precious\n");
    assert_eq!(scene.outcomes("a"), ["failure"], "the link is put aside");
}

/// 230 bytes, the longest that a unit's name leaves room for.
#[test]
fn the_longest_name_has_a_history() {
    let name = "x".repeat(230);
    let scene = Scene::new().job(&name, "name: A\ncommand: /bin/true\n");
    scene.run(&[&name]).code(0).silent();
    assert_eq!(scene.outcomes(&name), ["success"]);
}

#[test]
fn a_pipe_in_its_place_blocks_nobody() {
    let scene = job();
    assert!(Command::new("mkfifo").arg(scene.path("state/a.yaml")).status().unwrap().success());
    scene.run(&["a"]).code(3);
    assert_eq!(scene.outcomes("a"), ["failure"]);
}

/// Twelve runs that end at once: each has its entry.
#[test]
fn who_ends_at_once_writes_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let (store, name) = (Store::new(folder.path()), JobName::new("a").unwrap());
    std::thread::scope(|scope| {
        for number in 0..12 {
            let (store, name) = (&store, &name);
            scope.spawn(move || {
                let begun = Run::begun(format!("{number:032}"), Trigger::Manual, Normal, clock::now(), String::new());
                let mut taken = store.take(name, PATIENCE).unwrap();
                assert_eq!(taken.said, None);
                taken.history.add(begun);
                taken.beside().unwrap().put().unwrap().surely().unwrap();
            });
        }
    });
    let mut ids: Vec<_> = store.read(&name).unwrap().history.runs.into_iter().map(|run| run.id).collect();
    ids.sort();
    assert_eq!(ids, (0..12).map(|number| format!("{number:032}")).collect::<Vec<_>>());
}

#[test]
fn twenty_runs_are_kept() {
    let scene = Scene::new().job("a", "name: A\ncommand: /bin/true\n");
    for _ in 0..22 {
        scene.run(&["a"]).code(0).silent();
    }
    assert_eq!(scene.outcomes("a").len(), 20);
    let left: Vec<_> = fs::read_dir(scene.path("state")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.len() <= 2, "no temporary file stays: {left:?}");
}

/// With 0777 the files of the first run could not be opened by the second, nor by any after it.
#[test]
fn the_umask_of_the_first_run_costs_the_next_nothing() {
    let scene = Scene::new();
    let log = scene.path("logs/deep");
    let scene = scene
        .configure(&format!("output_directory: {}\n", log.display()))
        .job("a", "name: A\ncommand: /bin/echo tea\nconflicts: b\n")
        .job("b", "name: B\ncommand: /bin/true\n");
    fs::create_dir(scene.path("logs")).unwrap();
    if Scene::is_root() {
        chown(scene.path("logs"), Some(scene.uid), None).unwrap();
    }
    let run = |umask: &str, job: &str| {
        let program = scene.path("run-job");
        let script = format!("umask {umask}; exec {} {job}", program.display());
        Ended::of(&mut scene.called(Command::new("sh"), &["-c", &script])).code(0).silent()
    };
    for (umask, runs) in [("0777", 1), ("022", 2), ("0777", 3)] {
        run(umask, "a");
        run(umask, "b");
        assert_eq!((scene.outcomes("a").len(), scene.outcomes("b").len()), (runs, runs), "{umask}");
    }
    let mode = |path: &str| fs::metadata(scene.path(path)).unwrap().permissions().mode() & 0o777;
    let logs =
        fs::read_dir(log.join("a")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().permissions().mode());
    assert!(logs.map(|mode| mode & 0o777).all(|mode| mode == 0o644));
    assert_eq!(["logs/deep", "logs/deep/a", "run/.conflicts"].map(mode), [0o755, 0o755, 0o700]);
    assert_eq!(["state/.a.lock", "run/a.lock", "run/.conflicts/b/a"].map(mode), [0o600; 3]);
}

#[test]
fn a_lock_of_a_history_without_a_mode_is_mended() {
    let scene = job();
    scene.run(&["a"]).code(3);
    fs::set_permissions(scene.path("state/.a.lock"), fs::Permissions::from_mode(0o000)).unwrap();
    scene.run(&["a"]).code(3);
    assert_eq!(scene.outcomes("a"), ["failure", "failure"]);
}
