//! Texts that no author would write: nothing breaks, and nothing unchecked comes out.

use process_control::job::schedule::{Calendar, ScheduleError, Vixie, Zone};

use crate::random::Random;
use crate::zones::zone;

#[test]
fn noise_is_refused_in_place_or_written_anew() {
    let mut random = Random::new(5);
    let berlin = zone("Europe/Berlin");
    let mut read = 0;
    for _ in 0..200_000 {
        let text = random.noise();
        let lines = [
            lines(Vixie::parse(&text), &text, |it| it.on_calendar(&berlin)),
            lines(Calendar::parse(&text), &text, |it| it.on_calendar(&Zone::unread(it.zone().cloned()))),
        ];
        for line in lines.iter().flatten() {
            let is_plain = line.chars().all(|c| c.is_ascii_alphanumeric() || " *-:.,/".contains(c));
            assert!(is_plain, "{text:?} became {line:?}");
            read += 1;
        }
    }
    assert!(read > 100, "only {read} of the texts were schedules");
}

fn lines<T>(read: Result<T, ScheduleError>, text: &str, write: impl Fn(&T) -> Vec<String>) -> Vec<String> {
    match read {
        Ok(schedule) => write(&schedule),
        Err(error) => {
            let marked = text.get(error.at.clone()).unwrap_or_else(|| panic!("{text:?}: {error:?}"));
            assert_eq!(error.found.as_deref().unwrap_or_default(), marked);
            // The words are ours; what the file says stays in `found`.
            assert!(error.to_string().is_ascii() && !error.to_string().contains(char::is_control), "{text:?}: {error}");
            Vec::new()
        }
    }
}
