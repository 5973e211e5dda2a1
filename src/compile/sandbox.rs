//! What units keep from those whom they start. What costs a mount namespace is only in units that start seldom, and for the
//! jobs that want it: it takes longer than all else that a short run does.

use crate::config::Config;
use crate::job::sandbox::{Permission, Sandbox};
use crate::unit::{UnitFile, Value};

/// A run of a job. `run-job` is kept in too, so what it writes stays writable.
pub(super) fn of_job(file: UnitFile, sandbox: Sandbox, config: &Config) -> UnitFile {
    let file = privileges(file, sandbox, config);
    let file = file.set_some("PrivateNetwork", sandbox.no_network.then(|| Value::fixed("yes")));
    // a file system that cannot be changed has no /tmp for anybody
    let private_tmp = sandbox.private_tmp || sandbox.read_only;
    let file = file.set_some("PrivateTmp", private_tmp.then(|| Value::fixed("yes")));
    if !sandbox.read_only {
        return file;
    }
    let own = [&config.state_directory, &config.run_directory, &config.notice_directory].into_iter();
    let own = own.chain(&config.output_directory).map(|folder| format!("-{}", folder.display()));
    let own: Vec<String> = own.collect();
    file.set("ProtectSystem", Value::fixed("strict"))
        .set("ProtectHome", Value::fixed("read-only"))
        .set("ReadWritePaths", Value::words(own.iter().map(String::as_str)))
}

/// The service user has no capabilities, and gets none. Namespaces are how most holes of the kernel are reached.
fn privileges(file: UnitFile, sandbox: Sandbox, config: &Config) -> UnitFile {
    // root without capabilities is not root; and systemd before 256 denies privileges to whom it denies namespaces
    if config.user.says_root() || sandbox.new_privileges == Permission::Allowed {
        return file;
    }
    let namespaces = (sandbox.namespaces == Permission::Denied).then(|| Value::fixed("yes"));
    file.set("NoNewPrivileges", Value::fixed("yes"))
        .set("CapabilityBoundingSet", Value::fixed(""))
        .set_some("RestrictNamespaces", namespaces)
}

/// What a program of ours reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Files of its own user, and systemd.
    Host,
    /// Mail servers and web servers as well.
    Network,
    /// All files, as root, to read them; and systemd.
    AllFiles,
    /// All files, as root, also to write them; and systemd.
    AnyFile,
}

/// One of our own programs, of which we know what it does.
pub(super) fn of_program(file: UnitFile, reach: Reach) -> UnitFile {
    let capabilities = match reach {
        Reach::Host | Reach::Network => "",
        // systemd asks polkit about who lacks the first
        Reach::AllFiles => "CAP_SYS_ADMIN CAP_DAC_READ_SEARCH",
        Reach::AnyFile => "CAP_SYS_ADMIN CAP_DAC_OVERRIDE",
    };
    let sockets = if reach == Reach::Network { "AF_UNIX AF_INET AF_INET6 AF_NETLINK" } else { "AF_UNIX" };
    file.set("NoNewPrivileges", Value::fixed("yes"))
        .set("CapabilityBoundingSet", Value::fixed(capabilities))
        .set("RestrictNamespaces", Value::fixed("yes"))
        .set("RestrictAddressFamilies", Value::fixed(sockets))
        .set("RestrictRealtime", Value::fixed("yes"))
        .set("RestrictSUIDSGID", Value::fixed("yes"))
        .set("LockPersonality", Value::fixed("yes"))
        .set("MemoryDenyWriteExecute", Value::fixed("yes"))
        .set("SystemCallArchitectures", Value::fixed("native"))
}
