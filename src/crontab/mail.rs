//! `MAILTO` and `MAILFROM`: cron mails all that a job says, we mail failures.

use super::variable::Variable;
use super::{Kind, Said};
use crate::job::template::FailMail;

/// Whom the job tells of failures, and what is to be said of that.
pub(super) fn failmail<'a>(variables: &'a [Variable], sender: Option<&str>) -> (Option<FailMail<'a>>, Option<Said>) {
    let find = |name: &str| variables.iter().find(|variable| variable.name == name);
    let Some(to) = find("MAILTO") else { return (None, None) };
    let said = |kind, what: String| Some(Said { line: to.line, kind, what });
    let separates = |c: char| c == ',' || c.is_whitespace();
    let addresses: Vec<&str> = to.value.split(separates).filter(|address| !address.is_empty()).collect();
    if addresses.is_empty() {
        return (None, said(Kind::Note, "MAILTO is empty, so cron mails nothing; nothing is lost".to_owned()));
    }
    if let Some(local) = addresses.iter().find(|address| !address.contains('@')) {
        let what = format!(
            "MAILTO cannot be carried: failmail takes addresses, and {local} is none; write failmail into the job files, \
             with {local}@HOST"
        );
        return (None, said(Kind::NotCarried, what));
    }
    let from = find("MAILFROM").map(|from| from.value.trim()).filter(|from| !from.is_empty());
    if from.or(sender).is_none() {
        let what = "MAILTO cannot be carried: failmail needs a from_address; write one below default_job_config in the \
                    configuration and import again, or write failmail into the job files";
        return (None, said(Kind::NotCarried, what.to_owned()));
    }
    let what = format!("MAILTO: cron mails all that a job says; here {} hears of failures alone", addresses.join(", "));
    (Some(FailMail { from, to: to.value.trim() }), said(Kind::Note, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_carried_if_there_is_a_sender() {
        let variables = |pairs: &[(&str, &str)]| -> Vec<Variable> {
            let all = (1..).zip(pairs).map(|(line, (name, value))| Variable {
                line,
                name: (*name).to_owned(),
                value: (*value).to_owned(),
            });
            all.collect()
        };
        for (pairs, sender, expected, kind) in [
            (&[][..], Some("c@d"), None, None),
            (&[("MAILTO", "")], Some("c@d"), None, Some(Kind::Note)),
            (&[("MAILTO", "a@b")], None, None, Some(Kind::NotCarried)),
            (&[("MAILTO", "a@b, c@b")], Some("c@d"), Some(FailMail { from: None, to: "a@b, c@b" }), Some(Kind::Note)),
            (&[("MAILTO", "a@b,root")], Some("c@d"), None, Some(Kind::NotCarried)),
            (&[("MAILTO", "a@b")], Some("c@d"), Some(FailMail { from: None, to: "a@b" }), Some(Kind::Note)),
            (
                &[("MAILFROM", "e@f"), ("MAILTO", "g@h")],
                None,
                Some(FailMail { from: Some("e@f"), to: "g@h" }),
                Some(Kind::Note),
            ),
        ] {
            let variables = variables(pairs);
            let (mail, said) = failmail(&variables, sender);
            assert_eq!((mail, said.map(|said| said.kind)), (expected, kind), "{pairs:?}");
        }
    }
}
