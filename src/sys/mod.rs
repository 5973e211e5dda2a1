//! The only code that touches the world: one effect per file.

pub mod exec;
pub mod run_log;
pub mod supervise;
