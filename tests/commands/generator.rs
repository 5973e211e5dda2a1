//! The generator as PID 1 calls it, and as a person may.

use super::scene::{Ended, Scene};
use std::fs;
use std::path::Path;
use std::process::Command;

const GOOD: &str = "name: Good\ncommand: /bin/true\nschedule: 0 1 * * *\n";

fn generate(scene: &Scene, folders: &[&str]) -> Ended {
    for folder in folders {
        fs::create_dir_all(scene.path(folder)).unwrap();
        if Scene::is_root() {
            std::os::unix::fs::chown(scene.path(folder), Some(scene.uid), None).unwrap();
        }
    }
    let paths: Vec<_> = folders.iter().map(|folder| scene.path(folder).to_str().unwrap().to_owned()).collect();
    scene.call("generator", &paths.iter().map(String::as_str).collect::<Vec<_>>())
}

fn is_timer(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|kind| kind == "timer")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn it_takes_one_folder_or_three() {
    let scene = Scene::new().job("good", GOOD);
    let three = generate(&scene, &["normal", "early", "late"]).code(0).silent();
    assert_eq!(three.stdout, "");
    generate(&scene, &["alone"]).code(0).silent();
    assert_eq!(names(&scene.path("normal")), names(&scene.path("alone")));
    assert!(names(&scene.path("normal")).contains(&"job@good.timer".to_owned()));
    assert_eq!(names(&scene.path("early")), [""; 0]);
    assert_eq!(names(&scene.path("late")), [""; 0]);
    generate(&scene, &[]).code(64).says("three folders");
    generate(&scene, &["one", "two"]).code(64);
    generate(&scene, &["one", "two", "three", "four"]).code(64);
    assert_eq!(names(&scene.path("one")), [""; 0]);
}

