//! Who hears of a run, and that nobody outside can delay or change it: real servers, which are also down, slow, and refuse.

use crate::hosts::{Host, Suite};
use crate::jobs::{FAR, SOON, host_with, on_both_suites, shell};
use crate::outside::Outside;
use process_control::history::Outcome;
use std::time::{Duration, Instant};

on_both_suites!(
    a_failure_is_mailed_from_the_threshold_on_and_its_recovery,
    a_mail_server_that_is_down_slow_or_refuses_changes_no_run,
    hooks_are_told_what_happens,
    a_secret_goes_to_its_own_place_alone,
    a_forged_notice_gets_nobody_anything,
    one_receiver_costs_the_others_nothing,
);

const MAIL: &str = "failmail:\n  from_address: cron@example.org\n  to_address: ops@example.org\n";
const SPOOL: &str = "/var/lib/process-control-notices";

fn journal(host: &Host) -> String {
    host.journal(&["-u", "process-control-notify.service", "-u", "process-control-hooks.service", "-o", "cat"])
}

/// Nothing is left to be told.
fn is_quiet(host: &Host) -> bool {
    let units = ["process-control-notify.service", "process-control-hooks.service"];
    host.sh(&format!("find {SPOOL} -type f | wc -l")).trim() == "0"
        && units.iter().all(|unit| !matches!(host.property(unit, "ActiveState").as_str(), "active" | "activating"))
}

fn wait_until_quiet(host: &Host) {
    host.wait_for(SOON, "quiet", || is_quiet(host));
}

fn a_failure_is_mailed_from_the_threshold_on_and_its_recovery(suite: Suite) {
    let flaky = shell(
        &format!("{FAR}{MAIL}failure_threshold_for_mail: 2\ndescription: x\n"),
        "echo the kettle is empty; test -e /tmp/well || exit 3",
    );
    let host = host_with(suite, &[("flaky", &flaky)]);
    let outside = Outside::of(&host);
    host.run_job("flaky");
    host.run_job("flaky");
    let failed = host.history("flaky").runs.pop().unwrap();
    host.wait_for(SOON, "mail", || !outside.mails().is_empty());
    wait_until_quiet(&host);
    let mails = outside.mails();
    assert_eq!(mails.len(), 1, "one mail, and none before the threshold: {mails:?}");
    let name = host.sh("uname -n");
    let name = name.trim();
    for part in [
        "X-Envelope: cron@example.org ops@example.org\n",
        "Auto-Submitted: auto-generated\n",
        &format!("Subject: Fail Mail ({name}) run-job: flaky failed with code 3\n"),
        "job      flaky\n",
        &format!("host     {name}\n"),
        "outcome  failure, exit code, exit status 3\n",
        "failures 2 in a row\n",
        &format!("run      {}\n", failed.id),
        "  the kettle is empty\n",
        &format!("  jobctl logs flaky --run {}\n", failed.id),
    ] {
        assert!(mails[0].contains(part), "{part:?} in\n{}", mails[0]);
    }
    host.sh("touch /tmp/well");
    host.run_job("flaky");
    host.run_job("flaky");
    host.wait_for(SOON, "recovery mail", || outside.mails().len() == 2);
    wait_until_quiet(&host);
    let mails = outside.mails();
    assert_eq!(mails.len(), 2, "{mails:?}");
    let subject = format!("Subject: Recovery Mail ({name}) run-job: flaky succeeded again after 2 failures\n");
    assert!(mails[1].contains(&subject), "{}", mails[1]);
    // a job that was paused and resumed in between recovers too
    let twice = shell(
        &format!("{FAR}{MAIL}pause_after_failures: 1\non_recovery: {{webhook: 'http://127.0.0.1:8080/back'}}\n"),
        "test -e /tmp/better",
    );
    host.edit(&[("twice", &twice)]);
    host.run_job("twice");
    host.sh("touch /tmp/better; jobctl resume twice");
    host.run_job("twice");
    host.wait_for(SOON, "recovery", || outside.mails().len() == 4 && outside.requests().len() == 1);
    assert!(outside.mails()[2].contains("and is paused: a failure (exit code)"), "{}", outside.mails()[2]);
    assert!(outside.mails()[3].contains("succeeded again after a failure"), "{}", outside.mails()[3]);
    assert!(journal(&host).contains("flaky: mail to ops@example.org: told"), "{}", journal(&host));
}

