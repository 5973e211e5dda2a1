//! Job files by those who write them: new, edit, reload, cron-generate.

use crate::hosts::Suite;
use crate::jobs::{FAR, SOON, host_with, on_both_suites};
use process_control::history::Outcome;

on_both_suites!(
    an_author_makes_a_job_and_systemd_knows_it,
    an_author_edits_a_job,
    a_reload_says_what_changed_job_by_job,
    cron_generate_speaks_as_the_original_did,
);

fn an_author_makes_a_job_and_systemd_knows_it(suite: Suite) {
    let host = host_with(suite, &[]);
    host.people();
    let new = ["new", "tea", "--schedule", "0 0 29 2 *", "--command", "/bin/echo 'a cup'", "--tag", "kitchen"];
    let said = host.jobctl("ada", &new, 0);
    assert!(said.stdout.contains("saved as /var/lib/process-control/tea.yaml\n"), "{said:?}");
    assert!(said.stdout.ends_with("systemd knows of it\n"), "{said:?}");
    assert!(host.is_active("job@tea.timer"));
    let owner = host.sh("stat -c '%U %G %a' /var/lib/process-control/tea.yaml");
    assert_eq!(owner, "ada process-control-authors 664\n");
    host.jobctl("olga", &["start", "tea", "--wait"], 0);
    host.wait_for_runs("tea", 1, Outcome::Success, SOON);

    let refused = host.jobctl("ada", &new, 73);
    assert!(refused.stderr.contains("there is a job tea already"), "{refused:?}");
    let refused = host.jobctl("ada", &["new", "bad", "--schedule", "0 25 * * *", "--command", "x"], 2);
    assert!(refused.stdout.contains("the hour is out of range"), "{refused:?}");
    let refused = host.jobctl("fred", &["new", "mine", "--command", "/bin/true"], 77);
    assert!(refused.stderr.contains("process-control-authors"), "{refused:?}");
    host.jobctl("ada", &["new", "../x", "--command", "/bin/true"], 64);
    assert_eq!(host.sh("ls -A /var/lib/process-control"), "tea.yaml\n", "no leftover");
}

fn an_author_edits_a_job(suite: Suite) {
    let host = host_with(suite, &[("tea", "schedule: '0 0 29 2 *'\ncommand: 'true'\n")]);
    host.people();
    host.sh(
        "chgrp process-control-authors /var/lib/process-control/tea.yaml; chmod 664 /var/lib/process-control/tea.yaml",
    );
    let edit = |user: &str, editor: &str| host.by(user, &["env", &format!("EDITOR={editor}"), "jobctl", "edit", "tea"]);
    let done = edit("ada", "sed -i s/29/28/");
    assert_eq!(done.status, 0, "{done:?}");
    assert!(done.stdout.contains("OnCalendar=*-02-28 00:00:00, was *-02-29 00:00:00"), "{done:?}");
    assert!(done.stdout.ends_with("systemd knows of it\n"), "{done:?}");
    assert!(host.property("job@tea.timer", "TimersCalendar").contains("*-02-28"));
    // an edited command needs no reload
    let done = edit("ada", "sed -i s/true/false/");
    assert!(done.stdout.ends_with("no unit changes: the next run goes by the new file\n"), "{done:?}");
    let done = edit("ada", "true");
    assert_eq!((done.status, done.stdout.as_str()), (0, "nothing was changed\n"));

    // what is wrong is not saved, and not lost
    let before = host.read("/var/lib/process-control/tea.yaml");
    let done = edit("ada", "sed -i s/28/31/");
    assert_eq!(done.status, 2, "{done:?}");
    let kept = done.stderr.trim().rsplit(' ').next().unwrap();
    assert!(host.read(kept).contains("31"), "{done:?}");
    let done = edit("ada", "false");
    assert_eq!(done.status, 73, "{done:?}");
    let done = edit("fred", "sed -i s/28/27/");
    assert_eq!(done.status, 77, "{done:?}");
    assert!(done.stderr.contains("what you wrote is kept as "), "{done:?}");
    assert_eq!(host.read("/var/lib/process-control/tea.yaml"), before);

    // somebody else was faster
    host.write(
        "/tmp/editor",
        "#!/bin/sh\nsed -i s/28/27/ \"$1\"\necho '# theirs' >>/var/lib/process-control/tea.yaml\n",
    );
    host.sh("chmod 755 /tmp/editor");
    let done = edit("ada", "/tmp/editor");
    assert_eq!(done.status, 73, "{done:?}");
    assert!(done.stderr.contains("somebody else has changed the file meanwhile"), "{done:?}");
    assert!(host.read("/var/lib/process-control/tea.yaml").ends_with("# theirs\n"));

    // root reloads at once
    let done = edit("root", "sed -i s/28/26/");
    assert_eq!(done.status, 0, "{done:?}");
    assert!(host.property("job@tea.timer", "TimersCalendar").contains("*-02-26"));
    // a link is followed to the file that it names
    host.sh("ln -s tea.yaml /var/lib/process-control/link.yaml");
    let done = host.by("root", &["env", "EDITOR=sed -i s/26/25/", "jobctl", "edit", "link"]);
    assert_eq!(done.status, 0, "{done:?}");
    assert!(host.read("/var/lib/process-control/tea.yaml").contains("25"));
    host.sh("test -L /var/lib/process-control/link.yaml");
}

