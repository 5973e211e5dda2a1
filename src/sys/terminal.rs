//! The terminal that stdout is.

/// How many columns it has. Where stdout is no terminal, or one of unknown size, `COLUMNS` of environ(7) says how many are to
/// be taken; none if it says nothing.
pub fn width() -> Option<usize> {
    let columns = rustix::termios::tcgetwinsize(std::io::stdout()).map_or(0, |size| size.ws_col.into());
    let wanted = || std::env::var("COLUMNS").ok()?.parse().ok();
    Some(columns).filter(|columns| *columns > 0).or_else(wanted).filter(|columns| *columns > 0)
}
