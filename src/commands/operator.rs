//! The name of the operator, for the record.

use service::cases::desk::Caller;

/// Returns a caller with the given name, or else the operator's login name. Under `sudo` it is the name of the user who ran `sudo`.
pub(crate) fn caller(given: Option<&str>) -> Caller {
    let sudo = std::env::var("SUDO_USER").ok();
    let login = || whoami::username().unwrap_or_else(|_| "unknown".into());
    let name = [given, sudo.as_deref()]
        .into_iter()
        .flatten()
        .map(str::trim)
        .find(|name| !name.is_empty());
    Caller::at_command_line(&name.map_or_else(login, ToOwned::to_owned))
}
