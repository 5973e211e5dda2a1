//! Scheduled jobs as YAML files, run by systemd.

pub mod job;
pub mod sys;
