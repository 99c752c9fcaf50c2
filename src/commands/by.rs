//! The person at the command line, for the record.

use onrecord::service::desk::Caller;

/// The caller with the given name, else with the login name of the person who runs the command. With `sudo` that is the person who called it.
pub(super) fn caller(given: Option<&str>) -> Caller {
    let sudo = std::env::var("SUDO_USER").ok();
    let login = || whoami::username().unwrap_or_else(|_| "unknown".into());
    let name = [given, sudo.as_deref()]
        .into_iter()
        .flatten()
        .map(str::trim)
        .find(|name| !name.is_empty());
    Caller::at_command_line(&name.map_or_else(login, ToOwned::to_owned))
}
