//! What all pages for people have in common: columns that fit, times as people read them.

mod grid;
pub mod words;

pub use grid::{Cell, Column, Narrowed, cut, grid};

use crate::job::schedule::Zone;
use chrono::{DateTime, Utc};

/// Who reads a page, and when.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Columns of the terminal; none where lines may be as long as they are.
    pub width: Option<usize>,
    /// Whether the columns have names.
    pub header: Header,
    /// The present moment, from which ages and distances count.
    pub now: DateTime<Utc>,
    /// The host's zone, whose clock people look at.
    pub zone: &'a Zone,
}

/// Whether the columns have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// They have.
    Shown,
    /// They have not: for scripts.
    Left,
}
