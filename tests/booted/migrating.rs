//! A host that comes from the original, as it was: its programs, its service user, its folders, and cron. The jobs go to
//! systemd and back; none is lost, and none starts twice.

use crate::hosts::{Host, Suite, layer};
use crate::jobs::{SOON, on_both_suites};
use process_control::history::{self, History, Run, Trigger};
use std::collections::BTreeMap;
use std::time::Duration;

on_both_suites!(
    the_jobs_of_the_original_go_to_systemd_and_back,
    a_job_that_would_be_lost_keeps_the_others_with_cron,
    a_run_of_the_original_still_holds_its_job,
    what_cron_passes_over_never_becomes_roots,
    two_migrations_at_once_are_one_after_the_other,
    an_entry_that_does_more_is_left_alone,
    a_migration_that_is_cut_off_is_told,
);

/// A minute, and what a busy machine takes for it.
const MINUTE: Duration = Duration::from_secs(100);

const CONFIGURATION: &str = r#"user: jenkins
job_directory: /var/lib/process-control
output_directory: /var/log/process-control
run_directory: /var/run/process-control
state_directory: /var/cache/process-control
output_crontab: /etc/cron.d/process-control
runner_path: /usr/bin/run-job
cron_template: |
  # Generated from {source}
  {schedule} {user} {command}
default_job_config:
  timeout: 5
  failmail:
    from_address: '"Fail Mail" <mail@example.com>'
    to_address: mail@example.com
"#;

/// What people have put beside the job files.
const BESIDE: &str = "30 3 * * * jenkins /usr/bin/run-job --job by-hand\n0 0 29 2 * jenkins /usr/bin/run-job -j leap\n\
    5 5 29 2 * root /bin/true\n";

const JOBS: &[(&str, &str)] = &[
    ("tea", "schedule: \"* * * * *\"\ncommand: [/bin/echo water, /bin/echo tea]\n"),
    ("leap", "schedule: \"0 0 29 2 *\"\ncommand: /bin/echo leap\n"),
    ("off", "schedule: \"5 5 * * *\"\ndisabled: true\ncommand: /bin/echo off\n"),
    ("by-hand", "command: /bin/echo hand\n"),
];

