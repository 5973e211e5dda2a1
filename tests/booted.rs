//! What only a real systemd can prove: each test boots its own throw-away host (`hosts/`).

mod hosts;

#[path = "booted/catch_up.rs"]
mod catch_up;
#[path = "booted/edited.rs"]
mod edited;
#[path = "booted/ends.rs"]
mod ends;
#[path = "booted/firing.rs"]
mod firing;
#[path = "booted/installed.rs"]
mod installed;
#[path = "booted/jobs.rs"]
mod jobs;
#[path = "booted/late_var.rs"]
mod late_var;
#[path = "booted/overlap.rs"]
mod overlap;
#[path = "booted/overrun.rs"]
mod overrun;
#[path = "booted/reloads.rs"]
mod reloads;
#[path = "booted/vanished.rs"]
mod vanished;
