//! run-job: see the library.

fn main() {}
