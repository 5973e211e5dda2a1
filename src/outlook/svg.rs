//! The coming time drawn for a browser: a row for each job, a bar for each run, and below how many run at once.

use super::overlap::names;
use super::{Outlook, Window, meetings};
use crate::job::schedule::Zone;
use crate::page::words::{civil, date_and_time, span};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use std::fmt::Write as _;

const STRING: &str = "a String takes every write";
const NAMES: f64 = 220.0;
const DRAWING: f64 = 1200.0;
const ROW: f64 = 22.0;
const TOP: f64 = 48.0;
/// The row that counts, and the words below it.
const FOOT: f64 = 56.0;
/// Pixels; the shortest run is still seen.
const THINNEST: f64 = 2.0;
/// Longer names are cut.
const LONGEST_NAME: usize = 30;

/// The picture. It has no script, and loads nothing.
pub fn svg(jobs: &[Outlook], window: Window, zone: &Zone) -> String {
    let height = TOP + ROW * rows(jobs.len()) + FOOT;
    let width = NAMES + DRAWING + 20.0;
    let mut out = String::new();
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">"
    )
    .expect(STRING);
    let from = date_and_time(window.from, zone);
    let until = date_and_time(window.until, zone);
    writeln!(out, "<title>Jobs from {from} to {until}</title>").expect(STRING);
    writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>").expect(STRING);
    writeln!(out, "<text x=\"10\" y=\"18\" font-size=\"14\" fill=\"#222222\">Jobs from {from} to {until}</text>")
        .expect(STRING);
    let scale = Scale(window);
    hours(&scale, zone, height, &mut out);
    for (place, job) in jobs.iter().enumerate() {
        row(job, TOP + ROW * rows(place), &scale, zone, &mut out);
    }
    crowds(jobs, &scale, TOP + ROW * rows(jobs.len()), zone, &mut out);
    out.push_str("</svg>\n");
    out
}

#[expect(clippy::cast_precision_loss, reason = "no screen has that many rows")]
fn rows(number: usize) -> f64 {
    number as f64
}

struct Scale(Window);

impl Scale {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of some weeks are exact")]
    fn x(&self, at: DateTime<Utc>) -> f64 {
        let whole = (self.0.until - self.0.from).num_milliseconds().max(1);
        let passed = (at - self.0.from).num_milliseconds().clamp(0, whole);
        NAMES + DRAWING * passed as f64 / whole as f64
    }
}

fn hours(scale: &Scale, zone: &Zone, height: f64, out: &mut String) {
    let hours = (scale.0.until - scale.0.from).num_hours();
    let step = [1, 2, 3, 4, 6, 12].into_iter().find(|step| hours / i64::from(*step) <= 26).unwrap_or(24);
    let quarter = TimeDelta::minutes(15);
    let first = scale.0.from - TimeDelta::seconds(scale.0.from.timestamp().rem_euclid(900)) + quarter;
    let quarters = std::iter::successors(Some(first), |at| Some(*at + quarter)).take_while(|at| *at < scale.0.until);
    for at in quarters {
        let civil = civil(at, zone);
        if civil.minute() != 0 || !civil.hour().is_multiple_of(step) {
            continue;
        }
        let x = scale.x(at);
        let (colour, label) = if civil.hour() == 0 {
            ("#888888", civil.format("%m-%d").to_string())
        } else {
            ("#dddddd", civil.format("%H:%M").to_string())
        };
        let bottom = height - 20.0;
        writeln!(out, "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke=\"{colour}\"/>")
            .expect(STRING);
        writeln!(out, "<text x=\"{x:.1}\" y=\"40\" text-anchor=\"middle\" fill=\"#666666\">{label}</text>")
            .expect(STRING);
    }
}

fn row(job: &Outlook, y: f64, scale: &Scale, zone: &Zone, out: &mut String) {
    let name = escaped(job.name.as_str());
    let shown = escaped(&crate::page::cut(job.name.as_str(), LONGEST_NAME));
    writeln!(out, "<g>").expect(STRING);
    writeln!(out, "<text x=\"10\" y=\"{:.1}\" fill=\"#222222\">{shown}<title>{name}</title></text>", y + 15.0)
        .expect(STRING);
    for (start, end) in job.runs().filter(|(_, end)| *end > scale.0.from) {
        let (left, right) = (scale.x(start), scale.x(end));
        let length = (right - left).max(THINNEST);
        let colour = if job.running == Some(start) { "#2e8b57" } else { "#4477aa" };
        let took = job.expected.map_or("of unknown length".to_owned(), |took| format!("about {}", span(took)));
        writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"14\" rx=\"1\" fill=\"{colour}\" \
             fill-opacity=\"0.8\"><title>{name}: {}, {took}</title></rect>",
            y + 4.0,
            date_and_time(start, zone)
        )
        .expect(STRING);
    }
    if let Some(last) = job.starts.last().filter(|_| job.more > 0) {
        let left = scale.x(*last);
        writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"6\" fill=\"#4477aa\" fill-opacity=\"0.5\">\
             <title>{name}: {} more</title></rect>",
            y + 8.0,
            NAMES + DRAWING - left,
            job.more
        )
        .expect(STRING);
    }
    let line = y + ROW;
    writeln!(
        out,
        "<line x1=\"10\" y1=\"{line:.1}\" x2=\"{:.1}\" y2=\"{line:.1}\" stroke=\"#eeeeee\"/></g>",
        NAMES + DRAWING
    )
    .expect(STRING);
}

/// A mark for each moment at which runs meet, the darker the more.
fn crowds(jobs: &[Outlook], scale: &Scale, y: f64, zone: &Zone, out: &mut String) {
    writeln!(out, "<text x=\"10\" y=\"{:.1}\" fill=\"#aa3333\">together</text>", y + 15.0).expect(STRING);
    for meeting in meetings(jobs, scale.0) {
        let opacity = match meeting.number {
            2 => "0.4",
            3 => "0.6",
            4 => "0.8",
            _ => "1",
        };
        writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"3\" height=\"16\" fill=\"#cc3311\" fill-opacity=\"{opacity}\">\
             <title>{}: {} together: {}</title></rect>",
            scale.x(meeting.at),
            y + 3.0,
            date_and_time(meeting.at, zone),
            meeting.number,
            escaped(&names(&meeting))
        )
        .expect(STRING);
    }
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}
