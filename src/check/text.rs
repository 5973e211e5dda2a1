//! The report for people: each problem with the line it is about, then what each job will do.

use super::{FileReport, Next, Report, level};
use crate::job::Problem;
use crate::job::text::one_line;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write as _;

/// The report, in colours that the writer may take away.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    for file in &report.files {
        for problem in &file.problems {
            out.push_str(&shown(file, problem));
            out.push_str("\n\n");
        }
    }
    for what in &report.host {
        writeln!(out, "{}\n", render(&[Group::with_title(Level::WARNING.primary_title(what.as_str()))])).expect(STRING);
    }
    let width = report.files.iter().filter_map(|file| Some(file.job.as_ref()?.as_str().chars().count())).max();
    for file in &report.files {
        let Some(name) = &file.job else { continue };
        let next = upcoming(&file.next);
        let gap = if next.is_empty() { "" } else { "; next " };
        writeln!(out, "{:width$}  {}{gap}{next}", name.as_str(), file.summary, width = width.unwrap_or_default())
            .expect(STRING);
    }
    let jobs = report.files.iter().filter(|file| file.job.is_some()).count();
    let count = report.count();
    let many = |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    writeln!(out, "{}: {}, {}", many(jobs, "job"), many(count.errors, "error"), many(count.warnings, "warning"))
        .expect(STRING);
    out
}

const STRING: &str = "a String takes every write";

fn shown(file: &FileReport, problem: &Problem) -> String {
    let title = one_line(&title(problem));
    let path = one_line(&file.path.to_string_lossy());
    let level = if level(problem) == "error" { Level::ERROR } else { Level::WARNING };
    let place = problem.place;
    let inside = |text: &&String| place.line > 0 && place.end <= text.len() && text.is_char_boundary(place.start);
    if let Some(text) = file.text.as_ref().filter(inside) {
        let end = (place.start..=place.end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(place.start);
        // a block or a mapping is shown by its first line
        let end = text[place.start..end].find('\n').map_or(end, |at| place.start + at);
        let mark = AnnotationKind::Primary.span(place.start..end);
        let mark = match &problem.allowed {
            Some(allowed) => mark.label(allowed.as_str()),
            None => mark,
        };
        let snippet = Snippet::source(text.as_str()).path(path).annotation(mark);
        render(&[level.primary_title(title).element(snippet)])
    } else {
        let allowed = problem.allowed.as_ref().map(|allowed| format!("; {allowed}")).unwrap_or_default();
        let place = if place.line > 0 { format!(":{}:{}", place.line, place.column) } else { String::new() };
        render(&[Group::with_title(level.primary_title(format!("{path}{place}: {title}{allowed}")))])
    }
}

fn title(problem: &Problem) -> String {
    let found = problem.found.as_ref().map(|found| format!(": {found}")).unwrap_or_default();
    match problem.key.as_str() {
        "" => format!("{}{found}", problem.what),
        key => format!("{key}: {}{found}", problem.what),
    }
}

fn render(groups: &[Group<'_>]) -> String {
    Renderer::styled().render(groups)
}

/// `2026-11-23 03:00, 04:00, 2026-11-24 03:00`: a date only where it changes.
fn upcoming(next: &[Next]) -> String {
    let mut day = None;
    let times = next.iter().map(|next| {
        let date = next.civil.date();
        let time = next.civil.time().format("%H:%M:%S").to_string();
        let time = time.strip_suffix(":00").unwrap_or(&time).to_owned();
        if day.replace(date) == Some(date) { time } else { format!("{date} {time}") }
    });
    times.collect::<Vec<_>>().join(", ")
}
