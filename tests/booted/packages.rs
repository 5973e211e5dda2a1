//! Packages, from a host that has nothing of ours: installed, upgraded, removed, purged.

use crate::hosts::{Host, Suite, hosts_or_skip, programs};
use crate::installed::assert_folders;
use crate::jobs::{FAR, SOON, on_both_suites, shell};
use crate::tools::there_or_skip;
use process_control::history::Outcome;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

on_both_suites!(
    an_installed_package_runs_what_is_put_into_its_folder,
    an_upgrade_leaves_runs_and_decisions_alone,
    a_host_of_the_original_keeps_its_jobs_with_cron_until_they_are_moved,
    a_removal_ends_everything_and_keeps_what_was_written,
    an_rpm_does_the_same,
);

const OFTEN: &str = "calendar: '*:*:0/2'\ncommand: 'true'\n";

/// A package of the original, as its `debian/` would make it.
const ORIGINAL: &str = "Package: python3-process-control\nVersion: 1.0\nArchitecture: all\nMaintainer: it <it@example.org>\n\
    Description: the original\n";

/// What a script of `packaging/` makes of the programs, and says it has made.
fn made(script: &str, arguments: &[&str]) -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(script);
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/packages");
    let mut command = Command::new(&script);
    let done = command.args([&programs(), folder]).args(arguments).env("COMPRESSION", "0").output().unwrap();
    assert!(done.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim_end().into()
}

/// The package and the one that comes after it, which differ in their number alone.
pub(crate) static DEBS: LazyLock<[PathBuf; 2]> =
    LazyLock::new(|| ["1", "2"].map(|revision| made("deb.sh", &[revision])));
static RPMS: LazyLock<[PathBuf; 2]> = LazyLock::new(|| ["1", "2"].map(|release| made("rpm.sh", &[release])));

/// Packages have manual pages and static programs, so only `make test` can make them, and not cargo alone.
pub(crate) fn built_or_skip() -> bool {
    there_or_skip("packages, of what packaging/build.sh makes", &["test", "-d", &format!("{}/man", programs())])
}

pub(crate) fn bare(suite: Suite) -> Host {
    Host::boot_bare(suite, &[&format!("--bind-ro={}:/packages", DEBS[0].parent().unwrap().display())])
}

/// Installs one of them with nobody there to be asked anything, and says what dpkg said.
fn install(host: &Host, package: &Path) -> String {
    host.sh(&format!("dpkg -i /packages/{} </dev/null 2>&1", package.file_name().unwrap().display()))
}

fn assert_scheduling(host: &Host) {
    for unit in [
        "process-control.target",
        "process-control-reload.timer",
        "process-control-jobs.path",
        "process-control-notify.path",
    ] {
        assert!(host.is_active(unit), "{:?}: {unit}", host.suite);
    }
    assert_eq!(host.sh("systemctl is-system-running"), "running\n", "{}", host.sh("systemctl --failed"));
}

/// What systemd has of us, but the target that cannot be stopped.
fn units(host: &Host) -> String {
    let listed = host.sh("systemctl list-units --plain --no-legend 'process-control*' 'job@*' 'job-*'");
    listed.lines().filter(|line| !line.starts_with("process-control-boot.target ")).collect()
}

fn an_installed_package_runs_what_is_put_into_its_folder(suite: Suite) {
    if !built_or_skip() {
        return;
    }
    let host = bare(suite);
    // they may have been there before, and nothing of them is to start at once that waits for a boot
    host.write_job("boot", "at_boot: true\ncommand: 'true'\n");
    install(&host, &DEBS[0]);
    assert_scheduling(&host);
    assert_folders(&host);
    let enabled = "systemctl is-enabled process-control.target process-control-notices.target \
        process-control-boot.service process-control-reload.timer";
    assert_eq!(host.sh(enabled), "enabled\n".repeat(4));
    // files as they were packed, and depended on is what there is
    assert_eq!(host.sh("dpkg --verify process-control; dpkg --audit"), "");
    assert_eq!(host.sh("dpkg-query --show --showformat='${db:Status-Status}' process-control"), "installed");
    // all of the configuration is commented out
    assert!(host.sh("jobctl check").contains("1 job: 0 errors, 0 warnings"));

    host.write_job("often", OFTEN);
    host.wait_for_runs("often", 1, Outcome::Success, SOON);
    assert!(host.history("boot").runs.is_empty());
    host.people();
    host.jobctl("olga", &["start", "boot", "--wait"], 0);
    host.jobctl("fred", &["status"], 0);
}

