//! `jobctl` and a systemd that is told what to say: every state and every error, on a bus of the test's own.

#[path = "bus/daemon.rs"]
mod daemon;
#[path = "bus/manager.rs"]
mod manager;
#[path = "bus/orders.rs"]
mod orders;
#[allow(dead_code, reason = "each test program uses its own part")]
#[path = "commands/scene.rs"]
mod scene;
#[path = "bus/states.rs"]
mod states;

use daemon::Daemon;
use manager::{Answer, Shared, Unit};
use scene::{Ended, Scene};
use std::process::Command;

/// A scene with a bus, on which somebody is systemd.
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) daemon: Daemon,
    pub(crate) script: Shared,
}

impl Stage {
    /// A bus on which nobody is systemd yet.
    pub(crate) fn empty(scene: Scene) -> Stage {
        let daemon = Daemon::start(&scene.path("."));
        Stage { scene, daemon, script: Shared::default() }
    }

    /// The same with a systemd that has these units.
    pub(crate) fn new(scene: Scene, units: &[(&str, Unit)]) -> Stage {
        let stage = Stage::empty(scene);
        let owned = units.iter().map(|(name, unit)| ((*name).to_owned(), unit.clone()));
        stage.script.lock().unwrap().units.extend(owned);
        manager::start(&stage.daemon.address, stage.script.clone());
        stage
    }

    pub(crate) fn answers(self, answers: &[(&str, Answer)]) -> Stage {
        let owned = answers.iter().map(|(unit, answer)| ((*unit).to_owned(), answer.clone()));
        self.script.lock().unwrap().answers.extend(owned);
        self
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.scene.command("jobctl", arguments);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", &self.daemon.address);
        command
    }

    pub(crate) fn jobctl(&self, arguments: &[&str]) -> Ended {
        Ended::of(&mut self.command(arguments))
    }
}
