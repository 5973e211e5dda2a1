//! From cron and from timers of systemd: crontabs and units where they are kept, made into jobs that systemd starts.

use crate::hosts::{Host, Suite};
use crate::jobs::{SOON, host_with, on_both_suites};
use process_control::history::Outcome;

on_both_suites!(
    root_moves_a_crontab_and_systemd_has_its_timers,
    an_author_moves_entries_that_stay_disabled,
    root_moves_timers_that_people_wrote,
    instances_and_drop_ins_of_all_services_run_the_same_words,
    drop_ins_are_those_that_systemd_reads,
);

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

const WORDS: &str = r#"[Service]
Type=oneshot
User=process-control
Environment=TARGET=/srv/a "MANY=one  two" EMPTY=
WorkingDirectory=/var/tmp
ExecStart=/usr/bin/printf "[%%s] " 'a b' "c 'd'" e"f g"h \
    # in between
    i\x41\u00e4\tj ${TARGET}y $MANY $EMPTY x$MANY "" \; 100%% $$HOME %N %n
"#;

fn root_moves_timers_that_people_wrote(suite: Suite) {
    let host = host_with(suite, &[]);
    host.write(
        "/etc/systemd/system/words.timer",
        "[Timer]\nOnCalendar=*-02-29 00:00\n[Install]\nWantedBy=timers.target\n",
    );
    host.write("/etc/systemd/system/words.service", WORDS);
    host.write("/etc/systemd/system/idle.timer", "[Timer]\nOnCalendar=daily\n");
    host.write("/etc/systemd/system/idle.service", "[Service]\nUser=process-control\nExecStart=/bin/true\n");
    host.write("/etc/systemd/system/theirs.timer", "[Timer]\nOnCalendar=daily\n");
    host.write("/etc/systemd/system/theirs.service", "[Service]\nExecStart=/bin/true\n");
    host.sh("systemctl daemon-reload && systemctl enable --now --quiet words.timer && systemctl start words.service");

    let dry = host.jobctl("root", &["import", "systemd-timers", "--system", "--dry-run"], 1);
    assert!(dry.stderr.contains("/etc/systemd/system/theirs.service: root runs this"), "{dry:?}");
    assert_eq!(host.sh("ls /var/lib/process-control"), "");
    host.sh("systemctl disable --quiet --now words.timer");
    let made = host.jobctl("root", &["import", "systemd-timers", "/etc/systemd/system/words.timer", "--enable"], 0);
    assert!(made.stdout.contains("End their timers now with systemctl disable --now"), "{made:?}");
    let timers = host.sh("systemctl list-timers --no-pager");
    assert!(timers.contains("job@words.timer") && !timers.contains(" words.timer"), "{timers}");
    assert!(host.property("job@words.timer", "TimersCalendar").contains("*-02-29 00:00:00"));

    // the same words as systemd made of them
    host.jobctl("root", &["start", "words", "--wait"], 0);
    host.wait_for_runs("words", 1, Outcome::Success, SOON);
    let said = |matches: &[&str]| {
        let all = host.journal(matches);
        all.lines().filter(|line| line.starts_with("[a b]")).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    host.wait_for(SOON, "both outputs", || !said(&["SYSLOG_IDENTIFIER=words"]).is_empty());
    let by_systemd = said(&["_SYSTEMD_UNIT=words.service"]);
    let words = "[a b] [c 'd'] [ef gh] [iA\u{e4}\tj] [/srv/ay] [one] [two] [x$MANY] [] [;] [100%] [$HOME] [words] [words.service]";
    assert_eq!(by_systemd.iter().map(|line| line.trim_end()).collect::<Vec<_>>(), [words]);
    assert_eq!(said(&["SYSLOG_IDENTIFIER=words"]), by_systemd);

    // what nothing starts at boot does not begin to run
    let idle = host.jobctl("root", &["import", "systemd-timers", "--system", "--enable"], 1);
    assert!(idle.stderr.contains("/etc/systemd/system/words.timer: the job words does this already"), "{idle:?}");
    assert!(idle.stderr.contains("so the job idle stays disabled"), "{idle:?}");
    assert_eq!(host.sh("ls /var/lib/process-control"), "idle.yaml\nwords.yaml\n");
    assert!(!host.is_active("job@idle.timer"));
    host.jobctl("root", &["check"], 0);
}

/// The lines of the journal that begin so, of these matches.
fn lines(host: &Host, start: &str, matches: &[&str]) -> Vec<String> {
    host.journal(matches)
        .lines()
        .filter(|line| line.starts_with(start))
        .map(|line| line.trim_end().to_owned())
        .collect()
}

const INSTANCE: &str = r#"[Service]
Type=oneshot
Environment=WHAT=%i
ExecStart=/usr/bin/printf "<%%s> " of-%j "${ALL}" ${WHAT} %i %I %j %J %p %P %n %N
"#;

fn instances_and_drop_ins_of_all_services_run_the_same_words(suite: Suite) {
    let host = host_with(suite, &[]);
    host.write(
        "/etc/systemd/system/a-say@.timer",
        "[Timer]\nOnCalendar=*-02-29 %i:00\n[Install]\nWantedBy=timers.target\n",
    );
    host.write("/etc/systemd/system/a-say@.service", INSTANCE);
    host.write("/etc/systemd/system/unused@.timer", "[Timer]\nOnCalendar=daily\n");
    // not the units of the host itself, which need their users
    host.write("/usr/lib/systemd/system/service.d/10-all.conf", "[Service]\nEnvironment=\"ALL=each  one\"\n");
    host.write("/etc/systemd/system/a-.service.d/20-user.conf", "[Service]\nUser=process-control\n");
    host.sh("systemctl daemon-reload && systemctl enable --quiet a-say@07.timer && systemctl start a-say@07.service \
         'a-say@03.timer' 'a-say@x\\x2dy-z.service'");
    let made = host.jobctl("root", &["import", "systemd-timers", "--system", "--enable"], 1);
    assert!(made.stderr.contains("/etc/systemd/system/unused@.timer: no instance of this template"), "{made:?}");
    assert!(made.stderr.contains("so the job a-say-03 stays disabled"), "{made:?}");
    assert_eq!(host.sh("ls /var/lib/process-control"), "a-say-03.yaml\na-say-07.yaml\n");
    let calendar = |timer: &str| host.property(timer, "TimersCalendar");
    let at_seven = "OnCalendar=*-02-29 07:00:00";
    assert!(calendar("a-say@07.timer").contains(at_seven) && calendar("job@a-say-07.timer").contains(at_seven));

    host.write("/etc/systemd/system/a-say@x\\x2dy-z.timer", "[Timer]\nOnCalendar=daily\n");
    let file = "/etc/systemd/system/a-say@x\\x2dy-z.timer";
    host.jobctl("root", &["import", "systemd-timers", file], 0);
    for (job, unit, words) in [
        ("a-say-07", "a-say@07.service", "<07> <07> <07> <say> <say> <a-say> <a/say> <a-say@07.service> <a-say@07>"),
        (
            "a-say-x-x2dy-z",
            r"a-say@x\x2dy-z.service",
            r"<x\x2dy-z> <x\x2dy-z> <x-y/z> <say> <say> <a-say> <a/say> <a-say@x\x2dy-z.service> <a-say@x\x2dy-z>",
        ),
    ] {
        host.jobctl("root", &["start", job, "--wait"], 0);
        host.wait_for_runs(job, 1, Outcome::Success, SOON);
        let of_job = format!("SYSLOG_IDENTIFIER={job}");
        host.wait_for(SOON, "the output of the job", || !lines(&host, "<of-say>", &[&of_job]).is_empty());
        let by_systemd = lines(&host, "<of-say>", &[&format!("_SYSTEMD_UNIT={unit}")]);
        assert_eq!(by_systemd, [format!("<of-say> <each  one> {words}")]);
        assert_eq!(lines(&host, "<of-say>", &[&of_job]), by_systemd);
    }
}

/// Each drop-in has a line that no job can have, so that what is said names them all, in their order.
fn drop_ins_are_those_that_systemd_reads(suite: Suite) {
    let host = host_with(suite, &[]);
    let own = "/etc/systemd/system";
    for name in ["p-q-r@.timer", "p-q.timer", "a---b.timer"] {
        host.write(&format!("{own}/{name}"), "[Timer]\nOnCalendar=daily\n");
        let service = name.replace(".timer", ".service");
        host.write(&format!("{own}/{service}"), "[Service]\nUser=process-control\nExecStart=/bin/true\n");
    }
    host.sh(&format!("ln -s p-q.service {own}/other.service"));
    // each folder has a file of its own, and one in common with each other folder
    host.sh(r#"
        cd /
        units="p-q-r@i-j p-q-r@ p-q- p- p-q-@i-j p-q-@ p-@i-j p-@ p-q-r p-q-r@i- p-q a---b a--- a-- a- other"
        folders=$(for root in etc run usr/lib usr/local/lib etc/systemd/system.control; do
            case $root in *.control) at=$root ;; *) at=$root/systemd/system ;; esac
            for unit in $units ''; do echo "$at/${unit:+$unit.}service.d"; done
        done)
        mkdir -p $folders
        set -- $folders
        number=0
        for folder; do
            number=$((number + 1))
            printf '[Unit]\nAfter=own.target\n' >"$folder/own-$number.conf"
            # which of two counts, for some pairs that are far from each other and some that are near
            for step in 1 2 3 5 8 13 16 17 21 34; do
                [ $((number + step)) -gt $# ] || eval "other=\${$((number + step))}"
                [ $((number + step)) -gt $# ] || for it in "$folder" "$other"; do
                    printf '[Unit]\nAfter=pair.target\n' >"$it/pair-$number-$step.conf"
                done
            done
        done
        ln -sf /dev/null etc/systemd/system/p-.service.d/own-1.conf
        printf '[Unit]\nAfter=hidden.target\n' >etc/systemd/system/p-.service.d/.hidden.conf
        systemctl daemon-reload
        "#);
    for (timer, unit) in [("p-q-r@i-j", "p-q-r@i-j"), ("p-q", "p-q"), ("a---b", "a---b")] {
        let file = format!("{own}/{timer}.timer");
        let said = host.jobctl("root", &["import", "systemd-timers", &file, "--dry-run"], 1).stderr;
        let lines = said.lines().map(|line| line.trim_start_matches("jobctl: "));
        let ours: Vec<&str> = lines.filter_map(|line| Some(line.split_once(":2: After=")?.0)).collect();
        let theirs = host.property(&format!("{unit}.service"), "DropInPaths");
        let is_masked = |path: &&str| path.ends_with("/p-.service.d/own-1.conf");
        let theirs: Vec<&str> = theirs.split_whitespace().filter(|path| !is_masked(path)).collect();
        assert!(ours.len() > 100, "{said}");
        assert_eq!(ours, theirs, "{suite:?}: {unit}");
    }
}