fn a_mail_server_that_is_down_slow_or_refuses_changes_no_run(suite: Suite) {
    let bad = shell(&format!("{FAR}{MAIL}on_failure: touch /tmp/hook\n"), "exit 1");
    let host = host_with(suite, &[("bad", &bad)]);
    let run = |count: usize| {
        let began = Instant::now();
        host.run_job("bad");
        let runs = host.runs("bad", Outcome::Failure);
        assert_eq!(runs.len(), count, "{runs:?}");
        assert!(began.elapsed() < Duration::from_secs(10), "the run waits for nobody");
    };
    let later = || host.sh(&format!("ls {SPOOL}/later | wc -l")).trim().to_owned();
    // down
    run(1);
    host.wait_for(SOON, "a mail that waits", || later() == "1");
    assert!(
        journal(&host).contains("bad: mail to ops@example.org: not told yet: mail server localhost:25"),
        "{}",
        journal(&host)
    );
    host.wait_for(SOON, "hook", || host.run(&["test", "-e", "/tmp/hook"]).ok());
    // up again: the next event takes the old mail along
    let outside = Outside::of(&host);
    run(2);
    host.wait_for(SOON, "two mails", || outside.mails().len() == 2);
    wait_until_quiet(&host);
    // busy: as if it were down
    outside.mail_is("busy");
    run(3);
    host.wait_for(SOON, "a mail that waits", || later() == "1");
    assert!(journal(&host).contains("451"), "{}", journal(&host));
    // by itself, a minute later
    outside.mail_is("ok");
    host.wait_for(Duration::from_secs(150), "the third mail", || outside.mails().len() == 3);
    wait_until_quiet(&host);
    // slow: longer than we wait
    outside.mail_is("slow");
    run(4);
    host.wait_for(2 * SOON, "a mail that waits", || later() == "1");
    // refused: not again
    outside.mail_is("refuse");
    run(5);
    host.wait_for(SOON, "an end of it", || journal(&host).matches("not told: mail server localhost:25").count() == 2);
    wait_until_quiet(&host);
    assert_eq!(outside.mails().len(), 3);
    assert_eq!(host.property("process-control-notify.service", "Result"), "success");
}

fn hooks_are_told_what_happens(suite: Suite) {
    let hook = "sh -c 'id -un >/tmp/who; cat >/tmp/document; env | grep ^PROCESS_CONTROL_ | sort >/tmp/variables'";
    let keys = format!(
        "{FAR}tags: [a, b]
on_start: {{ping: 'http://127.0.0.1:8080/ping'}}
on_success: {{ping: 'http://127.0.0.1:8080/ping'}}
on_failure:
  - ping: http://127.0.0.1:8080/ping
  - webhook: http://127.0.0.1:8080/store
  - command: \"{hook}\"
on_recovery: {{ping: 'http://127.0.0.1:8080/back?x=1', method: GET}}
on_skip: {{ping: 'http://127.0.0.1:8080/ping'}}
"
    );
    let told = shell(&keys, "test -e /tmp/well || exit 3");
    let host = host_with(suite, &[("told", &told)]);
    let outside = Outside::of(&host);
    let failed = host.run_job("told");
    host.sh("touch /tmp/well");
    host.wait_for(SOON, "webhook", || outside.requests().len() == 3);
    host.run_job("told");
    host.wait_for(SOON, "requests", || outside.requests().len() == 6);
    wait_until_quiet(&host);
    let requests = outside.requests();
    let asked: Vec<String> = requests
        .iter()
        .map(|request| {
            let path = request["path"].as_str().unwrap();
            format!("{} {}", request["method"].as_str().unwrap(), path.split("rid=").next().unwrap())
        })
        .collect();
    assert_eq!(
        asked,
        ["POST /ping/start?", "POST /ping/3?", "POST /store", "POST /ping/start?", "POST /ping?", "GET /back?x=1&"],
    );
    let id = requests[1]["path"].as_str().unwrap().split("rid=").nth(1).unwrap();
    assert_eq!(id.replace('-', ""), failed.id);
    assert_eq!((id.len(), requests[1]["body"].as_str()), (36, Some("told failed with code 3")));
    assert_eq!(requests[2]["type"], "application/json");
    let document: serde_json::Value = serde_json::from_str(requests[2]["body"].as_str().unwrap()).unwrap();
    for (key, value) in [
        ("event", serde_json::json!("failure")),
        ("job", "told".into()),
        ("run", failed.id.clone().into()),
        ("outcome", "failure".into()),
        ("cause", "exit-code".into()),
        ("exit_status", 3.into()),
        ("failures_in_a_row", 1.into()),
        ("tags", serde_json::json!(["a", "b"])),
    ] {
        assert_eq!(document[key], value, "{key} of {document}");
    }
    // the command had the same, as the service user
    assert_eq!(host.read("/tmp/who"), "process-control\n");
    assert_eq!(host.read("/tmp/document"), requests[2]["body"].as_str().unwrap());
    let variables = host.read("/tmp/variables");
    for line in [
        "PROCESS_CONTROL_EVENT=failure",
        "PROCESS_CONTROL_CAUSE=exit-code",
        "PROCESS_CONTROL_EXIT_STATUS=3",
        "PROCESS_CONTROL_JOB=told",
    ] {
        assert!(variables.lines().any(|it| it == line), "{line} in {variables}");
    }
    // an address that moves us on, and one that fails
    outside.web_is(302);
    host.run_job("told");
    host.wait_for(SOON, "refusals", || {
        journal(&host).matches("not told: http://127.0.0.1:8080 answers 302").count() == 2
    });
    assert!(outside.requests().iter().all(|request| request["path"] != "/elsewhere"));
    wait_until_quiet(&host);
    outside.web_is(503);
    host.run_job("told");
    host.wait_for(SOON, "one that waits; the ping of the start would come too late", || {
        host.sh(&format!("ls {SPOOL}/later | wc -l")).trim() == "1"
    });
    // a pause is a skipped start only where a timer comes by: here a second start meets a run
    let busy = shell(&format!("{FAR}on_skip: {{ping: 'http://127.0.0.1:8080/busy'}}\n"), "sleep 5");
    host.edit(&[("busy", &busy)]);
    outside.web_is(200);
    host.sh("systemctl start job@busy.service; runuser -u process-control -- run-job busy || test $? = 75");
    host.wait_for(SOON, "skip", || {
        outside.requests().iter().any(|request| request["path"].as_str().unwrap().starts_with("/busy/log?rid="))
    });
}

