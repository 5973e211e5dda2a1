//! What only a real systemd can prove: each test boots its own throw-away host (`hosts/`).

mod hosts;

#[path = "booted/installed.rs"]
mod installed;

#[path = "booted/overrun.rs"]
mod overrun;
