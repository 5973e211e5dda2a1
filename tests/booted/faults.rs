//! Nothing is lost and nothing hangs, however often things go wrong: a few times here, hundreds of times by `make soak`,
//! which puts the rows that are printed into a table.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use crate::soak::{Moments, row, times};
use process_control::history::{History, Outcome, Run};
use std::collections::BTreeSet;
use std::time::Duration;

on_both_suites!(
    a_host_that_is_killed_at_any_moment_loses_no_run,
    a_run_that_is_killed_at_any_step_has_an_end,
    of_many_starts_at_once_exactly_one_runs,
    many_jobs_in_the_same_second_all_run,
    reloads_and_restarts_of_systemd_end_no_run,
    reloads_under_writers_lose_no_healthy_job,
    a_full_or_read_only_disk_stops_no_run,
    a_flood_of_output_and_of_processes_harms_nobody,
);

fn lines(host: &Host, path: &str) -> BTreeSet<String> {
    host.run(&["cat", path]).stdout.lines().map(str::to_owned).collect()
}

/// What a history must never be, whatever happened.
fn check(history: &History, job: &str) {
    let real: Vec<&Run> = history.runs.iter().filter(|run| !run.is_skipped()).collect();
    let ids: BTreeSet<&str> = real.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(ids.len(), real.len(), "{job}: a run twice: {real:?}");
    let open = real.iter().rev().skip(1).filter(|run| run.end.is_none()).count();
    assert_eq!(open, 0, "{job}: an old run without an end: {real:?}");
}

fn a_host_that_is_killed_at_any_moment_loses_no_run(suite: Suite) {
    let kept = tempfile::Builder::new().prefix("host-").tempdir().unwrap();
    let host = Host::boot_with(suite, &["--persistent", kept.path().to_str().unwrap()]);
    let jobs = ["one", "two", "three"];
    for job in jobs {
        // the command's first act: to say that this run is
        let script = format!("echo $INVOCATION_ID >> /var/tmp/{job}; sleep 0.3");
        host.write_job(job, &shell("calendar: '*:*:*'\n", &script));
    }
    host.sh("systemctl daemon-reload");
    let mut moments = Moments(u64::from(suite.systemd()));
    let count = times(4, 200);
    for round in 0..count {
        std::thread::sleep(Duration::from_millis(1200) + moments.below(1500));
        let before = jobs.map(|job| lines(&host, &format!("/var/tmp/{job}")));
        host.crash_and_boot();
        for (job, began) in jobs.iter().zip(before) {
            let text = host.read(&format!("/var/lib/process-control-state/{job}.yaml"));
            let history =
                process_control::history::parse(&text).unwrap_or_else(|why| panic!("{round}: {why}:\n{text}"));
            let known: BTreeSet<String> = history.runs.iter().map(|run| run.id.clone()).collect();
            // the list keeps twenty; what began last must be there
            let all = lines(&host, &format!("/var/tmp/{job}"));
            let last = history.runs.iter().filter(|run| all.contains(&run.id)).count();
            let missing: Vec<&String> = began.difference(&known).collect();
            assert!(last >= 20.min(all.len()) || missing.is_empty(), "{round}: {job}: {missing:?} not in\n{text}");
        }
    }
    for job in jobs {
        let before = host.runs(job, Outcome::Success).last().and_then(|run| run.start);
        host.wait_for(SOON, "a run after the crash", || {
            host.runs(job, Outcome::Success).last().and_then(|run| run.start) > before
        });
        check(&host.history(job), job);
    }
    assert_eq!(host.sh("ls /var/lib/process-control-state | grep -c corrupt || true").trim(), "0");
    row(
        suite,
        "host killed at a random moment, three jobs each second",
        count,
        "no run lost, no history corrupt, no lock stuck",
    );
}

fn a_run_that_is_killed_at_any_step_has_an_end(suite: Suite) {
    let host = host_with(
        suite,
        &[
            ("alone", &shell(FAR, "sleep 0.05")),
            ("list", &format!("{FAR}command: ['true', 'sleep 0.05', 'true']\n")),
            ("again", &shell(&format!("{FAR}retries: 1\nretry_delay: 100ms\n"), "sleep 0.05; exit 1")),
        ],
    );
    let mut moments = Moments(7);
    let count = times(12, 400);
    let mut killed = 0;
    for round in 0..count {
        let job = ["alone", "list", "again"][round % 3];
        let unit = format!("job@{job}.service");
        host.run(&["systemctl", "start", "--no-block", &unit]);
        std::thread::sleep(moments.below(150));
        let whom = ["main", "control", "all"][(round / 3) % 3];
        killed +=
            usize::from(host.run(&["systemctl", "kill", "--signal=KILL", &format!("--kill-whom={whom}"), &unit]).ok());
        host.wait_for(SOON, "rest", || host.is_at_rest(job));
        let history = host.history(job);
        check(&history, job);
    }
    for job in ["alone", "list", "again"] {
        host.run(&["systemctl", "start", &format!("job@{job}.service")]);
        host.wait_for(SOON, "rest", || host.is_at_rest(job));
        let history = host.history(job);
        let open = history.runs.iter().filter(|run| run.end.is_none()).count();
        assert_eq!(open, 0, "{job}: {:?}", history.runs);
    }
    assert!(killed > 0, "nothing was ever killed");
    row(
        suite,
        "SIGKILL to run-job, command or recorder at a random step",
        count,
        "every run has an end, no lock stuck",
    );
}