fn a_reload_says_what_changed_job_by_job(suite: Suite) {
    let host = host_with(
        suite,
        &[("gone", &format!("{FAR}command: 'false'\n")), ("tea", &format!("{FAR}command: 'true'\n")), ("same", FAR)],
    );
    host.people();
    host.watch_no_files();
    assert_eq!(host.jobctl("root", &["reload"], 0).stdout, "nothing has changed\n");
    assert!(host.run_job("gone").end.is_some() && host.is_failed("gone"));
    host.sh("rm /var/lib/process-control/gone.yaml");
    host.write_job("tea", "schedule: '0 5 29 2 *'\ntimeout: 5\ncommand: 'true'\n");
    host.write_job("new", &format!("{FAR}command: 'true'\n"));
    let refused = host.jobctl("fred", &["reload"], 77);
    assert!(refused.stderr.contains("only root may reload systemd"), "{refused:?}");
    assert_eq!(refused.stdout, "", "nothing has changed yet");
    let said = host.jobctl("root", &["reload"], 0);
    assert_eq!(
        said.stdout,
        "gone     gone\n\
         new      new   OnCalendar=*-02-29 00:00:00\n\
         changed  tea   RuntimeMaxSec=5min, was nothing; OnCalendar=*-02-29 05:00:00, was *-02-29 00:00:00\n"
    );
    assert!(host.is_active("job@new.timer"), "what is new was started");
    let left = host.sh("systemctl list-units --all --plain --no-legend 'job@gone*'");
    assert_eq!(left, "", "what is gone is forgotten, its failure too");
}

fn cron_generate_speaks_as_the_original_did(suite: Suite) {
    let host = host_with(suite, &[]);
    host.people();
    host.watch_no_files();
    host.write_job("disabled", "schedule: '* * * * *'\ndisabled: true\ncommand: 'true'\n");
    host.write_job("schedule_2", &format!("{FAR}command: 'true'\n"));
    host.write_job("unscheduled", "command: 'true'\n");
    host.write_job("vanishes", "command: 'true'\n");
    let said = host.run(&["cron-generate"]);
    assert_eq!((said.status, said.stderr.as_str()), (0, ""));
    assert_eq!(
        said.stdout,
        "# Skipping disabled job disabled\n\
         # Generated from /var/lib/process-control/schedule_2.yaml\n\
         # Skipping disabled job unscheduled\n\
         # Skipping disabled job vanishes\n"
    );
    assert!(host.is_active("job@schedule_2.timer"));
    let again = host.run(&["cron-generate"]);
    assert_eq!((again.status, again.stdout.as_str()), (0, ""), "nothing has changed");
    assert!(!host.run(&["test", "-e", "/etc/cron.d/process-control"]).ok());
    // a bad job costs the others nothing, and the script hears of it
    host.write_job("bad", "schedule: x\ncommand: 'true'\n");
    host.write_job("good", &format!("{FAR}command: 'true'\n"));
    host.sh("rm /var/lib/process-control/vanishes.yaml");
    let said = host.run(&["cron-generate"]);
    assert_eq!(said.status, 1, "{said:?}");
    assert!(said.stdout.contains("# Generated from /var/lib/process-control/good.yaml\n"), "{said:?}");
    assert!(said.stdout.contains("# Removed job vanishes\n"), "{said:?}");
    assert!(said.stderr.contains("bad.yaml:2:11: schedule: "), "{said:?}");
    assert!(host.is_active("job@good.timer"));
    let refused = host.by("fred", &["cron-generate"]);
    assert_eq!(refused.status, 1, "nothing to reload, and the bad job: {refused:?}");
    host.write_job("more", FAR);
    assert_eq!(host.by("fred", &["cron-generate"]).status, 77);
}