fn an_upgrade_leaves_runs_and_decisions_alone(suite: Suite) {
    if !built_or_skip() {
        return;
    }
    let host = bare(suite);
    // the original has programs of the same names; it goes
    host.write("/tmp/old/DEBIAN/control", ORIGINAL);
    host.write("/tmp/old/usr/bin/run-job", "");
    host.sh("dpkg-deb --build /tmp/old /tmp/old.deb; dpkg -i /tmp/old.deb");
    // and its configuration stays, as who installs says
    host.write("/etc/process-control.yaml", "default_job_config: {timeout: 5}\n");
    host.sh(&format!("dpkg -i --force-confold /packages/{} </dev/null", DEBS[0].file_name().unwrap().display()));
    assert!(!host.run(&["dpkg", "--status", "python3-process-control"]).stdout.contains("ok installed"));
    host.edit(&[("long", &shell(FAR, "until [ -e /tmp/go ]; do sleep 0.1; done")), ("often", OFTEN)]);
    host.sh("systemctl start --no-block job@long.service");
    host.wait_for_start("long", SOON);
    host.wait_for_runs("often", 1, Outcome::Success, SOON);
    let since = |unit: &str| host.property(unit, "ActiveEnterTimestampMonotonic") + &host.property(unit, "MainPID");
    let all = ["job@long.service", "job@often.timer", "process-control.target", "process-control-reload.timer"];
    let before = all.map(since);

    let said = install(&host, &DEBS[1]);
    assert!(said.contains("0.1.0-2") || said.contains("-2) over"), "{said}");
    assert_eq!(all.map(since), before, "{suite:?}");
    assert_eq!(host.read("/etc/process-control.yaml"), "default_job_config: {timeout: 5}\n");
    let count = host.runs("often", Outcome::Success).len();
    host.wait_for_runs("often", count + 1, Outcome::Success, SOON);
    host.sh("touch /tmp/go");
    host.wait_for_runs("long", 1, Outcome::Success, SOON);
    assert_scheduling(&host);

    // what was stopped and disabled stays so
    host.sh("systemctl stop process-control.target; systemctl disable process-control-reload.timer");
    install(&host, &DEBS[1]);
    assert!(!host.is_active("process-control.target"));
    assert_eq!(host.run(&["systemctl", "is-enabled", "process-control-reload.timer"]).stdout, "disabled\n");
}

