//! What the user wrote, made certain.

pub mod command;
pub mod name;
pub mod problem;
pub mod schedule;

pub use command::CommandLine;
pub use name::JobName;
pub use problem::{Place, Problem, Severity};
