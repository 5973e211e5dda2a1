//! From cron: crontabs where cron keeps them, made into jobs that systemd starts.

use crate::hosts::Suite;
use crate::jobs::{SOON, host_with, on_both_suites};
use process_control::history::Outcome;

on_both_suites!(root_moves_a_crontab_and_systemd_has_its_timers, an_author_moves_entries_that_stay_disabled);

const CRONTAB: &str = r#"SHELL=/bin/bash
HOME=/var/tmp
GREETING="good day"
# Says hello to a file
0 0 29 2 * pwd > /tmp/hello; [[ -n $GREETING ]] && echo "$0: $GREETING at 100\%" >> /tmp/hello; cat >> /tmp/hello%it's "one"%two
30 4 * * 1-5 /bin/true --nightly
"#;

fn root_moves_a_crontab_and_systemd_has_its_timers(suite: Suite) {
    let host = host_with(suite, &[]);
    host.sh("mkdir -p /var/spool/cron/crontabs && chmod 700 /var/spool/cron/crontabs");
    host.write("/var/spool/cron/crontabs/process-control", CRONTAB);
    let made = host.jobctl("root", &["import", "crontab", "--user", "process-control", "--enable"], 0);
    assert!(made.stdout.contains("Take their lines out of the crontab now"), "{made:?}");
    let timers = host.sh("systemctl list-timers --no-pager");
    for timer in ["job@pwd.timer", "job@true.timer"] {
        assert!(timers.contains(timer), "{timers}");
    }
    assert!(host.property("job@true.timer", "TimersCalendar").contains("Mon..Fri *-*-* 04:30:00"));
    host.jobctl("root", &["check"], 0);

    // what cron would write
    host.jobctl("root", &["start", "pwd", "--wait"], 0);
    host.wait_for_runs("pwd", 1, Outcome::Success, SOON);
    assert_eq!(host.read("/tmp/hello"), "/var/tmp\n/bin/bash: good day at 100%\nit's \"one\"\ntwo\n");
    assert_eq!(host.sh("stat -c %U /tmp/hello"), "process-control\n");

    // once more, and nothing is doubled
    let again = host.jobctl("root", &["import", "crontab", "--user", "process-control"], 0);
    assert!(
        again.stderr.contains("/process-control:5: the job pwd does this already, and stays as it is"),
        "{again:?}"
    );
    assert_eq!(host.sh("ls /var/lib/process-control"), "pwd.yaml\ntrue.yaml\n");
}

fn an_author_moves_entries_that_stay_disabled(suite: Suite) {
    let host = host_with(suite, &[]);
    host.people();
    host.sh("mkdir -p /etc/cron.d");
    host.write(
        "/etc/cron.d/ours",
        "MAILTO=\"\"\n@hourly process-control /bin/echo ours\n@daily root /bin/echo theirs\n",
    );
    let made = host.jobctl("ada", &["import", "crontab", "/etc/cron.d/ours"], 1);
    assert!(made.stderr.contains("/etc/cron.d/ours:3: root runs this, and jobs run as process-control"), "{made:?}");
    assert!(made.stdout.contains("set disabled to false"), "{made:?}");
    assert_eq!(host.sh("ls /var/lib/process-control"), "echo.yaml\n");
    assert!(!host.is_active("job@echo.timer"));
    host.sh("sed -i 's/^disabled: true/disabled: false/' /var/lib/process-control/echo.yaml");
    host.wait_for(SOON, "the timer of echo", || host.is_active("job@echo.timer"));

    let system = host.jobctl("ada", &["import", "crontab", "--system", "--any-user", "--dry-run"], 0);
    assert!(system.stderr.contains("/etc/cron.d/ours:2: the job echo does this already"), "{system:?}");
    assert!(system.stdout.contains("## echo-2.yaml\n"), "{system:?}");
    let refused = host.jobctl("fred", &["import", "crontab", "/etc/cron.d/ours", "--any-user"], 77);
    assert!(refused.stderr.contains("process-control-authors"), "{refused:?}");
    let spool = host.by("ada", &["jobctl", "import", "crontab", "--user", "process-control"]);
    assert!([66, 77].contains(&spool.status), "{spool:?}");
}
