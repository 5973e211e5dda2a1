//! The report as JSON; its shape is documented in `docs/json.md`.

use super::{FileReport, Report, level};
use serde_json::{Value, json};

/// The report as one JSON document.
pub fn json(report: &Report) -> Value {
    let count = report.count();
    json!({
        "files": report.files.iter().map(file).collect::<Vec<_>>(),
        "host": report.host.iter().map(|what| json!({ "level": "warning", "what": what })).collect::<Vec<_>>(),
        "errors": count.errors,
        "warnings": count.warnings,
    })
}

fn file(file: &FileReport) -> Value {
    let problems = file.problems.iter().map(|problem| {
        json!({
            "level": level(problem),
            "line": problem.place.line,
            "column": problem.place.column,
            "key": problem.key,
            "what": problem.what,
            "found": problem.found,
            "allowed": problem.allowed,
        })
    });
    json!({
        "file": file.path.to_string_lossy(),
        "job": file.job.as_ref().map(crate::job::JobName::as_str),
        "problems": problems.collect::<Vec<_>>(),
        "next": file.next.iter().map(|next| next.at.to_rfc3339()).collect::<Vec<_>>(),
    })
}
