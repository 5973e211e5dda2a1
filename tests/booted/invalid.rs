//! Who hears of a job whose file has an error: by a real mail server, once.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, on_both_suites};
use crate::outside::Outside;

on_both_suites!(an_invalid_job_is_mailed_once_for_each_error, what_cannot_be_seen_or_kept_in_mind_is_no_news,);

const MAIL: &str = "failmail:\n  from_address: cron@example.org\n  to_address: ops@example.org\n";
const UNIT: &str = "process-control-invalid.service";
const TOLD: &str = "/var/lib/process-control-notices/told/invalid.json";
const FOLDER: &str = "/var/lib/process-control";

/// One more look at all files, to its end.
fn look(host: &Host) {
    host.sh("systemctl start process-control-reload.service");
    host.wait_for(SOON, "a look", || {
        ["process-control-reload.service", UNIT]
            .iter()
            .all(|unit| matches!(host.property(unit, "ActiveState").as_str(), "inactive" | "failed"))
    });
}

fn good(host: &Host, name: &str) {
    host.write_job(name, &format!("{FAR}{MAIL}command: 'true'\n"));
}

/// Its third line is wrong.
fn bad(host: &Host, name: &str, schedule: &str) {
    host.write_job(name, &format!("command: 'true'\nschedule: {schedule}\n{MAIL}"));
}

fn an_invalid_job_is_mailed_once_for_each_error(suite: Suite) {
    let host = Host::boot(suite);
    let outside = Outside::of(&host);
    good(&host, "tea");
    look(&host);
    bad(&host, "tea", "99 * * * *");
    // by itself, as soon as the folder has changed
    host.wait_for(SOON, "mail", || outside.mails().len() == 1);
    let name = host.sh("uname -n");
    let name = name.trim();
    let mail = outside.mails().remove(0);
    for part in [
        "X-Envelope: cron@example.org ops@example.org\n".to_owned(),
        format!("Subject: Fail Mail ({name}) run-job: tea cannot run: line 3: schedule: "),
        "job      tea\n".to_owned(),
        format!("host     {name}\n"),
        format!("file     {FOLDER}/tea.yaml\n"),
        "line     3\n".to_owned(),
        format!("  error: {FOLDER}/tea.yaml:3:11: schedule: "),
        "  jobctl check tea\n".to_owned(),
    ] {
        assert!(mail.contains(&part), "{part:?} in\n{mail}");
    }
    // root has no part in it
    assert_eq!(host.sh(&format!("stat -c %U {TOLD}")), "process-control\n");
    // nothing new: the same error, also when it has moved, and another look
    look(&host);
    host.sh(&format!("sed -i '1i # a word more' {FOLDER}/tea.yaml"));
    look(&host);
    // another error is new; what is mended is forgotten
    bad(&host, "tea", "0 25 * * *");
    host.wait_for(SOON, "mail about another error", || outside.mails().len() == 2);
    good(&host, "tea");
    host.wait_for(SOON, "an empty memory", || host.read(TOLD) == "{}");
    bad(&host, "tea", "0 25 * * *");
    host.wait_for(SOON, "mail after mending", || outside.mails().len() == 3);
    // six at once are one mail, from those keys that can be read, and from the defaults
    host.write("/etc/process-control.yaml", &format!("default_job_config:\n  {}", MAIL.replace('\n', "\n  ")));
    host.sh(&format!(
        "for job in a b c d e f; do printf 'command: [\\nname: x' >/tmp/$job.yaml; done
        mv /tmp/?.yaml {FOLDER}"
    ));
    host.wait_for(SOON, "mail about many", || outside.mails().len() == 4);
    look(&host);
    let mails = outside.mails();
    assert_eq!(mails.len(), 4, "{mails:?}");
    let mail = &mails[3];
    assert!(mail.contains("run-job: 6 jobs cannot run: a, b, c, d, e, f\n"), "{mail}");
    assert!(mail.contains(&format!("  error: {FOLDER}/f.yaml:")) && mail.contains("\n  jobctl check\n"), "{mail}");
    assert_eq!(host.sh("systemctl --failed --plain --no-legend"), "");
}

fn what_cannot_be_seen_or_kept_in_mind_is_no_news(suite: Suite) {
    let host = Host::boot(suite);
    let outside = Outside::of(&host);
    bad(&host, "tea", "99 * * * *");
    host.wait_for(SOON, "mail", || outside.mails().len() == 1);
    let journal = || host.journal(&["-u", UNIT, "-o", "cat"]);
    let start = || host.run(&["systemctl", "start", UNIT]).ok();
    // a folder that is away, locked or empty is not one whose jobs are all valid again
    host.sh(&format!("systemctl stop process-control-reload.timer; mv {FOLDER} /var/lib/away"));
    assert!(!start() && journal().contains(&format!("{FOLDER}: No such file or directory")), "{}", journal());
    host.sh(&format!("mkdir -m 700 {FOLDER}"));
    assert!(!start() && journal().contains(&format!("{FOLDER}: Permission denied")), "{}", journal());
    host.sh(&format!("chmod 755 {FOLDER}"));
    assert!(start());
    host.sh(&format!("rmdir {FOLDER}; mv /var/lib/away {FOLDER}"));
    assert!(start());
    // a configuration with an error sends nothing, and says so
    host.write("/etc/process-control.yaml", "user: [\n");
    assert!(!start() && journal().contains("/etc/process-control.yaml:"), "{}", journal());
    host.sh("rm /etc/process-control.yaml");
    // what cannot be kept in mind is not told again and again
    host.sh("mv /var/lib/process-control-notices/told /tmp/told");
    assert!(!start() && !start());
    host.sh("mv /tmp/told /var/lib/process-control-notices/told");
    // a job can write into it what it wants: that is worth a mail more
    assert!(start());
    assert_eq!(outside.mails().len(), 1, "{:?}", outside.mails());
    host.sh(&format!("runuser -u process-control -- ln -sf /etc/shadow {TOLD}"));
    assert!(start());
    host.wait_for(SOON, "mail", || outside.mails().len() == 2);
    assert!(host.read(TOLD).starts_with("{\"tea\":\"schedule: "), "{}", host.read(TOLD));
    assert_eq!(host.sh(&format!("stat -c %F {TOLD}")), "regular file\n");
}
