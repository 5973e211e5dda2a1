//! Whom an invalid job is told to, how often, and in which words.

use chrono::{DateTime, Utc};
use process_control::job::spec::failmail_of;
use process_control::job::{FailMail, Spec};
use process_control::notice::{Broken, Found, Notice, Receiver, Told, about_invalid, letter, news};

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

fn mail_to(to: &str) -> FailMail {
    FailMail { from_address: "cron@example.org".to_owned(), to_address: to.to_owned(), smtp: None }
}

fn found(job: &str, line: usize, error: &str) -> Found {
    let file = format!("/var/lib/process-control/{job}.yaml");
    let problems = vec![format!("error: {file}:{line}:1: {error}"), format!("warning: {file}:9:1: tag: odd")];
    let broken = Broken { job: job.to_owned(), file, line, error: error.to_owned(), problems };
    Found { broken, to: Some(mail_to("ops@example.org")) }
}

fn many(count: usize) -> Vec<Found> {
    (0..count).map(|number| found(&format!("j{number:03}"), 2, "command: missing")).collect()
}

fn notices(found: &[Found]) -> Vec<Notice> {
    let news = news(&Told::default(), found);
    about_invalid(&news, "db1", NOW).into_iter().map(|(_, notice)| notice).collect()
}

#[test]
fn an_error_is_news_once() {
    let jobs = |told: &Told, found: &[Found]| {
        news(told, found).iter().map(|found| found.broken.job.clone()).collect::<Vec<_>>()
    };
    let first = [found("a", 2, "command: missing"), found("b", 3, "schedule: wrong")];
    assert_eq!(jobs(&Told::default(), &first), ["a", "b"]);
    let told = Told::of(&first);
    // a line more above it makes it no other error
    let later = [found("a", 7, "command: missing"), found("b", 3, "calendar: wrong"), found("c", 1, "x")];
    assert_eq!(jobs(&told, &later), ["b", "c"]);
    // mended or gone, and broken again
    assert_eq!(jobs(&Told::of(&first[1..]), &first), ["a"]);
    // who wants to know only later hears of it then
    let nobody = [Found { to: None, ..found("a", 2, "command: missing") }];
    assert!(jobs(&Told::default(), &nobody).is_empty());
    assert_eq!(jobs(&Told::of(&nobody), &first), ["a", "b"]);
    // what could not be put down is told the next time
    let mut told = Told::of(&first);
    told.forget(&["a".to_owned()]);
    assert_eq!(jobs(&told, &first), ["a"]);
}

#[test]
fn five_jobs_have_five_mails_and_more_have_one() {
    assert_eq!(notices(&many(5)).len(), 5);
    assert_eq!(notices(&many(6)).len(), 1);
    let mut two = many(7);
    two[3].to = Some(mail_to("dba@example.org"));
    let told = notices(&two);
    let receivers: Vec<_> = told.iter().map(|notice| notice.to.clone()).collect();
    let to = |to: &str| vec![Receiver::Mail { from: "cron@example.org".to_owned(), to: to.to_owned(), smtp: None }];
    assert_eq!(receivers, [to("ops@example.org"), to("dba@example.org")]);
    // a hundred stay small enough for their queue
    let mut huge = many(100);
    for found in &mut huge {
        found.broken.problems = vec!["\u{1b}x".repeat(5000); 50];
    }
    let told = notices(&huge);
    assert!(serde_json::to_vec(&told[0]).unwrap().len() < 64 * 1024);
    let body = letter(&told[0].facts, Ok(&[])).body;
    assert!(body.contains("\n  and 50 more\n") && !body.contains('\u{1b}'), "{body}");
}

#[test]
fn the_mail_says_where_to_look() {
    let told = notices(&[found("tea pot", 3, "schedule: wrong; five fields")]);
    let mail = letter(&told[0].facts, Ok(&[]));
    assert_eq!(mail.subject, "Fail Mail (db1) run-job: tea pot cannot run: line 3: schedule: wrong; five fields");
    assert_eq!(
        mail.body,
        "\
tea pot cannot run: line 3: schedule: wrong; five fields

job      tea pot
host     db1
file     /var/lib/process-control/tea pot.yaml
line     3

Its file has an error, so the job does not run until that is mended:

  error: /var/lib/process-control/tea pot.yaml:3:1: schedule: wrong; five fields
  warning: /var/lib/process-control/tea pot.yaml:9:1: tag: odd

More:

  jobctl check 'tea pot'
"
    );
}

#[test]
fn whom_a_file_names_is_told_as_far_as_it_can_be_read() {
    let mut problems = Vec::new();
    let node = process_control::yaml::parse(b"failmail: {from_address: d@e, to_address: all@e, smtp: 'h:1'}").unwrap();
    let defaults = Spec::read(&node, &mut problems);
    let of = |text: &str, defaults: &Spec| failmail_of(text.as_bytes(), defaults);
    let own = "schedule: x\nfailmail: {to_address: own@e}\n";
    let mail = |to: &str| {
        Some(FailMail { from_address: "d@e".to_owned(), to_address: to.to_owned(), smtp: Some("h:1".to_owned()) })
    };
    assert_eq!(of(own, &defaults), mail("own@e"));
    // not read at all, or no address
    for text in ["command: [", "- a", "failmail: {to_address: own@e, smtp: 'h h'}", "failmail: x"] {
        assert_eq!(of(text, &defaults), mail("all@e"), "{text}");
    }
    assert_eq!(of(own, &Spec::default()), None);
    assert_eq!(of("failmail: {from_address: a@e, to_address: b@e}\nx: [1", &Spec::default()), None);
}