#[test]
fn it_writes_the_same_again() {
    let scene = Scene::new().job("good", GOOD);
    generate(&scene, &["units"]).code(0);
    let first: Vec<_> = names(&scene.path("units"));
    let timer = scene.text("units/job@good.timer");
    scene.write("units/job@good.timer", "old");
    fs::set_permissions(scene.path("units/job@good.timer"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    generate(&scene, &["units"]).code(0).silent();
    assert_eq!((names(&scene.path("units")), scene.text("units/job@good.timer")), (first, timer));
}

#[test]
fn in_the_initrd_there_are_no_jobs() {
    let scene = Scene::new().job("good", GOOD);
    fs::create_dir(scene.path("units")).unwrap();
    let mut command = scene.command("generator", &[scene.path("units").to_str().unwrap()]);
    Ended::of(command.env("SYSTEMD_IN_INITRD", "1")).code(0).silent();
    assert_eq!(names(&scene.path("units")), [""; 0]);
}

/// It may come with a file system that is mounted later, so it is watched.
#[test]
fn without_a_job_directory_there_is_its_watch() {
    let scene = Scene::new();
    fs::remove_dir(scene.path("jobs")).unwrap();
    generate(&scene, &["units"]).code(0).silent();
    assert!(names(&scene.path("units")).contains(&"process-control-jobs.path".to_owned()));
    assert!(!names(&scene.path("units")).iter().any(|name| is_timer(name)));
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    Scene::new().call("generator", &["/nowhere/units"]).code(1).says("/nowhere/units: No such file or directory");
    Scene::new().call("generator", &["/proc/self"]).code(1).says("/proc/self");
}

#[test]
fn a_bad_job_costs_no_other_its_units() {
    let scene =
        Scene::new().job("good", GOOD).job("bad", "name: [\n").job("secret", "name: A\ncommand: \"pass\\0word\"\n");
    let said = generate(&scene, &["units"]).code(0).says("jobs/bad.yaml:1:7:").says("jobs/secret.yaml:2:10:");
    assert!(!said.stderr.contains("word"), "nothing of a file reaches the log: {said:?}");
    let names = names(&scene.path("units"));
    for name in ["job@good.timer", "job@good.service", "job@bad.service"] {
        assert!(names.contains(&name.to_owned()), "{name} is not in {names:?}");
    }
}

#[test]
fn a_job_after_those_with_the_longest_names_costs_the_others_nothing() {
    let longest = "n".repeat(230);
    let after = |name: &str| format!("name: After\ncommand: /bin/true\nafter_success: {name}\n");
    let scene = Scene::new()
        .job("good", GOOD)
        .job(&longest, GOOD)
        .job("after", &after(&longest))
        .job("boot", "name: B\ncommand: /bin/true\nat_boot: true\n");
    generate(&scene, &["units"]).code(0).silent();
    let names = names(&scene.path("units"));
    for name in [
        format!("job-slow-start@{longest}.service.d"),
        "process-control-boot.target.d".to_owned(),
        "job-after@after.service".to_owned(),
    ] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    for longer in [231, 232, 240] {
        let scene = Scene::new().job("good", GOOD).job("after", &after(&"n".repeat(longer)));
        generate(&scene, &["units"]).code(0).says("the job name is too long");
        assert!(scene.path("units/job@good.timer").exists());
    }
}

#[test]
fn jobs_after_jobs_that_are_not_there_cost_the_host_no_files() {
    let list = |count: usize| (0..count).map(|number| format!(" - j{number}\n")).collect::<Vec<_>>().concat();
    let after = |count| format!("name: After\ncommand: /bin/true\nafter_success:\n{}", list(count));
    let scene =
        (0..20).fold(Scene::new().job("j5", GOOD), |scene, number| scene.job(&format!("a{number}"), &after(100)));
    generate(&scene, &["units"]).code(0).silent();
    let made = names(&scene.path("units")).into_iter().filter(|name| name.contains("job-after@")).collect::<Vec<_>>();
    assert_eq!(made.len(), 21, "{made:?}");
    assert!(scene.text("units/job-after@j5.service").contains("follow-up -- a0 a1 a10"));
    let scene = Scene::new().job("good", GOOD).job("a", &after(101));
    generate(&scene, &["units"]).code(0).says("too many jobs; 100 at the most");
}

#[test]
fn many_threads_write_what_one_does() {
    let scene = (0..600).fold(Scene::new(), |scene, number| {
        scene.job(&format!("job-{number:03}"), if number % 200 == 7 { "name: Bad\n" } else { GOOD })
    });
    let units = |folder: &str| {
        let written = names(&scene.path(folder)).into_iter().filter(|name| name.starts_with("job@job-"));
        written.map(|name| (scene.text(&format!("{folder}/{name}")), name)).collect::<Vec<_>>()
    };
    let many = generate(&scene, &["many"]).code(0);
    fs::create_dir_all(scene.path("one")).unwrap();
    fs::set_permissions(scene.path("one"), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let mut alone = Command::new("/usr/bin/taskset");
    alone.args(["--cpu-list", "0"]).arg(scene.path("generator")).arg(scene.path("one"));
    let one = Ended::of(&mut scene.called(alone, &[])).code(0);
    assert_eq!(many.stderr, one.stderr);
    assert_eq!(many.stderr.matches("job-007.yaml").count(), 1, "{many:?}");
    assert_eq!(units("many").len(), 600 + 597);
    assert!(units("many") == units("one"));
    let list = "process-control.target.d/50-timers.conf";
    let timers = scene.text(&format!("many/{list}"));
    assert_eq!(timers, scene.text(&format!("one/{list}")));
    let timers: Vec<&str> = timers.lines().filter(|line| line.contains("job@")).collect();
    assert!(timers.is_sorted() && timers.len() == 597, "{timers:?}");
}

#[test]
fn of_a_hundred_bad_jobs_it_tells_a_few() {
    let scene = (0..100).fold(Scene::new(), |scene, number| scene.job(&format!("bad{number}"), "name: A\n"));
    let said = generate(&scene, &["units"]).code(0).says("100 broken jobs, 92 more lines");
    assert_eq!(said.stderr.lines().count(), 9);
    let scene = (0..300).fold(Scene::new(), |scene, number| scene.job(&format!("bad{number}"), "name: A\n"));
    generate(&scene, &["units"]).code(0).says("300 broken jobs, 292 more lines");
}

#[test]
fn of_a_thousand_problems_of_one_file_fifty_are_kept() {
    let keys = (0..1000).map(|number| format!("k{number}:\n")).collect::<Vec<_>>().concat();
    // an error at the very end is not among those left out
    let scene = Scene::new().job("a", &format!("{GOOD}{keys}umask: 9\n"));
    let said = generate(&scene, &["units"]).code(0).says("umask: this is no umask");
    assert!(said.stderr.contains("1 broken jobs, 43 more lines"), "{said:?}");
}

/// systemd gives all generators 90 seconds, and one that is killed costs every job its timer.
#[test]
fn no_file_takes_long() {
    let many = |line: &dyn Fn(u32) -> String| (0..4000).map(line).collect::<Vec<_>>().concat();
    let aliases = |count: u32| (0..count).map(|number| format!(" k{number}: *a\n")).collect::<Vec<_>>().concat();
    let long = format!("environment:\n a: &a {}\n{}", "9".repeat(60_000), aliases(19));
    let hexadecimal = format!("environment:\n a: &a 0x{}\n{}", "f".repeat(4300), aliases(200));
    let unknown = many(&|number| format!("k{number}:\n"));
    let variables = format!("environment:\n{}", many(&|number| format!(" k{number}: x\n")));
    let merged = format!("a: &a {{{}}}\n<<: [{}]\n", many(&|number| format!("k{number}: 1,")), "*a,".repeat(4));
    for text in [long, hexadecimal, unknown, variables, merged] {
        let scene = Scene::new().job("good", GOOD).job("slow", &format!("{GOOD}{text}"));
        let begin = std::time::Instant::now();
        generate(&scene, &["units"]).code(0);
        assert!(begin.elapsed() < std::time::Duration::from_secs(5), "{:?}: {:.60}", begin.elapsed(), text);
        assert!(names(&scene.path("units")).contains(&"job@good.timer".to_owned()));
    }
}

#[test]
fn a_zone_that_the_host_lacks_is_told() {
    let scene = Scene::new().job("a", &format!("{GOOD}timezone: Mars/Olympus_Mons\n"));
    generate(&scene, &["units"]).code(0).says("the host does not have this time zone, so the job is not scheduled");
}

/// The counterpart of the original's crontab: what is scheduled, and nothing else.
#[test]
fn crontab_crontab() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/02-scheduled/jobs");
    let scene = names(&case).iter().fold(Scene::new(), |scene, name| {
        let text = fs::read_to_string(case.join(name)).unwrap();
        scene.job(name.strip_suffix(".yaml").unwrap(), &text)
    });
    generate(&scene, &["units"]).code(0).silent();
    let jobs: Vec<_> = names(&scene.path("units")).into_iter().filter(|name| !name.contains("@.")).collect();
    let timers: Vec<_> = jobs.iter().filter(|name| is_timer(name)).collect();
    assert_eq!(timers, ["job@schedule_2.timer", "job@schedule_good.timer"]);
    let services: Vec<_> = jobs.iter().filter(|name| name.starts_with("job@") && name.ends_with(".service")).collect();
    assert_eq!(services.len(), 4, "each can be started by hand");
    assert!(scene.text("units/job@schedule_2.timer").contains("OnCalendar=*-*-* *:00..50/10:00"));
    let upheld = scene.text("units/process-control.target.d/50-timers.conf");
    assert!(upheld.contains("job@schedule_2.timer") && !upheld.contains("disabled"), "{upheld}");
}

/// PID 1 waits for it: what it asked might be waiting for PID 1.
#[test]
fn it_talks_to_nobody_and_looks_no_user_up() {
    if !Path::new("/usr/bin/strace").exists() {
        eprintln!("skipped: there is no strace");
        return;
    }
    let scene = Scene::new().job("good", GOOD).job("bad", "name: Bad\n");
    let (units, trace) = (scene.path("traced"), scene.path("trace"));
    fs::create_dir_all(&units).unwrap();
    fs::set_permissions(&units, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    fs::write(&trace, "").unwrap();
    fs::set_permissions(&trace, std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    let mut strace = Command::new("/usr/bin/strace");
    strace.args(["-f", "-o"]).arg(&trace).arg(scene.path("generator")).arg(&units);
    Ended::of(&mut scene.called(strace, &[])).code(0);
    let trace = fs::read_to_string(&trace).unwrap();
    assert!(names(&units).contains(&"job@good.timer".to_owned()) && trace.contains("openat("), "{trace}");
    let calls = ["socket(", "connect(", "sendto(", "sendmsg(", "fork(", "clone(", "clone3(", "kill("];
    let files = ["/etc/passwd", "/etc/group", "nsswitch", "/run/systemd/private", "/run/dbus"];
    for never in calls.iter().chain(&files) {
        assert!(!trace.contains(never), "{never}: {trace}");
    }
    assert_eq!(trace.matches("execve(").count(), 1, "{trace}");
}
