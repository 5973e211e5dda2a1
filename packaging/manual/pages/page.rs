//! What all pages have in common: their head, the sections that everybody looks for, and the references at the end.

use super::Page;
use super::commands;
use super::links::{Links, page_text};
use super::markdown::{self, Section};
use super::prose::{self, Depth};
use super::roff::{Roff, Text, bold, plain, roman};
use clap::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every page of ours.
const PAGES: &[&str] = &[
    "check-jobs-icinga(1)",
    "cron-generate(1)",
    "jobctl(1)",
    "run-job(1)",
    "job.yaml(5)",
    "process-control.yaml(5)",
    "process-control-generator(8)",
    "process-control-notify(8)",
];

/// Each variable that programs read, of which pages it is, and what it does.
const ENVIRONMENT: &[(&str, &[&str], &str)] = &[
    (
        "PROCESS_CONTROL_CONFIG",
        &[
            "jobctl",
            "run-job",
            "cron-generate",
            "check-jobs-icinga",
            "process-control.yaml",
            "process-control-generator",
            "process-control-notify",
        ],
        "Another file than `/etc/process-control.yaml`. It counts only if it belongs to root or to the user who runs \
         the program, and nobody else can write it.",
    ),
    ("VISUAL", &["jobctl"], "The editor of `jobctl edit` and `jobctl new --edit`."),
    ("EDITOR", &["jobctl"], "The same, if `VISUAL` is not set."),
    ("NO_COLOR", &["jobctl"], "Anything but nothing: no colours."),
    ("CLICOLOR_FORCE", &["jobctl"], "Anything but 0: colours, also where stdout is no terminal."),
    (
        "PROCESS_CONTROL_COMPLETE",
        &["jobctl"],
        "The name of a shell, `bash`, `zsh` or `fish`: completes the words after `--` and does nothing else; without \
         such words it prints the script that makes the shell do that. It is for that script, which is installed.",
    ),
    (
        "CREDENTIALS_DIRECTORY",
        &["process-control-notify"],
        "The folder of the secrets that systemd hands to the service, see systemd.exec(5).",
    ),
    (
        "SYSTEMD_IN_INITRD",
        &["process-control-generator"],
        "`1`: does nothing, as the file system of the jobs is not there yet.",
    ),
];

/// The texts that pages are made from.
#[derive(Debug)]
pub(crate) struct Sources {
    docs: BTreeMap<String, String>,
    readme: String,
    /// Of the release; empty before it.
    date: String,
}

impl Sources {
    pub(crate) fn read(root: &Path) -> Sources {
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let docs = fs::read_dir(root.join("docs")).expect("there is a folder docs").flatten();
        // pictures are in a folder beside them
        let docs = docs.filter(|entry| entry.path().is_file());
        let docs = docs.map(|entry| (entry.file_name().to_string_lossy().into_owned(), read(&entry.path())));
        let changes = read(&root.join("CHANGELOG.md"));
        Sources { docs: docs.collect(), readme: read(&root.join("README.md")), date: date(&changes) }
    }
}

/// The date in the first heading of a version, as in `## 0.1.0 (2026-12-24)`: the same bytes at every build.
fn date(changes: &str) -> String {
    let heading = changes.lines().find(|line| line.starts_with("## ")).unwrap_or_default();
    let date = heading.split(['(', ')']).nth(1).unwrap_or_default();
    let is_date = date.len() == 10 && date.chars().all(|c| c.is_ascii_digit() || c == '-');
    if is_date { date.to_owned() } else { String::new() }
}

