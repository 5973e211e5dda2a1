//! The terminal that stdout is.

/// How many columns it has; none if stdout is no terminal, or one of unknown size.
pub fn width() -> Option<usize> {
    let columns = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?.ws_col;
    (columns > 0).then_some(columns.into())
}