/// Its configuration names a user of its own, as its documents do.
fn a_host_of_the_original_keeps_its_jobs_with_cron_until_they_are_moved(suite: Suite) {
    if !built_or_skip() {
        return;
    }
    let host = bare(suite);
    host.sh("useradd --create-home jenkins
        for folder in cache lib log run; do install -d -o jenkins -g jenkins /var/$folder/process-control; done
        mkdir -p /etc/cron.d");
    host.write(
        "/etc/process-control.yaml",
        "user: jenkins\nstate_directory: /var/cache/process-control\noutput_directory: /var/log/process-control\n\
        run_directory: /var/run/process-control\n",
    );
    host.write_job("often", OFTEN);
    host.write_job("once", "schedule: '0 0 29 2 *'\nfailmail: {from_address: a@example.org, to_address: b@example.org}\ncommand: 'false'\n");
    host.write("/etc/cron.d/process-control", "0 0 29 2 * jenkins /usr/bin/run-job --job once\n");
    let package = DEBS[0].file_name().unwrap().display();
    let said = host.sh(&format!("dpkg -i --force-confold /packages/{package} </dev/null 2>&1"));
    assert!(said.contains("cron starts jobs here, or did, or it is not known; so systemd does not as yet"), "{said}");
    let is_asleep = || {
        for unit in ["process-control.target", "process-control-reload.timer", "job@often.timer"] {
            assert!(!host.is_active(unit), "{suite:?}: {unit}");
        }
        assert!(host.run(&["systemctl", "is-enabled", "process-control.target"]).stdout.starts_with("disabled"));
    };
    is_asleep();
    let folders =
        host.sh("stat -c '%a %U %G %n' /var/cache/process-control /var/l*/process-control /run/process-control");
    assert_eq!(
        folders.lines().collect::<Vec<_>>(),
        [
            "755 jenkins jenkins /var/cache/process-control",
            "2775 root process-control-authors /var/lib/process-control",
            "2750 jenkins process-control-operators /var/log/process-control",
            "755 jenkins jenkins /run/process-control",
        ]
    );
    let status = host.jobctl("root", &["status"], 0);
    assert!(status.stderr.contains("systemd schedules nothing, as cron starts the jobs"), "{status:?}");
    // what cron starts meanwhile is recorded, and told of
    host.run(&["runuser", "-u", "jenkins", "--", "/usr/bin/run-job", "--job", "once"]);
    assert_eq!(
        host.sh("ls /var/cache/process-control /var/log/process-control"),
        "\
        /var/cache/process-control:\nonce.yaml\n\n/var/log/process-control:\nonce\n"
    );
    host.wait_for(SOON, "mail that nobody takes", || {
        host.sh("ls /var/lib/process-control-notices/later").contains(".json")
    });
    // nothing of that changes by an upgrade
    install(&host, &DEBS[1]);
    is_asleep();

    host.jobctl("root", &["migrate", "--yes"], 0);
    assert_scheduling(&host);
    host.wait_for(SOON, "run", || host.sh("cat /var/cache/process-control/often.yaml || :").contains("trigger: timer"));
    install(&host, &DEBS[0]);
    assert_scheduling(&host);
    host.sh("dpkg --purge process-control");
    assert!(!host.run(&["test", "-e", "/etc/tmpfiles.d/process-control.conf"]).ok());
}

fn a_removal_ends_everything_and_keeps_what_was_written(suite: Suite) {
    if !built_or_skip() {
        return;
    }
    let host = bare(suite);
    install(&host, &DEBS[0]);
    host.edit(&[("long", &shell(FAR, "sleep 1000")), ("often", OFTEN)]);
    host.sh("systemctl start --no-block job@long.service");
    host.wait_for_start("long", SOON);
    host.wait_for_runs("often", 1, Outcome::Success, SOON);

    host.sh("dpkg --remove process-control 2>&1");
    assert_eq!(units(&host), "", "{suite:?}");
    assert_eq!(host.runs("long", Outcome::Stopped).len(), 1, "{:?}", host.history("long"));
    assert_eq!(host.sh("ls /usr/bin/run-job /usr/lib/systemd/system-generators/process-* 2>/dev/null || :"), "");
    assert_eq!(host.sh("ls /var/lib/process-control"), "long.yaml\noften.yaml\n");
    assert_eq!(host.sh("systemctl is-system-running"), "running\n");
    host.read("/etc/process-control.yaml");
    let count = host.history("often").runs.len();
    host.sh("sleep 2.5");
    assert_eq!(host.history("often").runs.len(), count, "{suite:?}: it still runs");

    install(&host, &DEBS[1]);
    assert_scheduling(&host);
    host.wait_for_runs("often", count + 1, Outcome::Success, SOON);

    let said = host.sh("dpkg --purge process-control 2>&1");
    assert!(said.contains("histories, run logs, pauses and notices"), "{said}");
    assert!(said.contains("job files in /var/lib/process-control are kept"), "{said}");
    let left = host.sh("find / -xdev \\( -path /proc -o -path /sys -o -path /tmp \\) -prune -o \\
        \\( -name '*process-control*' -o -name '*job@*' -o -name often.yaml \\) -print | sort");
    assert_eq!(left, "/var/lib/process-control\n/var/lib/process-control/often.yaml\n", "{suite:?}");
    assert_eq!(units(&host), "");
    // files elsewhere may belong to them
    host.sh("getent passwd process-control process-control-notify");
    host.sh("getent group process-control-authors process-control-operators");

    // without jobs nothing is left at all
    install(&host, &DEBS[0]);
    host.sh("rm /var/lib/process-control/*.yaml; dpkg --purge process-control");
    assert!(!host.run(&["test", "-e", "/var/lib/process-control"]).ok());
}

/// The host has no rpm: this machine's works on its files, among its processes.
fn an_rpm_does_the_same(suite: Suite) {
    if !built_or_skip() || !there_or_skip("the rpm on booted hosts", &["rpmbuild", "--version"]) {
        return;
    }
    let host = Host::boot_bare(suite, &[]);
    let leader = host.leader();
    let root = format!("/proc/{leader}/root");
    // SQLite takes this root for a link, and leaves the host: so what is installed is written down here
    let known = tempfile::tempdir().unwrap();
    let rpm = |arguments: &[&str]| {
        let inside = ["--target", &leader, "--pid", "rpm", "--root", &root, "--dbpath", known.path().to_str().unwrap()];
        let done = Command::new("nsenter").args(inside).args(arguments).output().unwrap();
        let said = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
        assert!(done.status.success(), "{suite:?}: rpm {arguments:?}: {said}");
        said
    };
    let [first, second] = RPMS.each_ref().map(|path| path.to_str().unwrap());
    rpm(&["--install", "--nodeps", first]);
    assert_scheduling(&host);
    assert_folders(&host);
    // path by path: nothing is missing, and all is as it was packed
    assert_eq!(rpm(&["--verify", "--nodeps", "process-control"]), "");
    let packed = rpm(&["--query", "--list", "process-control"]);
    for path in
        ["/usr/lib/systemd/system-generators/process-control-generator", "/usr/share/zsh/site-functions/_jobctl"]
    {
        assert!(packed.lines().any(|line| line == path), "{path}: {packed}");
    }
    assert!(!packed.contains("vendor-completions"));
    assert_eq!(rpm(&["--query", "--configfiles", "process-control"]), "/etc/process-control.yaml\n");

    host.edit(&[("long", &shell(FAR, "sleep 1000")), ("often", OFTEN)]);
    host.sh("systemctl start --no-block job@long.service; echo '#' >> /etc/process-control.yaml");
    let run = host.wait_for_start("long", SOON);
    rpm(&["--upgrade", "--nodeps", second]);
    assert_eq!(host.wait_for_start("long", SOON), run);
    host.wait_for_runs("often", 1, Outcome::Success, SOON);
    assert_scheduling(&host);

    rpm(&["--erase", "process-control"]);
    assert_eq!(units(&host), "", "{suite:?}");
    assert_eq!(host.runs("long", Outcome::Stopped).len(), 1);
    assert_eq!(host.sh("ls /var/lib/process-control"), "long.yaml\noften.yaml\n");
    // a configuration that was changed is put aside
    host.read("/etc/process-control.yaml.rpmsave");
    assert_eq!(host.sh("find /etc/systemd -name '*process-control*'"), "");
}

#[test]
fn the_static_programs_need_nothing_of_the_system() {
    if !hosts_or_skip() || !built_or_skip() {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let archive = made("static.sh", &[]);
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).output().unwrap();
        assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
    };
    let place = root.path().to_str().unwrap();
    run("tar", &["-xf", archive.to_str().unwrap(), "-C", place, "--strip-components=1"]);
    fs::create_dir_all(root.path().join("var/lib/process-control")).unwrap();
    fs::write(root.path().join("var/lib/process-control/tea.yaml"), format!("name: tea\n{FAR}command: 'true'\n"))
        .unwrap();
    fs::create_dir(root.path().join("units")).unwrap();
    run("chroot", &[place, "/usr/bin/run-job", "--version"]);
    run("chroot", &[place, "/usr/lib/systemd/system-generators/process-control-generator", "/units"]);
    for unit in ["job@tea.service", "job@tea.timer", "process-control.target.d/50-timers.conf"] {
        assert!(root.path().join("units").join(unit).exists(), "{unit}");
    }
}
