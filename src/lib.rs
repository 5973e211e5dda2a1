//! Scheduled jobs as YAML files, run by systemd.
//!
//! systemd is the scheduler, the supervisor, the log and the judge. This crate translates, guards
//! one run, and shows; it has no daemon.
//!
//! ```text
//! generate:  YAML text ──job──▶ Job ──compile──▶ Units ──sys──▶ files below the generator's folder
//! run:       Job, history, time ──run──▶ start or skip ──sys──▶ command ──run──▶ outcome ──▶ history
//! check:     YAML text ──job──▶ problems, next slots ──check──▶ text or JSON
//! status:    bus, files, locks ──sys──▶ Facts ──status──▶ text or JSON
//! import:    crontab ──crontab──▶ YAML text, words about what stays behind
//!            timer, service ──timers──▶ the same
//! export:    Jobs ──crontab──▶ crontab, words about what is lost
//! next:      Facts, history ──outlook──▶ starts to come ──▶ table, drawing, JSON
//! ```
//!
//! In the order of their layers; each may use those above it:
//!
//! 0. [`yaml`], [`job`], [`config`], [`mod@unit`]: what the user wrote, made certain; unit text.
//! 1. [`compile`], [`run`], [`history`], [`pause`], [`notice`], [`check`], [`schema`], [`page`], [`status`], [`outlook`],
//!    [`crontab`], [`timers`]:
//!    decisions and renderings, without clock, disk, process or environment.
//! 2. [`sys`]: the world, one effect per file.
//! 3. [`app`]: one file per command.
//! 4. The programs: arguments in, exit code out.

pub mod app;
pub mod check;
pub mod compile;
pub mod config;
pub mod crontab;
pub mod history;
pub mod job;
pub mod notice;
pub mod outlook;
pub mod page;
pub mod pause;
pub mod run;
pub mod schema;
pub mod status;
pub mod sys;
pub mod timers;
pub mod unit;
pub mod yaml;
