//! What is kept from a run: keys `sandbox`, `no_network`, `read_only`, `private_tmp`.

use super::Problem;
use super::read::Field;

/// The keys below `sandbox`.
const KEYS: &str = "new_privileges, namespaces";

/// What a run cannot reach. It can never make another user of it, nor give a run what the service user does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sandbox {
    /// Key `no_network`: no network but a loopback of its own.
    pub no_network: bool,
    /// Key `read_only`: the host's files cannot be changed.
    pub read_only: bool,
    /// Key `private_tmp`: `/tmp` and `/var/tmp` of its own, which go with the run.
    pub private_tmp: bool,
    /// Key `sandbox/new_privileges`: whether a program such as `sudo`, which has the set-user-ID bit or capabilities, gets what
    /// it has them for.
    pub new_privileges: Permission,
    /// Key `sandbox/namespaces`: whether a run may make namespaces, as containers and the sandboxes of browsers do.
    pub namespaces: Permission,
}

/// Whether something is kept from a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// It is.
    #[default]
    Denied,
    /// It is not.
    Allowed,
}

impl Sandbox {
    /// The keys that only a unit of systemd can keep, and that are set.
    pub fn of_units(self) -> impl Iterator<Item = &'static str> {
        [(self.no_network, "no_network"), (self.read_only, "read_only"), (self.private_tmp, "private_tmp")]
            .into_iter()
            .filter_map(|(is_so, key)| is_so.then_some(key))
    }

    /// What is allowed though it is not by default.
    pub fn allowed(self) -> impl Iterator<Item = &'static str> {
        [(self.new_privileges, "new_privileges"), (self.namespaces, "namespaces")]
            .into_iter()
            .filter_map(|(permission, key)| (permission == Permission::Allowed).then_some(key))
    }
}

/// What a file says of it, key by key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    pub(super) no_network: Option<bool>,
    pub(super) read_only: Option<bool>,
    pub(super) private_tmp: Option<bool>,
    new_privileges: Option<Permission>,
    namespaces: Option<Permission>,
}

impl Wanted {
    /// Reads the key `sandbox`.
    pub(super) fn read(&mut self, field: &mut Field) {
        let unknown = |place| Problem::mistake(place, "sandbox", "an unknown key");
        field.keys(KEYS, unknown, |key, field| {
            match key {
                "new_privileges" => self.new_privileges = permission(field),
                "namespaces" => self.namespaces = permission(field),
                _ => return None,
            }
            Some(())
        });
    }

    /// What holds: what the job says, and where it says nothing what the defaults say.
    pub(super) fn over(self, defaults: Wanted) -> Sandbox {
        Sandbox {
            no_network: self.no_network.or(defaults.no_network).unwrap_or_default(),
            read_only: self.read_only.or(defaults.read_only).unwrap_or_default(),
            private_tmp: self.private_tmp.or(defaults.private_tmp).unwrap_or_default(),
            new_privileges: self.new_privileges.or(defaults.new_privileges).unwrap_or_default(),
            namespaces: self.namespaces.or(defaults.namespaces).unwrap_or_default(),
        }
    }
}

fn permission(field: &mut Field) -> Option<Permission> {
    match field.node.scalar().map(|scalar| scalar.text.as_str()) {
        Some("allowed") => Some(Permission::Allowed),
        Some("denied") => Some(Permission::Denied),
        _ => field.refuse("this is neither", "allowed or denied"),
    }
}
