//! Rows of cells in columns, fitted to a width.

use super::Header;
use anstyle::Style;
use std::fmt::Write as _;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One cell: its text and its colour.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// In the usual colour.
    pub fn plain(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), style: Style::new() }
    }

    /// In a colour of its own.
    pub fn styled(text: impl Into<String>, style: Style) -> Cell {
        Cell { text: text.into(), style }
    }
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What stands above it.
    pub name: &'static str,
}

/// A column that becomes narrower where there is no room, and how narrow; 0 means that it goes as a whole.
pub type Narrowed = (usize, usize);

const GAP: usize = 2;

/// The rows below each other. `narrowed` are the columns that give way, the first of them first.
pub fn grid<const N: usize>(
    columns: [Column; N],
    mut rows: Vec<[Cell; N]>,
    narrowed: &[Narrowed],
    width: Option<usize>,
    header: Header,
) -> String {
    // a column in which nothing stands needs no name
    let empty: [bool; N] =
        std::array::from_fn(|column| !rows.is_empty() && rows.iter().all(|row| row[column].text.is_empty()));
    if header == Header::Shown {
        rows.insert(0, columns.map(|column| Cell::styled(column.name, Style::new().bold())));
    }
    let widths: [usize; N] = std::array::from_fn(|column| {
        let widest = rows.iter().map(|row| row[column].text.width()).max();
        widest.filter(|_| !empty[column]).unwrap_or_default()
    });
    let widths = fit(widths, narrowed, width);
    let mut out = String::new();
    for row in &rows {
        line(row, &widths, &mut out);
    }
    out
}

fn fit<const N: usize>(mut widths: [usize; N], narrowed: &[Narrowed], width: Option<usize>) -> [usize; N] {
    let Some(width) = width else { return widths };
    for (column, least) in narrowed {
        let used: usize = widths.iter().filter(|width| **width > 0).map(|width| width + GAP).sum();
        let surplus = used.saturating_sub(width + GAP);
        widths[*column] = match least {
            0 if surplus > 0 => 0,
            least => widths[*column].saturating_sub(surplus).max((*least).min(widths[*column])),
        };
    }
    widths
}

fn line<const N: usize>(row: &[Cell; N], widths: &[usize; N], out: &mut String) {
    let mut blanks = 0;
    for (Cell { text, style }, width) in row.iter().zip(widths) {
        if *width == 0 {
            continue;
        }
        let text = cut(text, *width);
        let length = text.width();
        // blanks only before text: no line ends in them
        if length > 0 {
            write!(out, "{:blanks$}{style}{text}{style:#}", "").expect("a String takes every write");
            blanks = 0;
        }
        blanks += width - length + GAP;
    }
    out.push('\n');
}

/// The text, or as much of it as fits before an ellipsis.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = text.chars().take_while(|c| {
        used += c.width().unwrap_or_default();
        used <= width
    });
    fits.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        let rows = vec![[Cell::plain("日本"), Cell::plain("x")], [Cell::plain("ab"), Cell::plain("")]];
        let columns = ["A", "B"].map(|name| Column { name });
        assert_eq!(grid(columns, rows, &[], None, Header::Left), "日本  x\nab\n");
    }
}
