//! One file per command: from the world, through data, to the world.

pub mod args;
pub mod check;
pub mod exit;
pub mod finish;
pub mod generate;
pub mod run;
pub mod show;