/// A page that is being written.
pub(crate) struct Draft<'a> {
    sources: &'a Sources,
    name: &'static str,
    section: u8,
    pub(crate) links: Links<'static>,
    pub(crate) roff: Roff,
    /// The page of docs/ that tells most of it, without the sections that stand at the end of every page.
    pub(crate) docs: Section,
    ends: Vec<Section>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(
        sources: &'a Sources,
        name: &'static str,
        section: u8,
        brief: &str,
        docs: Option<&str>,
    ) -> Draft<'a> {
        let page = PAGES.iter().find(|page| page.split('(').next() == Some(name)).expect("a page of ours");
        let links = Links::of(page);
        let text = docs.and_then(|file| sources.docs.get(file)).map(String::as_str).unwrap_or_default();
        let mut roff = Roff::new(name, section, &sources.date);
        roff.section("NAME");
        roff.line(&[roman(format!("{name} - {brief}"))]);
        let mut docs = markdown::page(text, &links);
        let (ends, parts) = docs.parts.into_iter().partition(|part| is_at_the_end(&plain(&part.title)));
        docs.parts = parts;
        Draft { sources, name, section, links, roff, docs, ends }
    }

    pub(crate) fn synopsis(&mut self, forms: &[Text]) {
        self.roff.section("SYNOPSIS");
        for form in forms {
            self.roff.hanging(form);
        }
    }

    /// What the definition says at length, then what the docs say first.
    pub(crate) fn description(&mut self, command: &Command) {
        self.roff.section("DESCRIPTION");
        if self.docs.blocks.is_empty() {
            let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
            prose::blocks(&mut self.roff, &commands::sentences(&about, &self.links), "");
        }
        prose::blocks(&mut self.roff, &self.docs.blocks, "");
    }

    /// What the docs say first.
    pub(crate) fn introduction(&mut self) {
        self.roff.section("DESCRIPTION");
        prose::blocks(&mut self.roff, &self.docs.blocks, "");
    }

    pub(crate) fn options(&mut self, command: &Command) {
        self.roff.section("OPTIONS");
        commands::options(&mut self.roff, command, &self.links);
        commands::general_options(&mut self.roff, command, &self.links);
    }

    /// The other sections of the docs.
    pub(crate) fn rest(&mut self, wanted: impl Fn(&Section) -> bool) {
        for section in self.docs.parts.iter().filter(|section| wanted(section)) {
            prose::section(&mut self.roff, section, Depth::Section);
        }
    }

    /// Another page of docs/ as a section.
    pub(crate) fn whole(&mut self, file: &str) {
        let text = self.sources.docs.get(file).map(String::as_str).unwrap_or_default();
        prose::section(&mut self.roff, &markdown::page(text, &self.links), Depth::Section);
    }

    /// A section of the README as one of those at the end.
    pub(crate) fn end_with(&mut self, part: &str, title: &str) {
        let readme = markdown::page(&self.sources.readme, &self.links);
        let section = readme.part(part).cloned();
        self.ends.extend(section.map(|section| Section { title: vec![roman(title)], ..section }));
    }

    /// Exit status, environment, files, examples, references. What the docs of a program tell of these comes first.
    pub(crate) fn finish(mut self, others: &[&str]) -> Page {
        self.exit_status();
        if !self.end("Environment") {
            self.environment();
        }
        self.end_with("Where things are", "Files");
        self.end("Files");
        self.end("Examples");
        self.roff.section("SEE ALSO");
        let own = format!("{}({})", self.name, self.section);
        let pages: Vec<Text> =
            PAGES.iter().chain(others).filter(|page| **page != own).map(|page| page_text(page)).collect();
        self.roff.line(&pages.join(&roman(", ")));
        Page { name: self.name, section: self.section, text: self.roff.finish() }
    }

    /// One of the sections at the end, if there is such a one.
    fn end(&mut self, title: &str) -> bool {
        let Some(section) = self.ends.iter().find(|section| plain(&section.title) == title) else { return false };
        prose::section(&mut self.roff, section, Depth::Section);
        true
    }

    /// First what holds for all, then what holds for some verbs.
    fn exit_status(&mut self) {
        let mut sections: Vec<&Section> =
            self.ends.iter().filter(|section| plain(&section.title).starts_with(EXIT)).collect();
        sections.sort_by_key(|section| plain(&section.title) != EXIT);
        for (number, section) in sections.into_iter().enumerate() {
            let title = plain(&section.title);
            if number == 0 {
                self.roff.section(&EXIT.to_uppercase());
            }
            if title != EXIT {
                self.roff.subsection(&title);
            }
            prose::body(&mut self.roff, section, Depth::Subsection);
        }
    }

    fn environment(&mut self) {
        let variables = ENVIRONMENT.iter().filter(|(_, pages, _)| pages.contains(&self.name));
        for (number, (name, _, text)) in variables.enumerate() {
            if number == 0 {
                self.roff.section("ENVIRONMENT");
            }
            self.roff.tag(&[bold(*name)]);
            let blocks = markdown::blocks(text, &self.links);
            self.roff.line(prose::head(&blocks).0);
        }
    }
}

const EXIT: &str = "Exit status";

/// Whether a section stands at the end of every page.
fn is_at_the_end(title: &str) -> bool {
    title.starts_with(EXIT) || ["Environment", "Files", "Examples"].contains(&title)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn the_date_is_that_of_the_release() {
        assert_eq!(date("# Changelog\n\n## 0.1.0 (not released)\n"), "");
        assert_eq!(date("# Changelog\n\n## 0.2.0 (2026-12-24)\n\n## 0.1.0 (2026-11-22)\n"), "2026-12-24");
    }
}
