//! The coming time drawn in characters: a row for each job.

use super::overlap::names;
use super::{Outlook, Window, meetings};
use crate::job::schedule::Zone;
use crate::page::words::{civil, clock, count};
use crate::page::{Page, cut};
use anstyle::{AnsiColor, Style};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

const STRING: &str = "a String takes every write";
/// Where nothing tells how wide the page is.
const USUAL_WIDTH: usize = 100;
const WIDEST_NAME: usize = 30;
/// The narrowest drawing that still tells anything.
const LEAST_CELLS: usize = 24;
/// A label `06:00` and a blank behind it.
const LABEL: usize = 6;
/// What a cell can stand for, in seconds: an hour or a day has a whole number of them, or the other way round.
const LENGTHS: &[u64] = &[
    1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 360, 600, 720, 900, 1200, 1800, 3600, 7200, 10_800, 14_400, 21_600,
    43_200, 86_400, 172_800, 604_800,
];
/// So many meetings are told below the drawing.
const MOST_MEETINGS: usize = 5;

/// The drawing.
pub fn timeline(jobs: &[Outlook], window: Window, shown: Page<'_>) -> String {
    let width = shown.width.unwrap_or(USUAL_WIDTH);
    let together = "together";
    let widths = jobs.iter().map(|job| job.name.as_str().width()).chain([together.len()]);
    let names = widths.max().unwrap_or_default().min(WIDEST_NAME).min(width.saturating_sub(LEAST_CELLS + 2).max(8));
    let scale = Scale::new(window, width.saturating_sub(names + 2).max(LEAST_CELLS));
    let dimmed = Style::new().dimmed();

    let ticks = scale.ticks(shown.zone);
    let mut out = String::new();
    writeln!(out, "{:names$}  {dimmed}{}{dimmed:#}", "", labels(&ticks, scale.cells)).expect(STRING);
    for job in jobs {
        let name = cut(job.name.as_str(), names);
        let gap = names - name.width();
        writeln!(out, "{name}{:gap$}  {}", "", row(job, &scale, &ticks)).expect(STRING);
    }
    let meetings = meetings(jobs, window);
    if !meetings.is_empty() {
        let mut most = vec![0; scale.cells];
        for meeting in &meetings {
            let cell = scale.cell(meeting.at);
            most[cell] = most[cell].max(meeting.number);
        }
        let digits: String = most.iter().map(|number| digit(*number)).collect();
        let yellow = AnsiColor::Yellow.on_default();
        writeln!(out, "{together:names$}  {yellow}{}{yellow:#}", digits.trim_end()).expect(STRING);
        out.push('\n');
        told(&meetings, shown, &mut out);
    }
    out
}

