//! The configuration sections that only the server uses.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::server::connections::Bounds;

/// Limits on the uploads of one request, and on uploads at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Uploads {
    /// The largest request with files, in bytes, counting all its files. Each file also has the service's own limit; this limit ends
    /// a request that would never end.
    pub request_bytes: u64,
    /// Seconds without a byte after which a request is aborted.
    pub stalled_seconds: u64,
    /// The number of simultaneous file uploads.
    pub at_once: NonZeroU32,
    /// The number of simultaneous file uploads from one address. An advice centre may be one address.
    pub at_once_per_address: NonZeroU32,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            request_bytes: 600_000_000,
            stalled_seconds: 60,
            at_once: const { NonZeroU32::new(200).unwrap() },
            at_once_per_address: const { NonZeroU32::new(20).unwrap() },
        }
    }
}

/// Limits on rendering pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pages {
    /// Pages rendered and compressed at the same time. Each may hold a form of a megabyte several times over, so this limits the memory
    /// of pages; far fewer keep the processors busy.
    pub at_once: NonZeroU32,
    /// Pages that wait to be rendered; further ones get a 503 with `Retry-After`.
    pub waiting: u32,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            at_once: const { NonZeroU32::new(16).unwrap() },
            waiting: 256,
        }
    }
}

/// Limits on open connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// The number of open connections; fewer if the system allows fewer open files.
    pub most: NonZeroU32,
    /// Connections per IPv4 address or IPv6 /64 network. Connections of trusted proxies do not count.
    pub per_address: NonZeroU32,
    /// Seconds until the complete head of the next request.
    pub idle_seconds: NonZeroU32,
    /// Seconds until the complete head of the next request of a trusted proxy. Must be longer than the proxy keeps a connection, or a
    /// request may meet a connection that was just closed.
    pub proxy_idle_seconds: NonZeroU32,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: const { NonZeroU32::new(2000).unwrap() },
            per_address: const { NonZeroU32::new(200).unwrap() },
            idle_seconds: const { NonZeroU32::new(20).unwrap() },
            proxy_idle_seconds: const { NonZeroU32::new(120).unwrap() },
        }
    }
}

impl Connections {
    /// Converts the settings to the types that the connection table uses.
    pub(in crate::server) fn bounds(self) -> Bounds {
        let size = |n: NonZeroU32| usize::try_from(n.get()).unwrap_or(usize::MAX);
        let seconds = |n: NonZeroU32| Duration::from_secs(n.get().into());
        Bounds {
            most: size(self.most),
            per_address: size(self.per_address),
            idle: seconds(self.idle_seconds),
            idle_of_proxy: seconds(self.proxy_idle_seconds),
        }
    }
}

/// The virus scanner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scanner {
    pub mode: ScannerMode,
    /// The address of clamd: `tcp://127.0.0.1:3310` or `unix:///run/clamav/clamd.ctl`. Until it is set, files wait for the scan and none is
    /// served.
    pub clamd: Option<String>,
    /// Seconds to connect.
    pub connect_seconds: u32,
    /// Seconds to scan one file.
    pub scan_seconds: u32,
    /// Seconds before a file without a verdict is scanned again; the wait doubles each time.
    pub retry_first_seconds: u32,
    /// The longest wait before a repeated scan, in seconds.
    pub retry_longest_seconds: u32,
}

/// Whether files are scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannerMode {
    /// Only scanned files are served.
    #[default]
    On,
    /// Files are served unscanned, and shown as unscanned.
    Off,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            mode: ScannerMode::On,
            clamd: None,
            connect_seconds: 5,
            scan_seconds: 300,
            retry_first_seconds: 30,
            retry_longest_seconds: 900,
        }
    }
}

/// Protection of people who are being watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Safety {
    /// The target of *Exit this page*: an inconspicuous page that shows nothing of the person. It must reveal nothing when it is found in
    /// the browser history.
    pub exit_url: String,
}

impl Default for Safety {
    fn default() -> Self {
        Self {
            exit_url: "https://www.bbc.co.uk/weather".into(),
        }
    }
}

/// The sending of email.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The mail server: `smtps://user:password@mail.example.org`, or `smtp://…?tls=required`. Without one, messages become files in the
    /// folder `mail` of the data folder. May contain a password, so it is never printed.
    #[serde(skip_serializing)]
    pub smtp_url: Option<SecretString>,
    /// The sender address. Required with a mail server.
    pub from: Option<String>,
    /// The sender name. It should not reveal what the messages are about.
    pub sender: Option<String>,
    /// The host name for EHLO; the host of `public_url` when it is not set.
    pub ehlo_name: Option<String>,
}

/// The sending of text messages.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// The organisation's gateway, to which each message is posted. Without one no text messages are sent. May contain a key, so it is
    /// never printed.
    #[serde(skip_serializing)]
    pub webhook_url: Option<SecretString>,
    /// The secret with which requests to the gateway are signed. Never printed.
    #[serde(skip_serializing)]
    pub webhook_secret: Option<SecretString>,
}

/// Whether messages and webhook events are delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deliveries {
    /// Holds all emails, text messages and events. For a copy of a portal, and during a restore.
    pub hold: bool,
}

/// Metrics for Prometheus and compatible systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// The address of `GET /metrics`, separate from the portal; no metrics when it is not set. Not authenticated: any machine that can
    /// connect can read them.
    pub listen: Option<SocketAddr>,
}

/// The server's log. It never contains what people typed, nor references.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// The format of log lines.
    pub format: LogFormat,
    /// The level: `error`, `warn`, `info`, `debug`, or a filter such as `info,onrecord::server=debug`.
    pub level: String,
    /// Whether each request is logged: its method, route, status and duration. Never its path.
    pub requests: bool,
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Readable text.
    #[default]
    Text,
    /// One JSON object per line, for a log collector.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            level: "info".into(),
            requests: false,
        }
    }
}
