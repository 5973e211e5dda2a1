//! The generator: see the library.

fn main() {}
