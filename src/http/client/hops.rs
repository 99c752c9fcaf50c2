//! Parses the addresses that proxies add to headers: `X-Forwarded-For` as common proxies write it, and `Forwarded` (RFC 7239).
//!
//! The published parsers split inside quoted text or reject addresses with a port.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

/// One hop of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    Address(IpAddr),
    /// `unknown`, an identifier that hides the address, or text that is no address.
    Unknown,
}

/// Returns the hops that the headers name, the nearest last. `Forwarded` is read only without `X-Forwarded-For`.
pub(crate) fn of(headers: &HeaderMap) -> Vec<Hop> {
    let lines = |name: &str| headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("?"));
    if headers.contains_key("x-forwarded-for") {
        let elements = lines("x-forwarded-for").flat_map(|line| line.split(','));
        return elements.map(str::trim).filter(|element| !element.is_empty()).map(hop).collect();
    }
    let elements = lines("forwarded").flat_map(|line| split(line, ','));
    elements
        .filter(|element| !element.trim().is_empty())
        .map(|element| {
            let named = split(element, ';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim().eq_ignore_ascii_case("for").then(|| value.trim())
            });
            named.map_or(Hop::Unknown, hop)
        })
        .collect()
}

/// Parses one address, which may have quotes, brackets, a port or the name of an interface.
fn hop(text: &str) -> Hop {
    let text = unquoted(text);
    let plain = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || {
        let inside = text.strip_prefix('[')?.strip_suffix(']')?;
        inside.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
    };
    let of_interface = || {
        let (address, _) = text.split_once('%')?;
        address.trim_start_matches('[').parse::<Ipv6Addr>().ok().map(IpAddr::V6)
    };
    plain()
        .or_else(with_port)
        .or_else(in_brackets)
        .or_else(of_interface)
        .map_or(Hop::Unknown, Hop::Address)
}

/// Removes the quotes and escapes of a quoted string. Other text is returned unchanged.
fn unquoted(text: &str) -> String {
    let Some(inside) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(inside.len());
    let mut signs = inside.chars();
    while let Some(sign) = signs.next() {
        out.extend(if sign == '\\' { signs.next() } else { Some(sign) });
    }
    out
}

/// Splits text at separators outside quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |sign: char| {
        if is_escaped {
            is_escaped = false;
        } else if is_quoted && sign == '\\' {
            is_escaped = true;
        } else if sign == '"' {
            is_quoted = !is_quoted;
        } else {
            return sign == separator && !is_quoted;
        }
        false
    })
}