fn of_many_starts_at_once_exactly_one_runs(suite: Suite) {
    let host = host_with(suite, &[("one", &shell(FAR, "echo $$ >> /srv/ran; sleep 5"))]);
    host.sh("chmod 777 /srv");
    let count = times(100, 500);
    host.sh(&format!(
        "for i in $(seq {count}); do
            (code=0; setpriv --reuid process-control --regid process-control --clear-groups run-job one 2>/dev/null || code=$?
            echo $code >> /srv/codes) & done; wait"
    ));
    assert_eq!(host.read("/srv/ran").lines().count(), 1, "{suite:?}");
    let codes = host.read("/srv/codes");
    assert_eq!(codes.lines().filter(|code| *code == "75").count(), count - 1, "{codes}");
    check(&host.history("one"), "one");
    row(suite, "starts of one job at once", count, "one ran, the others were told so");
}

fn many_jobs_in_the_same_second_all_run(suite: Suite) {
    let count = times(100, 1000);
    let host = Host::boot(suite);
    let second = host.sh("date -u -d '+20 seconds' '+%Y-%m-%d %H:%M:%S'");
    let job = format!("name: N\ncalendar: '{} UTC'\ncommand: sh -c 'echo >> /srv/ran'\n", second.trim());
    host.write("/tmp/job.yaml", &job);
    host.sh(&format!(
        "chmod 777 /srv; cd /var/lib/process-control; for i in $(seq {count}); do cp /tmp/job.yaml job$i.yaml; done; systemctl daemon-reload"
    ));
    let left = host.sh(&format!("echo $(($(date -u -d '{}' +%s) - $(date +%s)))", second.trim()));
    assert!(left.trim().parse::<i64>().unwrap() > 0, "the machine is too slow for this test");
    host.wait_for(SOON * 8, "all runs", || {
        host.run(&["sh", "-c", "wc -l < /srv/ran"]).stdout.trim() == count.to_string()
    });
    let succeeded = || host.sh("grep -l 'outcome: success' /var/lib/process-control-state/*.yaml | wc -l");
    host.wait_for(SOON * 4, "all ends", || succeeded().trim() == count.to_string());
    let took = host.sh(&format!(
        "echo $(($(stat -c %Y /var/lib/process-control-state/*.yaml | sort -n | tail -1) - $(date -u -d '{}' +%s)))",
        second.trim()
    ));
    row(
        suite,
        "jobs due in the same second",
        count,
        &format!("all ran and are recorded, the last within {} s", took.trim()),
    );
}

fn reloads_and_restarts_of_systemd_end_no_run(suite: Suite) {
    let host = host_with(suite, &[("long", &shell(FAR, "sleep 6; echo done >> /srv/done"))]);
    host.sh("chmod 777 /srv");
    let rounds = times(1, 10);
    for round in 1..=rounds {
        host.sh("systemctl start job@long.service");
        let run = host.wait_for_start("long", SOON);
        host.sh("systemctl daemon-reexec; systemctl daemon-reload; systemctl restart systemd-journald; systemctl daemon-reexec");
        host.wait_for(SOON, "end", || host.history("long").run(&run.id).is_some_and(|run| run.end.is_some()));
        let end = host.history("long").run(&run.id).unwrap().end.clone().unwrap();
        assert_eq!(end.outcome, Outcome::Success, "{end:?}");
        assert_eq!(host.read("/srv/done").lines().count(), round);
    }
    row(
        suite,
        "PID 1 re-executed twice and journald restarted during a run",
        rounds,
        "the run goes on and is recorded",
    );
}

