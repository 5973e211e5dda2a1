//! `jobctl tmpfiles`: the folders of the configuration with their owners.

use super::refusal::Refusal;
use super::{configuration, print};
use crate::app::exit;
use crate::compile::{folders, group_of_default};
use crate::sys::account;

/// Prints what belongs into a file of tmpfiles.d(5).
pub(super) fn tmpfiles() -> Result<u8, Refusal> {
    let config = configuration()?;
    let user = &config.user;
    let group = group_of_default(user).or_else(|| Some(account::find(user)?.gid.to_string()));
    let group =
        group.ok_or_else(|| Refusal::new(exit::CONFIG, format!("user: there is no user {user} on this host")))?;
    print(&folders(&config, &group));
    Ok(exit::OK)
}
