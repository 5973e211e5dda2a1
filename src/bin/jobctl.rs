//! jobctl: see the library.

fn main() {}