fn reloads_under_writers_lose_no_healthy_job(suite: Suite) {
    let host = host_with(suite, &[("steady", &format!("{FAR}command: 'true'\n"))]);
    host.watch_no_files();
    let rounds = times(6, 120);
    // a writer that never stops, with files that are half there at any moment
    host.write(
        "/tmp/writer",
        "cd /var/lib/process-control; i=0
        while [ -e /tmp/go ]; do i=$((i+1)); n=noise$((i % 9))
            printf 'name: N\\nschedule: \"* * * * *\"\\ncom' > $n.yaml; printf 'mand: \"true\"\\n' >> $n.yaml
            [ $((i % 4)) = 0 ] && rm -f noise$(((i + 4) % 9)).yaml; [ $((i % 7)) = 0 ] && mv $n.yaml moved.yaml; done; true\n",
    );
    host.sh("touch /tmp/go; setsid sh /tmp/writer > /dev/null 2>&1 & sleep 0.2");
    for _ in 0..rounds {
        host.sh("timeout 30 systemctl daemon-reload");
        let steady = host.property("job@steady.timer", "ActiveState");
        assert_eq!(steady, "active");
        // no unit of half a file: what has a timer has a whole service beside it
        let halves = host.sh("cd /run/systemd/generator; for timer in job@*.timer; do s=${timer%.timer}.service
            grep -q '^ExecStopPost=' $s && grep -q '^User=' $s && grep -q '^OnCalendar=' $timer || echo $timer; done");
        assert_eq!(halves, "");
    }
    host.sh("rm /tmp/go");
    row(
        suite,
        "reloads while job files are written, moved and removed",
        rounds,
        "no half unit, the healthy job kept its timer",
    );
}

fn a_full_or_read_only_disk_stops_no_run(suite: Suite) {
    let host = Host::boot(suite);
    host.sh("echo 'output_directory: /var/log/process-control' > /etc/process-control.yaml
        install -d -o process-control -g process-control-operators -m 2750 /var/log/process-control; chmod 777 /srv");
    host.edit(&[("steady", &shell(FAR, "echo said; echo >> /srv/ran"))]);
    let folders = ["/var/lib/process-control-state", "/var/log/process-control", "/run/process-control"];
    let ways = [
        ("full", "mount -t tmpfs -o size=64k,mode=777 none $f; dd if=/dev/zero of=$f/fill bs=4k 2>/dev/null || true"),
        ("read-only", "mount -t tmpfs -o ro,mode=755 none $f"),
    ];
    let mut count = 0;
    for (how, command) in ways {
        for folder in folders {
            host.sh(&format!("rm -f /srv/ran; f={folder}; {command}"));
            host.run(&["systemctl", "start", "job@steady.service"]);
            host.wait_for(SOON, "rest", || host.is_at_rest("steady"));
            let ran = host.run(&["test", "-e", "/srv/ran"]).ok();
            let said = host.journal(&["-u", "job@steady.service", "-p", "warning"]);
            // without a lock nobody knows whether it runs already: that start is refused, and loudly
            let may_run = !(folder.starts_with("/run") && how == "read-only");
            assert_eq!(ran, may_run, "{how} {folder}: {said}");
            if !(folder.starts_with("/run") && how == "full") {
                let is_told = || !host.journal(&["-u", "job@steady.service", "-p", "warning"]).trim().is_empty();
                host.wait_for(SOON, &format!("word of a {how} {folder}"), is_told);
            }
            assert_eq!(host.is_failed("steady"), !may_run, "{how} {folder}: {said}");
            host.sh(&format!(
                "umount -l {folder}; journalctl --rotate --vacuum-time=1s >/dev/null 2>&1; systemctl reset-failed"
            ));
            count += 1;
        }
    }
    let run = host.run_job("steady");
    assert_eq!(run.end.unwrap().outcome, Outcome::Success);
    row(
        suite,
        "state, log and run folder full and read-only",
        count,
        "the job runs and the loss is said; without a lock it is refused",
    );
}

fn a_flood_of_output_and_of_processes_harms_nobody(suite: Suite) {
    let megabytes = times(20, 1000);
    let host = host_with(
        suite,
        &[
            (
                "loud",
                &format!("{FAR}command: sh -c 'yes 0123456789012345678901234567890123456789 | head -c {megabytes}M'\n"),
            ),
            (
                "many",
                &format!(
                    "{FAR}timeout: 3s\nkill_grace: 1s\ncommand: sh -c 'for i in $(seq 1000); do sleep 100 & done; wait'\n"
                ),
            ),
            ("quiet", &shell(FAR, "true")),
        ],
    );
    host.run(&["systemctl", "start", "--no-block", "job@loud.service", "job@many.service"]);
    let begun = std::time::Instant::now();
    assert_eq!(host.run_job("quiet").end.unwrap().outcome, Outcome::Success);
    assert!(begun.elapsed() < SOON, "another job waits {:?}", begun.elapsed());
    host.wait_for_runs("many", 1, Outcome::Timeout, SOON);
    assert_eq!(host.run(&["sh", "-c", "ps -eo args | grep -c '^sleep 100'"]).stdout.trim(), "0");
    host.wait_for_runs("loud", 1, Outcome::Success, SOON * 10);
    row(
        suite,
        "a job that prints so many MB, beside one with 1000 children",
        megabytes,
        "others run; every child is ended by the timeout",
    );
}