fn a_secret_goes_to_its_own_place_alone(suite: Suite) {
    let keys = format!(
        "{FAR}on_failure:\n{}",
        ["https://localhost:8443/mine/x", "http://127.0.0.1:8080/mine/x", "https://localhost:8443/other"]
            .map(|url| format!("  - webhook: {url}\n"))
            .concat()
    );
    let host = Host::boot(suite);
    host.write("/etc/process-control/token", "Bearer sesame\n");
    host.sh("chmod 600 /etc/process-control/token");
    let config = "secrets:
  mine: {url: 'https://localhost:8443/mine/', file: /etc/process-control/token}
  lost: {url: 'https://localhost:8443/lost/', file: /no/such/file}
";
    host.write("/etc/process-control.yaml", config);
    host.edit(&[
        ("told", &shell(&keys, "exit 1")),
        ("lost", &shell(&format!("{FAR}on_failure: {{webhook: 'https://localhost:8443/lost/x'}}\n"), "exit 1")),
    ]);
    let outside = Outside::of(&host);
    // nobody knows the certificate: nothing is said to that server
    host.run_job("told");
    host.wait_for(SOON, "a certificate that is refused", || {
        journal(&host).contains("not told yet: https://localhost:8443: ")
    });
    host.wait_for(SOON, "one request", || outside.requests().len() == 1);
    assert_eq!(outside.requests()[0]["authorization"], serde_json::Value::Null);
    // it is the host's to trust it
    host.write("/etc/ssl/certs/ca-certificates.crt", &outside.certificate());
    host.run_job("lost");
    host.run_job("told");
    host.wait_for(SOON, "all requests", || outside.requests().len() == 6);
    for request in outside.requests() {
        let path = request["path"].as_str().unwrap();
        assert_ne!(path, "/lost/x", "without its secret it is not asked for");
    }
    let with: Vec<_> = outside.requests().into_iter().filter(|request| !request["authorization"].is_null()).collect();
    assert_eq!(with.len(), 2, "{with:?}");
    assert!(with.iter().all(|request| request["path"] == "/mine/x" && request["authorization"] == "Bearer sesame"));
    let said = journal(&host)
        + &host.sh(
            "systemctl show process-control-notify.service; cat /run/systemd/generator/process-control-notify.service",
        );
    assert!(said.contains("secret lost cannot be read") && !said.contains("sesame"), "{said}");
}

