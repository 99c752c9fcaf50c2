//! The address of a clamd daemon.

use std::path::PathBuf;
use std::str::FromStr;

/// An address as written in the settings: `tcp://127.0.0.1:3310` or `unix:///run/clamav/clamd.ctl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Host and port.
    Tcp(String),
    /// Path of a socket on this machine.
    Unix(PathBuf),
}

/// The error for text that is not a valid address.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an address such as tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl")]
pub struct NotAnAddress(String);

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let read = match text.split_once("://") {
            Some(("unix", path)) if path.starts_with('/') => Some(Self::Unix(path.into())),
            Some(("tcp", place)) => {
                let port = place.rsplit_once(':').filter(|(host, _)| !host.is_empty() && !host.contains('/'));
                port.and_then(|(_, port)| port.parse::<u16>().ok())
                    .filter(|port| *port > 0)
                    .map(|_| Self::Tcp(place.to_owned()))
            }
            _ => None,
        };
        read.ok_or_else(|| NotAnAddress(text.to_owned()))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(place) => write!(f, "tcp://{place}"),
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
        }
    }
}
