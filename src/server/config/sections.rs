//! The configuration sections that only the server uses.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::server::connections::Bounds;
use crate::setting_rules::{at_most, host_name, log_filter, page};
use evidence::MOST_BYTES;

/// Limits on requests with files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Uploads {
    /// The largest request with files, in bytes, counting all its files.
    ///
    /// Each file also has the service's own limit; this limit ends a request that would never end.
    #[validate(range(min = 1, max = MOST_BYTES))]
    pub request_bytes: u64,
    /// Seconds without a byte after which a request is aborted.
    #[validate(range(min = 1, max = 86_400))]
    pub stalled_seconds: u64,
    /// The number of simultaneous file uploads. Another one waits at most ten seconds.
    #[validate(custom(function = "at_most::<1_000_000>"))]
    pub at_once: NonZeroU32,
    /// The number of simultaneous file uploads from one address. An advice centre may be one address.
    #[validate(custom(function = "at_most::<1_000_000>"))]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Pages {
    /// Pages rendered and compressed at the same time.
    ///
    /// Each may hold a form of a megabyte several times over, so this limits the memory of pages; far fewer keep the processors busy.
    #[validate(custom(function = "at_most::<10_000>"))]
    pub at_once: NonZeroU32,
    /// Pages that wait to be rendered; further ones get a 503 with `Retry-After`.
    #[validate(range(max = 1_000_000))]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// The number of open connections; fewer if the system allows fewer open files.
    #[validate(custom(function = "at_most::<1_000_000>"))]
    pub most: NonZeroU32,
    /// Connections per IPv4 address or IPv6 /64 network. Connections of trusted proxies do not count.
    #[validate(custom(function = "at_most::<1_000_000>"))]
    pub per_address: NonZeroU32,
    /// Seconds until the complete head of the next request.
    #[validate(custom(function = "at_most::<86_400>"))]
    pub idle_seconds: NonZeroU32,
    /// Seconds until the complete head of the next request of a trusted proxy.
    /// Must be longer than the proxy keeps a connection, or a request may meet a connection that was just closed.
    #[validate(custom(function = "at_most::<86_400>"))]
    pub proxy_idle_seconds: NonZeroU32,
    /// Streams of news to open pages of cases, each of which holds a connection; at most half of `most`.
    /// Further pages ask for news every 15 seconds.
    #[validate(custom(function = "at_most::<1_000_000>"))]
    pub news: NonZeroU32,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: const { NonZeroU32::new(2000).unwrap() },
            per_address: const { NonZeroU32::new(200).unwrap() },
            idle_seconds: const { NonZeroU32::new(20).unwrap() },
            proxy_idle_seconds: const { NonZeroU32::new(120).unwrap() },
            news: const { NonZeroU32::new(1000).unwrap() },
        }
    }
}

impl Connections {
    /// Returns how many streams of news may be open. The other connections stay free for pages.
    pub(in crate::server) fn news_streams(self) -> NonZeroU32 {
        self.news.min(NonZeroU32::new(self.most.get() / 2).unwrap_or(NonZeroU32::MIN))
    }

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = "retried_late", skip_on_field_errors = false))]
pub struct Scanner {
    /// `on` or `off`. With `off`, files are served unscanned, and shown as unscanned.
    pub mode: ScannerMode,
    /// The address of the `ClamAV` daemon `clamd`: `tcp://host:port`, or `unix://` and the path of its socket.
    /// Until it is set, files wait for the scan and none is served.
    /// Example: `unix:///run/clamav/clamd.ctl`
    pub clamd: Option<String>,
    /// Seconds to connect to the scanner.
    #[validate(range(min = 1, max = 86_400))]
    pub connect_seconds: u32,
    /// Seconds to scan one file.
    #[validate(range(min = 1, max = 86_400))]
    pub scan_seconds: u32,
    /// Seconds before a file without a verdict is scanned again; the wait doubles each time.
    #[validate(range(min = 1, max = 86_400))]
    pub retry_first_seconds: u32,
    /// The longest wait before a repeated scan, in seconds.
    #[validate(range(min = 1, max = 86_400))]
    pub retry_longest_seconds: u32,
}

/// Refuses a first wait that is longer than the longest.
fn retried_late(scanner: &Scanner) -> Result<(), ValidationError> {
    let longest = scanner.retry_longest_seconds;
    if scanner.retry_first_seconds <= longest {
        return Ok(());
    }
    let message = format!("must be at most scanner.retry_longest_seconds ({longest})");
    Err(ValidationError::new("retry_first_seconds").with_message(message.into()))
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Safety {
    /// The target of *Exit this page*: an inconspicuous page that shows nothing of the person.
    /// It must reveal nothing when it is found in the browser history.
    #[validate(url, custom(function = "page"))]
    pub exit_url: String,
}

impl Default for Safety {
    fn default() -> Self {
        Self {
            exit_url: "https://www.bbc.co.uk/weather".into(),
        }
    }
}

/// The sending of email. Without a mail server, messages become files in the folder `mail` of the data folder.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The mail server: `smtps://user:password@host`, or `smtp://user:password@host?tls=required`.
    /// It may contain a password, and is never printed. Preferably set it as `ONRECORD_MAIL__SMTP_URL`.
    /// Example: `smtps://user:password@mail.example.org`
    #[serde(skip_serializing)]
    pub smtp_url: Option<SecretString>,
    /// The sender address. Required with a mail server.
    /// Example: `no-reply@example.org`
    pub from: Option<String>,
    /// The sender name; *Message service* when it is not set.
    /// Other people may see it on the person's screen, so it should not reveal what the messages are about.
    /// Example: `Message service`
    pub sender: Option<String>,
    /// The host name for EHLO; the host of `public_url` when it is not set. Strict mail servers refuse an address in brackets.
    /// Example: `complaints.example.org`
    #[validate(custom(function = "host_name"))]
    pub ehlo_name: Option<String>,
}

/// The sending of text messages: each is posted to the organisation's own gateway. Without one, none are sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// The gateway, with https. It may contain a key, and is never printed.
    /// Preferably set it as `ONRECORD_SMS__WEBHOOK_URL`.
    /// Example: `https://sms.example.org/send`
    #[serde(skip_serializing)]
    pub webhook_url: Option<SecretString>,
    /// The secret with which requests to the gateway are signed, as in Standard Webhooks. It has at least 24 characters, and is
    /// never printed. Preferably set it as `ONRECORD_SMS__WEBHOOK_SECRET`.
    /// Example: `whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw`
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
    /// The address of `GET /metrics`, separate from the portal; no metrics when it is not set.
    /// Not authenticated: any machine that can connect can read them, so use an address that only this machine can reach.
    /// Example: `127.0.0.1:9464`
    pub listen: Option<SocketAddr>,
}

/// The server's log, on standard error. It never contains what people typed, nor references.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `text` for people, or `json` with one object per line for a log collector.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,onrecord::server=debug`.
    #[validate(custom(function = "log_filter"))]
    pub level: String,
    /// Whether each request is logged: its method, route, status, duration and id. Never its path.
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
