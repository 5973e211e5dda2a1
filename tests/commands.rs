//! The programs as they are called: arguments, files and signals in; exit codes, words and files out.

mod tools;

#[path = "commands/config.rs"]
mod config;
#[path = "commands/cut_off.rs"]
mod cut_off;
#[path = "commands/export.rs"]
mod export;
#[path = "commands/from_original.rs"]
mod from_original;
#[path = "commands/generator.rs"]
mod generator;
#[path = "commands/history.rs"]
mod history;
#[path = "commands/import.rs"]
mod import;
#[path = "commands/import_timers.rs"]
mod import_timers;
#[path = "commands/jobctl.rs"]
mod jobctl;
#[path = "commands/lock.rs"]
mod lock;
#[path = "commands/logs.rs"]
mod logs;
#[path = "commands/original.rs"]
mod original;
#[path = "commands/runner.rs"]
mod runner;
#[path = "commands/scene.rs"]
mod scene;
#[path = "commands/streams.rs"]
mod streams;
#[path = "commands/unit.rs"]
mod unit;
#[path = "commands/verbs.rs"]
mod verbs;