/// The most crowded moments, then the others as a number.
fn told(meetings: &[super::Meeting<'_>], shown: Page<'_>, out: &mut String) {
    let mut worst: Vec<&super::Meeting<'_>> = meetings.iter().collect();
    worst.sort_by_key(|meeting| (std::cmp::Reverse(meeting.number), meeting.at));
    let hidden = worst.len().saturating_sub(MOST_MEETINGS);
    worst.truncate(MOST_MEETINGS);
    worst.sort_by_key(|meeting| meeting.at);
    for meeting in worst {
        let line = format!("{}  together: {}", clock(meeting.at, shown.now, shown.zone), names(meeting));
        writeln!(out, "{}", shown.width.map_or(line.clone(), |width| cut(&line, width))).expect(STRING);
    }
    if hidden > 0 {
        writeln!(out, "{} more", count(hidden, "moment")).expect(STRING);
    }
}

fn digit(number: usize) -> char {
    match number {
        0 | 1 => ' ',
        2..=9 => char::from_digit(u32::try_from(number).unwrap_or_default(), 10).unwrap_or('+'),
        _ => '+',
    }
}

/// How long a window is, in milliseconds.
fn whole(window: Window) -> u64 {
    u64::try_from((window.until - window.from).num_milliseconds()).unwrap_or_default().max(1)
}

struct Scale {
    window: Window,
    cells: usize,
    /// What a cell stands for, in milliseconds.
    length: u64,
}

impl Scale {
    /// The finest that has room. Cells of a round length have a run of a regular job each, or one in so many; with others
    /// some would be empty, and look like runs that are left out.
    fn new(window: Window, room: usize) -> Scale {
        let whole = whole(window);
        let room = u64::try_from(room).unwrap_or(u64::MAX).max(1);
        let fits = LENGTHS.iter().map(|seconds| seconds * 1000).find(|length| whole.div_ceil(*length) <= room);
        let length = fits.unwrap_or_else(|| whole.div_ceil(room));
        Scale { window, cells: usize::try_from(whole.div_ceil(length)).unwrap_or(1), length }
    }

    fn cell_length(&self) -> TimeDelta {
        TimeDelta::milliseconds(i64::try_from(self.length).unwrap_or(i64::MAX))
    }

    /// The cell of an instant; one outside of the window is that at its edge.
    fn cell(&self, at: DateTime<Utc>) -> usize {
        let passed = u64::try_from((at - self.window.from).num_milliseconds()).unwrap_or_default();
        usize::try_from(passed.min(whole(self.window) - 1) / self.length).unwrap_or_default()
    }

    /// Full hours by the host's clock with their cells, as many as have room for their labels.
    fn ticks(&self, zone: &Zone) -> Vec<(usize, String)> {
        let hours = (self.window.until - self.window.from).num_hours().max(1);
        let room = i64::try_from(self.cells / LABEL).unwrap_or(1).max(1);
        let step = [1, 2, 3, 4, 6, 12, 24, 48, 168].into_iter().find(|step| hours / step <= room).unwrap_or(168);
        let first = self.window.from + TimeDelta::hours(1);
        let first = first - TimeDelta::seconds(first.timestamp().rem_euclid(900));
        // zones are a quarter of an hour apart at the least
        let quarters =
            std::iter::successors(Some(first - TimeDelta::hours(1)), |at| Some(*at + TimeDelta::minutes(15)));
        let full =
            quarters.take_while(|at| *at < self.window.until).filter(|at| *at >= self.window.from).filter(|at| {
                let civil = civil(*at, zone);
                civil.minute() == 0 && i64::from(civil.hour()) % step.min(24) == 0
            });
        let form = if step >= 24 { "%m-%d" } else { "%H:%M" };
        full.map(|at| (self.cell(at), civil(at, zone).format(form).to_string())).collect()
    }
}

fn labels(ticks: &[(usize, String)], cells: usize) -> String {
    let mut line = String::new();
    for (cell, label) in ticks {
        let used = line.chars().count();
        if *cell >= used && cell + label.len() <= cells {
            write!(line, "{:gap$}{label} ", "", gap = cell - used).expect(STRING);
        }
    }
    line.trim_end().to_owned()
}

/// What a cell holds; the longer run wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Nothing,
    Tick,
    Short,
    Long,
}

fn row(job: &Outlook, scale: &Scale, ticks: &[(usize, String)]) -> String {
    let mut cells = vec![Mark::Nothing; scale.cells];
    for (cell, _) in ticks {
        cells[*cell] = Mark::Tick;
    }
    for (start, end) in job.runs().filter(|(_, end)| *end > scale.window.from) {
        let (first, last) = (scale.cell(start), scale.cell(end - TimeDelta::milliseconds(1)));
        // a short run may still lie on the border of two cells
        let (last, mark) = if end - start >= scale.cell_length() { (last, Mark::Long) } else { (first, Mark::Short) };
        for cell in &mut cells[first..=last] {
            *cell = (*cell).max(mark);
        }
    }
    // of very many starts only the first are known one by one
    if job.more > 0 {
        let last = job.starts.last().map_or(0, |start| scale.cell(*start));
        cells[last..].fill(Mark::Short);
    }
    let styles = |mark| match mark {
        Mark::Nothing | Mark::Tick => Style::new().dimmed(),
        Mark::Short | Mark::Long => AnsiColor::Green.on_default(),
    };
    let used = cells.iter().rposition(|mark| *mark != Mark::Nothing).map_or(0, |last| last + 1);
    let mut out = String::new();
    for run in cells[..used].chunk_by(|one, other| one == other) {
        let sign = match run[0] {
            Mark::Nothing => " ",
            Mark::Tick => "·",
            Mark::Short => "▪",
            Mark::Long => "█",
        };
        let style = styles(run[0]);
        write!(out, "{style}{}{style:#}", sign.repeat(run.len())).expect(STRING);
    }
    out
}