/// Every job can write notices. They can say what a job could say itself, and get it nothing that a job cannot have.
fn a_forged_notice_gets_nobody_anything(suite: Suite) {
    let host = Host::boot(suite);
    let outside = Outside::of(&host);
    host.write(
        "/run/systemd/system/secret.service",
        "[Service]\nType=oneshot\nExecStart=/bin/echo the word is sesame\n",
    );
    host.sh("systemctl daemon-reload; systemctl start secret.service");
    let id = host.property("secret.service", "InvocationID");
    let now = host.sh("date -u +%FT%TZ").trim().to_owned();
    let notice = |job: &str, to: &str| {
        format!(
            r#"{{"facts":{{"@timestamp":"{now}","event":"failure","host":"h","job":"{job}","name":"n","tags":[],"run":"{id}","trigger":"timer","command":"command","failures_in_a_row":1,"message":"m\nBcc: x@example.org"}},"to":[{to}]}}"#
        )
    };
    let mail = r#"{"mail":{"from":"a@example.org","to":"b@example.org"}}"#;
    let command = r#"{"command":{"line":"touch /tmp/as-notify"}}"#;
    host.write("/tmp/1.json", &notice("secret", mail));
    host.write("/tmp/2.json", &notice("../../secret.service", mail));
    host.write("/tmp/3.json", &notice("x", command));
    let evil = r#""host":"x\r\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.org>""#;
    host.write("/tmp/5.json", &notice("secret", mail).replace(r#""host":"h""#, evil));
    host.write(
        "/tmp/4.json",
        &notice("x", r#"{"mail":{"from":"a@example.org\nBcc: y@example.org","to":"b@example.org"}}"#),
    );
    host.sh(&format!(
        "chmod 644 /tmp/*.json
        runuser -u process-control -- sh -ec 'cp /tmp/?.json {SPOOL}/post; mkdir {SPOOL}/post/7.json; touch {SPOOL}/post/7.json/x
            ln -s /etc/shadow {SPOOL}/post/8.json; mkfifo {SPOOL}/post/9.json; mkdir -p {SPOOL}/post/.7.json/x;
            cp /tmp/3.json {SPOOL}/post/0.json; mkdir {SPOOL}/commands/0.json; echo tea >{SPOOL}/post/6.json'"
    ));
    host.sh(&format!("runuser -u process-control -- touch {SPOOL}/post/$(printf '\\377').json"));
    host.wait_for(SOON, "an empty queue", || {
        host.sh(&format!("ls {SPOOL}/post {SPOOL}/later | grep -c json || :")).trim() == "0"
    });
    host.wait_for(SOON, "an end of it", || {
        host.property("process-control-notify.service", "ActiveState") == "inactive"
    });
    let mails = outside.mails();
    assert!(mails.len() <= 3 && !mails.is_empty(), "{mails:?}");
    for mail in &mails {
        assert!(!mail.contains("sesame"), "{mail}");
        assert!(!mail.contains("\nBcc:") && mail.starts_with("X-Envelope: a@example.org b@example.org\n"), "{mail}");
    }
    assert!(!host.run(&["test", "-e", "/tmp/as-notify"]).ok(), "no program runs as process-control-notify");
    // a program is run once, also one that ends who runs it; what a job holds up is its own
    let loops = shell(&format!("{FAR}on_success:\n  - sh -c \"echo ran >>/tmp/again; kill $PPID\"\n"), "true");
    host.edit(&[("loops", &loops), ("other", &format!("{FAR}on_success: touch /tmp/other\ncommand: 'true'\n"))]);
    host.run_job("loops");
    host.wait_for(SOON, "a program", || host.run(&["test", "-e", "/tmp/again"]).ok());
    host.run_job("other");
    host.wait_for(SOON, "the next program", || host.run(&["test", "-e", "/tmp/other"]).ok());
    assert_eq!(host.read("/tmp/again"), "ran\n");
    // what a job may not do at all
    for path in ["later", ".", "commands"] {
        let may = host.by("process-control", &["test", "-w", &format!("{SPOOL}/{path}")]).ok();
        assert_eq!(may, path == "commands", "{path}");
    }
}

/// One that is slow for ever, or refuses, is no reason to wait for the others.
fn one_receiver_costs_the_others_nothing(suite: Suite) {
    let hooks = |paths: &[&str]| {
        let lines = paths.iter().map(|path| format!("  - webhook: http://127.0.0.1:8080/{path}\n"));
        shell(&format!("{FAR}on_failure:\n{}", lines.collect::<String>()), "exit 1")
    };
    let dripping = "failmail: {from_address: a@example.org, to_address: b@example.org, smtp: '127.0.0.1:2626'}\n";
    let host = host_with(
        suite,
        &[
            ("a-slow", &shell(&format!("{FAR}{dripping}"), "exit 1")),
            ("bad", &hooks(&["bad", "good-1"])),
            ("good", &hooks(&["good-2"])),
        ],
    );
    let outside = Outside::of(&host);
    host.run_job("a-slow");
    host.run_job("bad");
    host.run_job("good");
    let asked = |path: &str| outside.requests().iter().filter(|request| request["path"] == path).count();
    host.wait_for(3 * SOON, "the others", || asked("/good-1") == 1 && asked("/good-2") == 1);
    host.wait_for(SOON, "end of patience", || {
        journal(&host).contains("not told yet: mail server 127.0.0.1:2626: no end within 45 s")
    });
    assert!(asked("/bad") >= 1);
}
