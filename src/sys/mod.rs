//! The only code that touches the world: one effect per file.

pub mod account;
pub mod bus;
pub mod clock;
pub mod config;
pub mod editor;
pub mod exec;
pub mod history;
pub mod inspect;
pub mod invocation;
pub mod jobs;
pub mod journal;
pub mod lock;
pub mod log;
pub mod pause;
pub mod process;
pub mod replace;
pub mod run_log;
pub mod supervise;
pub mod systemctl;
pub mod terminal;
pub mod units;
pub mod voice;
pub mod zone;
