//! Links between docs → references from one page to another.

use super::roff::{Text, bold, roman};

/// Which page tells what stands in a file of docs/; beside it the title of the section, where the file is only a part.
const PAGES: &[(&str, &str, Option<&str>)] = &[
    ("jobctl.md", "jobctl(1)", None),
    ("run-job.md", "run-job(1)", None),
    ("cron-generate.md", "cron-generate(1)", None),
    ("check-jobs-icinga.md", "check-jobs-icinga(1)", None),
    ("job.yaml.md", "job.yaml(5)", None),
    ("schedule.md", "job.yaml(5)", Some("SCHEDULES")),
    ("process-control.yaml.md", "process-control.yaml(5)", None),
    ("units.md", "process-control-generator(8)", None),
    ("process-control-notify.md", "process-control-notify(8)", None),
];

/// These are shipped as they stand.
const FILES: &[&str] = &["json.md", "moving.md", "security.md"];
const FOLDER: &str = "/usr/share/doc/process-control";

/// How links of one page are told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Links<'a> {
    page: &'a str,
}

/// What becomes of a link.
#[derive(Debug)]
pub(crate) enum Reference {
    /// Its text says enough.
    None,
    /// This stands for its text.
    Instead(Text),
    /// This follows its text.
    Beside(Text),
}

impl<'a> Links<'a> {
    /// The links of a page, as in `job.yaml(5)`.
    pub(crate) fn of(page: &'a str) -> Links<'a> {
        Links { page }
    }

    pub(crate) fn reference(&self, destination: &str, text: &str) -> Reference {
        let file = destination.split('#').next().unwrap_or_default();
        let file = file.rsplit('/').next().unwrap_or_default();
        let names_the_file = text == file || text == file.trim_end_matches(".md");
        let known = PAGES.iter().find(|(name, ..)| *name == file);
        let there = match known {
            Some((_, page, part)) if *page == self.page => match part {
                Some(part) if names_the_file => vec![roman(*part)],
                _ => return Reference::None,
            },
            Some((_, page, _)) => page_text(page),
            None if FILES.contains(&file) => vec![bold(format!("{FOLDER}/{file}"))],
            None => return Reference::None,
        };
        if names_the_file { Reference::Instead(there) } else { Reference::Beside(there) }
    }
}

/// `jobctl(1)`, as pages write it.
pub(crate) fn page_text(page: &str) -> Text {
    let (name, section) = page.split_at(page.find('(').unwrap_or(page.len()));
    vec![bold(name), roman(section)]
}
