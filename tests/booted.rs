//! What only a real systemd can prove: each test boots its own throw-away host (`hosts/`).

mod hosts;
mod tools;

#[path = "booted/authors.rs"]
mod authors;
#[path = "booted/callers.rs"]
mod callers;
#[path = "booted/catch_up.rs"]
mod catch_up;
#[path = "booted/crowds.rs"]
mod crowds;
#[path = "booted/durable.rs"]
mod durable;
#[path = "booted/edited.rs"]
mod edited;
#[path = "booted/ends.rs"]
mod ends;
#[path = "booted/failing.rs"]
mod failing;
#[path = "booted/faults.rs"]
mod faults;
#[path = "booted/firing.rs"]
mod firing;
#[path = "booted/following.rs"]
mod following;
#[path = "booted/given_up.rs"]
mod given_up;
#[path = "booted/groups.rs"]
mod groups;
#[path = "booted/hostile.rs"]
mod hostile;
#[path = "booted/hostile_folder.rs"]
mod hostile_folder;
#[path = "booted/installed.rs"]
mod installed;
#[path = "booted/invalid.rs"]
mod invalid;
#[path = "booted/jobs.rs"]
mod jobs;
#[path = "booted/late_var.rs"]
mod late_var;
#[path = "booted/limits.rs"]
mod limits;
#[path = "booted/logs.rs"]
mod logs;
#[path = "booted/looking.rs"]
mod looking;
#[path = "booted/migrating.rs"]
mod migrating;
#[path = "booted/monitoring.rs"]
mod monitoring;
#[path = "booted/moving.rs"]
mod moving;
#[path = "booted/operators.rs"]
mod operators;
#[path = "booted/original.rs"]
mod original;
#[path = "booted/outside.rs"]
mod outside;
#[path = "booted/outsiders.rs"]
mod outsiders;
#[path = "booted/overlap.rs"]
mod overlap;
#[path = "booted/overrun.rs"]
mod overrun;
#[path = "booted/packages.rs"]
mod packages;
#[path = "booted/pauses.rs"]
mod pauses;
#[path = "booted/reloads.rs"]
mod reloads;
#[path = "booted/retrying.rs"]
mod retrying;
#[path = "booted/run_logs.rs"]
mod run_logs;
#[path = "booted/sandbox.rs"]
mod sandbox;
#[path = "booted/soak.rs"]
mod soak;
#[path = "booted/telling.rs"]
mod telling;
#[path = "booted/terminal.rs"]
mod terminal;
#[path = "booted/tour.rs"]
mod tour;
#[path = "booted/unheard.rs"]
mod unheard;
#[path = "booted/vanished.rs"]
mod vanished;
#[path = "booted/verified.rs"]
mod verified;
#[path = "booted/waiting.rs"]
mod waiting;
