//! Rules of settings for which `validator` has no attribute. A message follows the name and the value of the setting.

use std::num::NonZeroU32;

use axum::http::Uri;
use validator::ValidationError;

fn refused(message: &'static str) -> Result<(), ValidationError> {
    Err(ValidationError::new("refused").with_message(message.into()))
}

/// A number that `range` cannot check.
pub fn at_most<const MAX: u32>(number: &NonZeroU32) -> Result<(), ValidationError> {
    if number.get() <= MAX {
        return Ok(());
    }
    let mut error = ValidationError::new("range");
    error.add_param("max".into(), &MAX);
    Err(error)
}

/// A text that is not empty.
pub fn given(text: &str) -> Result<(), ValidationError> {
    if text.trim().is_empty() {
        return refused("is empty: set a value, or leave the setting out");
    }
    Ok(())
}

/// The URL of a web page: https, or http on this machine.
pub fn page(url: &str) -> Result<(), ValidationError> {
    let uri: Option<Uri> = url.parse().ok();
    let scheme_and_place = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?.as_str())));
    match scheme_and_place {
        Some(("https", _)) => Ok(()),
        Some(("http", place)) if is_this_machine(place) => Ok(()),
        _ => Err(ValidationError::new("url")),
    }
}

/// The name of a host.
pub fn host_name(name: &str) -> Result<(), ValidationError> {
    if name.split('.').all(is_label) {
        return Ok(());
    }
    refused("is not the name of a host")
}

/// A level, or a filter of log lines.
pub fn log_filter(level: &str) -> Result<(), ValidationError> {
    if tracing_subscriber::EnvFilter::try_new(level).is_ok() {
        return Ok(());
    }
    refused("is no level such as \"info\" and no filter such as \"info,onrecord::server=debug\"")
}

/// Returns true for a valid label of a host name.
pub(crate) fn is_label(label: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (1..=63).contains(&label.len()) && label.bytes().all(plain) && !label.starts_with('-') && !label.ends_with('-')
}

/// Returns true if the host of `host:port` is this machine itself.
pub(crate) fn is_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|a| a.is_loopback())
}
