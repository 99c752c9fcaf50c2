//! The sections that belong to the server alone.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::server::connections::Bounds;

/// Limits on what one request may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Uploads {
    /// Largest request that brings files, in bytes, all its files together. Each file has its own limit, which is the
    /// service's; this one ends a request that never would.
    pub request_bytes: u64,
    /// How many seconds a request may stand still between two pieces before it is given up.
    pub stalled_seconds: u64,
    /// Files that may arrive at once.
    pub at_once: NonZeroU32,
    /// The same from one address. An advice centre may be one address.
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

/// How many pages are made at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pages {
    /// Pages that are drawn and compressed at once. Each may hold a form of a megabyte several times over, so this bounds the
    /// memory that pages take; the processors are busy with far fewer.
    pub at_once: NonZeroU32,
    /// Pages that wait for their turn; later ones are answered 503 with `Retry-After`.
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

/// How many connections may be open, and for how long one may ask for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Connections in all; fewer where the system allows fewer open files.
    pub most: NonZeroU32,
    /// Connections of one IPv4 address, or of one IPv6 network of 64 bits. Those of trusted proxies are not counted by address.
    pub per_address: NonZeroU32,
    /// How many seconds a connection may take to the whole head of its next request.
    pub idle_seconds: NonZeroU32,
    /// The same for a trusted proxy. Longer than the proxy itself keeps a connection, or a request may meet one that just ended.
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
    /// The same as the server counts.
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

/// Who looks at files before anybody may open them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scanner {
    pub mode: ScannerMode,
    /// Where clamd listens: `tcp://127.0.0.1:3310` or `unix:///run/clamav/clamd.ctl`. Until it is set files wait, and nobody is
    /// served one.
    pub clamd: Option<String>,
    /// How many seconds it may take to be reached.
    pub connect_seconds: u32,
    /// How many seconds it may take over one file.
    pub scan_seconds: u32,
    /// How many seconds to wait before a file that got no verdict is shown again; then twice as long each time.
    pub retry_first_seconds: u32,
    /// The longest such wait.
    pub retry_longest_seconds: u32,
}

/// Whether files are scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannerMode {
    /// Nobody is served a file that was not scanned.
    #[default]
    On,
    /// Files are served as they came, and shown as unscanned.
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

/// What protects people whom somebody watches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Safety {
    /// Where *Exit this page* leads: a page that looks as if somebody had been reading it, shows nothing of the person and
    /// says nothing about them when it is found in a history.
    pub exit_url: String,
}

impl Default for Safety {
    fn default() -> Self {
        Self {
            exit_url: "https://www.bbc.co.uk/weather".into(),
        }
    }
}

/// How messages leave.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The mail server: `smtps://user:password@mail.example.org`, or `smtp://…?tls=required`. Without one, messages become
    /// files in the folder `mail` of the data folder. May hold a password, so it is never written out.
    #[serde(skip_serializing)]
    pub smtp_url: Option<SecretString>,
    /// The address messages are from. Needed with a mail server.
    pub from: Option<String>,
    /// The name messages are from. Say nothing in it that would tell others what they are about.
    pub sender: Option<String>,
    /// The name the server gives itself to the mail server. The host of `public_url` when it is not set.
    pub ehlo_name: Option<String>,
}

/// How text messages leave.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// The organisation's gateway, which each message is posted to. Without one no text messages are sent. May hold a key, so it is
    /// never written out.
    #[serde(skip_serializing)]
    pub webhook_url: Option<SecretString>,
    /// What requests to it are signed with. Never written out.
    #[serde(skip_serializing)]
    pub webhook_secret: Option<SecretString>,
}

/// Whether messages and news of cases leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deliveries {
    /// Nothing leaves: emails, text messages and events wait. For a copy of a portal, and while one is restored.
    pub hold: bool,
}

/// Figures about the server, for Prometheus and what reads the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Where `GET /metrics` is answered, apart from the portal. Not at all when it is not set. Every machine that can connect reads the figures.
    pub listen: Option<SocketAddr>,
}

/// What the server tells about itself. Never what people typed, nor their references.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// How lines look.
    pub format: LogFormat,
    /// What is told: `error`, `warn`, `info`, `debug`, or a filter such as `info,onrecord::server=debug`.
    pub level: String,
    /// Whether each request is a line: its method, its route, its status and its time. Never its address.
    pub requests: bool,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for a log collector.
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