/// cron runs, and starts jobs by the original's programs.
fn host(suite: Suite) -> Host {
    let programs = concat!("--bind-ro=", env!("CARGO_MANIFEST_DIR"), "/tests/booted/original:/original");
    let layer = layer(suite, "cron", &["cron", "python3-yaml"]);
    let host = Host::boot_with(suite, &["--layer", layer.to_str().unwrap(), programs]);
    host.sh("systemctl disable --quiet --now process-control.target process-control-reload.timer process-control-boot.service
        useradd --create-home jenkins
        mv /usr/bin/run-job /usr/bin/run-job.ours; cp /original/run-job /usr/bin/run-job
        install -d -o jenkins -g jenkins /var/cache/process-control /var/log/process-control /run/process-control");
    host.write("/etc/process-control.yaml", CONFIGURATION);
    for (name, text) in JOBS {
        host.write_job(name, text);
    }
    host.write("/etc/cron.d/beside", BESIDE);
    // the leap job is that of the crontab beside
    host.sh("/original/cron-generate; sed -i /leap/d /etc/cron.d/process-control; systemctl start cron");
    host
}

/// What a package does: programs of the same names, and folders of the configured user.
fn install(host: &Host) {
    host.sh("mv /usr/bin/run-job.ours /usr/bin/run-job
        jobctl tmpfiles >/etc/tmpfiles.d/process-control.conf; systemd-tmpfiles --create process-control.conf
        systemctl daemon-reload");
}

fn history(host: &Host, job: &str) -> History {
    history::parse(&host.run(&["cat", &format!("/var/cache/process-control/{job}.yaml")]).stdout).unwrap_or_default()
}

/// How many runs began in each minute.
fn minutes(history: &History) -> BTreeMap<String, usize> {
    let mut minutes = BTreeMap::new();
    for start in history.runs.iter().filter_map(|run| run.start) {
        *minutes.entry(start.format("%H:%M").to_string()).or_default() += 1;
    }
    minutes
}

fn wait_for_run(host: &Host, job: &str, trigger: Trigger, count: usize) {
    let ended = |history: &History| {
        history.runs.iter().filter(|run| run.trigger == trigger && run.end.is_some() && !run.is_skipped()).count()
    };
    host.wait_for(MINUTE, "run", || ended(&history(host, job)) >= count);
}

fn the_jobs_of_the_original_go_to_systemd_and_back(suite: Suite) {
    let host = host(suite);
    wait_for_run(&host, "tea", Trigger::Manual, 1);
    let before = host.read("/var/cache/process-control/tea.yaml");
    assert!(before.contains("- status: started") && !before.contains("run:"), "{before}");
    let old_log = host.sh("ls /var/log/process-control/tea");
    let crontabs = || host.sh("cat /etc/cron.d/process-control /etc/cron.d/beside");
    let as_it_was = crontabs();

    install(&host);
    assert!(host.jobctl("root", &["check"], 0).stdout.contains("cron starts 1 job by /etc/cron.d/process-control"));
    let differences = host.jobctl("root", &["import", "process-control"], 1);
    assert!(differences.stdout.contains("tea: would run twice: cron starts it too"), "{differences:?}");
    let plan = host.jobctl("root", &["migrate", "--dry-run"], 1).stdout;
    for line in [
        "tea: systemd starts it; /etc/cron.d/process-control:",
        "leap: systemd starts it; /etc/cron.d/beside:2 becomes a comment\n",
        "by-hand: /etc/cron.d/beside:1 stays as it is: ",
        "\n2 entries become comments, 1 stays with cron; systemd will start 2 of 4 jobs\n",
        "histories stay in /var/cache/process-control\nrun logs stay in /var/log/process-control\n",
    ] {
        assert!(plan.contains(line), "{line:?} is not in\n{plan}");
    }
    host.people();
    host.jobctl("olga", &["migrate", "--yes"], 77);
    host.jobctl("root", &["migrate"], 64);
    assert_eq!(crontabs(), as_it_was);
    assert!(!host.is_active("process-control.target"));

    let cron_ran = history(&host, "tea").runs.len();
    host.jobctl("root", &["migrate", "--yes"], 0);
    assert!(
        crontabs().contains("\n#process-control# * * * * * jenkins /usr/bin/run-job --job tea\n"),
        "{}",
        crontabs()
    );
    assert!(crontabs().contains("\n#process-control# 0 0 29 2 * jenkins /usr/bin/run-job -j leap\n"), "{}", crontabs());
    let timers = host.sh("systemctl list-timers --no-pager 'job@*'");
    assert!(timers.contains("job@tea.timer") && timers.contains("job@leap.timer"), "{timers}");
    wait_for_run(&host, "tea", Trigger::Timer, 1);
    assert_eq!(host.property("job@tea.service", "User"), "jenkins");
    // the history has gone on, and so have the logs
    let found = history(&host, "tea");
    assert!(found.runs.len() > cron_ran, "{found:?}");
    assert!(found.runs[0].id.is_empty() && found.runs[0].end.is_some(), "{found:?}");
    let log = host.sh("ls /var/log/process-control/tea");
    assert!(log.starts_with(&old_log) && log.lines().count() > old_log.lines().count(), "{log}");
    // nothing is left to do, and nothing is said of it any more
    host.jobctl("root", &["migrate", "--dry-run"], 0);
    assert!(!host.jobctl("root", &["check"], 0).stdout.contains("cron starts"));

    let plan = host.jobctl("root", &["migrate", "--back", "--dry-run"], 1).stdout;
    assert!(plan.contains("leap: /etc/cron.d/beside:2 counts again\n"), "{plan}");
    assert!(plan.contains("1 job in /etc/cron.d/process-control, 1 elsewhere that counts again\n"), "{plan}");
    let by_hand = |history: &History| history.runs.iter().filter(|run| run.trigger == Trigger::Manual).count();
    let count = by_hand(&history(&host, "tea"));
    host.jobctl("root", &["migrate", "--back", "--yes"], 0);
    assert_eq!(host.sh("cat /etc/cron.d/beside"), BESIDE);
    assert!(!host.is_active("process-control.target") && !host.is_active("job@tea.timer"));
    wait_for_run(&host, "tea", Trigger::Manual, count + 1);
    host.jobctl("root", &["migrate", "--back", "--dry-run"], 0);
    assert!(!host.jobctl("root", &["check"], 0).stdout.contains("nothing starts their jobs"));

    // in each minute one run, whoever started it
    let found = history(&host, "tea");
    let minutes = minutes(&found);
    assert!(minutes.values().all(|count| *count == 1), "{minutes:?} {found:?}");
    let minute = |run: &Run| run.start.unwrap().timestamp() / 60;
    let between = minute(found.runs.last().unwrap()) - minute(&found.runs[0]);
    assert_eq!(usize::try_from(between).unwrap() + 1, minutes.len(), "{minutes:?}");
    // mail about runs that cron starts is delivered all the same
    assert!(host.is_active("process-control-notify.path"));
}

fn a_job_that_would_be_lost_keeps_the_others_with_cron(suite: Suite) {
    let host = host(suite);
    install(&host);
    // the original ran it
    host.write_job("tea", "schedule: \"* * * * *\"\ntimeout: 5\ntimeout: 6\ncommand: /bin/true\n");
    let before = host.sh("cat /etc/cron.d/*");
    let refused = host.jobctl("root", &["migrate", "--yes"], 1);
    assert!(refused.stdout.contains("tea: /etc/cron.d/process-control:"), "{refused:?}");
    assert!(refused.stderr.contains("nothing was done: these starts would be lost"), "{refused:?}");
    assert_eq!(host.sh("cat /etc/cron.d/*"), before);
    assert!(!host.is_active("process-control.target"));

    // without cron nothing would start the jobs
    host.write_job("tea", JOBS[0].1);
    host.sh("jobctl migrate --yes; systemctl stop cron");
    let refused = host.jobctl("root", &["migrate", "--back", "--yes"], 69);
    assert!(refused.stderr.contains("no cron runs here"), "{refused:?}");
    assert!(host.is_active("process-control.target"));
    // nor is an entry of somebody else's overwritten
    host.sh("systemctl start cron; echo '5 5 * * * root /bin/true' >>/etc/cron.d/process-control");
    let refused = host.jobctl("root", &["migrate", "--back", "--yes"], 1);
    assert!(refused.stderr.contains("starts no job, and would be lost"), "{refused:?}");
    assert!(host.is_active("process-control.target"));
}

fn a_run_of_the_original_still_holds_its_job(suite: Suite) {
    let host = host(suite);
    host.write_job("tea", "schedule: \"0 0 29 2 *\"\ncommand: /bin/sh -c 'until [ -e /tmp/go ]; do sleep 0.1; done'\n");
    host.sh("setpriv --reuid=jenkins --clear-groups setsid /usr/bin/run-job --job tea >/dev/null 2>&1 &");
    host.wait_for(SOON, "lock", || host.run(&["test", "-s", "/run/process-control/tea.lock"]).ok());
    install(&host);
    host.sh("systemctl start job@tea.service");
    let is_skipped = || history(&host, "tea").runs.last().is_some_and(Run::is_skipped);
    host.wait_for(SOON, "skipped start", is_skipped);
    host.sh("touch /tmp/go");
    host.wait_for(SOON, "end", || !host.run(&["test", "-e", "/run/process-control/tea.lock"]).ok());
    host.sh("systemctl start job@tea.service");
    wait_for_run(&host, "tea", Trigger::Manual, 1);
    // a number that is left behind means nothing
    host.sh("echo -n 1 >/run/process-control/tea.lock; systemctl start job@tea.service");
    wait_for_run(&host, "tea", Trigger::Manual, 2);
}

/// It became root's crontab, and root ran what the service user had written.
fn what_cron_passes_over_never_becomes_roots(suite: Suite) {
    let host = host(suite);
    install(&host);
    host.write("/etc/cron.d/app", "0 0 29 2 * jenkins run-job -j leap\n* * * * * root id > /tmp/pwned\n");
    host.sh(
        "chown jenkins /etc/cron.d/app; cp /etc/cron.d/app /home/jenkins/ct; ln -s /home/jenkins/ct /etc/cron.d/link
        chown jenkins /home/jenkins/ct; mkfifo /etc/cron.d/fifo",
    );
    let before = host.sh("cat /etc/cron.d/app /etc/cron.d/link; stat -c %U /etc/cron.d/app");
    let said = host.jobctl("root", &["migrate", "--yes"], 0);
    for file in ["app", "link"] {
        assert!(
            said.stderr.contains(&format!("/etc/cron.d/{file}: cron passes over it, and so does this")),
            "{said:?}"
        );
    }
    assert_eq!(host.sh("cat /etc/cron.d/app /etc/cron.d/link; stat -c %U /etc/cron.d/app"), before);
    // nor is anything written where the service user can put another file meanwhile
    host.sh("install -d -o jenkins /srv/of-jenkins; mv /etc/cron.d/process-control /srv/of-jenkins/ct
        ln -s /srv/of-jenkins/ct /etc/cron.d/process-control");
    let refused = host.jobctl("root", &["migrate", "--back", "--yes"], 77);
    assert!(refused.stderr.contains("others than root can write to /srv/of-jenkins"), "{refused:?}");
    assert!(refused.stderr.contains("systemd starts the jobs as before"), "{refused:?}");
    assert!(host.is_active("process-control.target") && host.is_active("job@tea.timer"));
    // a link of root's own is one file, and stays a link
    host.sh("install -d /srv/cron; mv /srv/of-jenkins/ct /srv/cron/ct; ln -sf /srv/cron/ct /etc/cron.d/process-control
        sed -i 's,^output_crontab: .*,output_crontab: /srv/cron/ct,' /etc/process-control.yaml");
    host.sh("chmod 0664 /srv/cron/ct");
    let refused = host.jobctl("root", &["migrate", "--back", "--yes"], 1);
    assert!(refused.stderr.contains("/srv/cron/ct: cron does not read it"), "{refused:?}");
    host.sh("chmod 0644 /srv/cron/ct");
    host.jobctl("root", &["migrate", "--back", "--yes"], 0);
    assert_eq!(host.sh("readlink /etc/cron.d/process-control"), "/srv/cron/ct\n");
    let text = host.read("/srv/cron/ct");
    assert!(text.contains("\n* * * * * jenkins /usr/bin/run-job --job tea\n"), "{text}");
}

/// The one that came second took back what the first had done.
fn two_migrations_at_once_are_one_after_the_other(suite: Suite) {
    let host = host(suite);
    install(&host);
    let both = |verb: &str| {
        host.sh(&format!(
            "jobctl {verb} --yes >/tmp/one 2>&1 & one=$!; jobctl {verb} --yes >/tmp/two 2>&1 & two=$!
            wait $one; wait $two"
        ));
    };
    both("migrate");
    assert_eq!(
        host.sh("grep -c '^#process-control# ' /etc/cron.d/process-control /etc/cron.d/beside | cut -d: -f2"),
        "1\n1\n"
    );
    assert!(host.is_active("job@tea.timer"));
    both("migrate --back");
    assert_eq!(host.read("/etc/cron.d/beside"), BESIDE);
    assert!(!host.is_active("process-control.target"));
}

/// What else it does would be lost, and so would what decides whether it does anything.
fn an_entry_that_does_more_is_left_alone(suite: Suite) {
    let host = host(suite);
    install(&host);
    host.write(
        "/etc/cron.d/beside",
        "00 00 29 feb * jenkins /usr/bin/run-job -j leap>/dev/null\n* * * * * jenkins test -e /active && run-job --job tea\n",
    );
    let refused = host.jobctl("root", &["migrate", "--yes"], 1);
    assert!(refused.stdout.contains("tea: /etc/cron.d/beside:2 is in the way: the entry does more"), "{refused:?}");
    assert!(refused.stdout.contains("leap: systemd starts it; /etc/cron.d/beside:1 becomes a comment"), "{refused:?}");
    assert!(!host.is_active("process-control.target"));
    // also of a shell that somebody calls, and by root
    host.sh("sed -i 2d /etc/cron.d/beside; echo '* * * * * su jenkins -c \"run-job --job tea\"' | crontab -");
    let refused = host.jobctl("root", &["migrate", "--yes"], 1);
    assert!(refused.stdout.contains("tea: /var/spool/cron/crontabs/root:4 is in the way"), "{refused:?}");
    host.sh("echo '@daily /bin/true' | crontab -; echo '* * * * * run-job tea' | crontab -u jenkins -");
    // the author changes a job meanwhile, and calls what the original had
    let said = host.run(&["cron-generate"]);
    assert_eq!(said.status, 69, "{said:?}");
    assert!(said.stderr.contains("cron starts the jobs, by /etc/cron.d/process-control as it is"), "{said:?}");
    host.jobctl("root", &["migrate", "--yes"], 0);
    let spool = host.sh("crontab -u jenkins -l");
    assert_eq!(spool, "#process-control# * * * * * run-job tea\n");
    host.jobctl("root", &["migrate", "--back", "--yes"], 0);
    assert_eq!(host.sh("crontab -u jenkins -l"), "* * * * * run-job tea\n");
    assert!(!host.read("/etc/cron.d/process-control").contains("--job tea"), "one entry is enough");
    host.jobctl("root", &["migrate", "--back", "--dry-run"], 0);
}

/// Nothing started the jobs then, and nothing said so.
fn a_migration_that_is_cut_off_is_told(suite: Suite) {
    let host = host(suite);
    install(&host);
    host.sh("sed -i 's/^[*0-9@]/#process-control# &/' /etc/cron.d/process-control /etc/cron.d/beside");
    let said = host.jobctl("root", &["migrate", "--dry-run"], 1);
    assert!(said.stderr.contains("entries are comments already, and nothing starts their jobs"), "{said:?}");
    let checked = host.jobctl("root", &["check"], 0).stdout;
    assert!(checked.contains("process-control.target is stopped: nothing starts their jobs"), "{checked}");
    // what cannot be disabled goes on
    host.jobctl("root", &["migrate", "--yes"], 0);
    host.sh("mount --bind /etc /etc; mount -o remount,ro,bind /etc");
    let refused = host.jobctl("root", &["migrate", "--back", "--yes"], 69);
    assert!(refused.stderr.contains("Read-only file system"), "{refused:?}");
    host.wait_for(SOON, "timer", || host.is_active("job@tea.timer") && host.is_active("process-control.target"));
}
