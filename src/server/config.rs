//! The settings: defaults, then a TOML file, then `ONRECORD_…` environment variables, then command-line flags. No file is required.

#[cfg(test)]
mod descriptions;
mod read;
mod sections;
mod warnings;

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use validator::Validate;

use crate::app::portal::Organisation;
use crate::field_errors::{InvalidField, VALUE, invalid_fields, position};
use crate::http::client::{NotANetwork, Proxies, is_too_wide, parse_network};
use crate::http::cookies::CookieNames;
use crate::http::languages::Languages;
use crate::http::limits::Quotas;
use crate::server::brand::{Brand, BrandError};
use crate::setting_rules::{host_name, is_this_machine};
use evidence::FileStore;
use evidence::clamd::{Clamd, NotAnAddress, Patience};
use evidence::files::StorageAddressError;
use evidence::{MOST_BYTES, Scanner as FileScanner, scanner::Retry};
use notify::{GatewayError, MailTransport, MailTransportError, Sender, SenderError, SmsGateway};
use service::Settings;
use text::Language;

pub use read::Faults;
pub use sections::{Connections, Deliveries, Log, LogFormat, Mail, Metrics, Pages, Safety, Scanner, ScannerMode, Sms, Uploads};

/// The prefix of environment variables; `__` separates a section from its setting: `ONRECORD_LOG__FORMAT=json`.
pub const ENVIRONMENT: &str = "ONRECORD_";

/// The example configuration with every setting. A test generates it, and the table in `docs/server.md`, from the doc comments of the
/// settings.
pub const EXAMPLE: &str = include_str!("config/example.toml");

/// All settings.
///
/// A field's doc comment is also its description for operators: see [`EXAMPLE`].
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address on which the server listens. Port 0 takes a free port; the line on standard output names it.
    pub listen: SocketAddr,
    /// The folder of the embedded database, the uploaded files (`files/`) and the server's keys (`secret.key` and `signing.key`).
    /// Without a mail server, it also has the emails (`mail/`).
    pub data: PathBuf,
    /// The URL of a PostgreSQL database to use instead of the embedded SQLite. It may contain a password, and is never printed.
    /// Preferably set it as `ONRECORD_DATABASE_URL`.
    /// Example: `postgres://onrecord@localhost/onrecord`
    #[serde(skip_serializing)]
    pub database_url: Option<SecretString>,
    /// An S3-compatible storage for files, `s3://bucket/prefix`, used instead of `files/` in the data folder.
    /// Set its keys as `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, and its address as `AWS_ENDPOINT_URL`.
    /// Example: `s3://evidence/portal`
    pub storage_url: Option<String>,
    /// The folder of the files that browsers download: style sheets, scripts, Wasm.
    /// It is `dist/site` after `cargo xtask build`; `cargo xtask run` sets its own.
    pub site: PathBuf,
    /// The public URL of the portal. Required if the server listens for other machines, and then with https.
    /// When it is not set, it is `http://` and the listening address.
    /// Example: `https://complaints.example.org`
    pub public_url: Option<String>,
    /// Addresses or networks of the trusted reverse proxies, such as `["127.0.0.1"]`.
    /// Their `Forwarded` and `X-Forwarded-For` headers are used. None may be wider than an IPv4 /8 or an IPv6 /7.
    pub trusted_proxies: Vec<String>,
    /// The tags of the languages that people can choose. The first is the default for browsers that accept none of them.
    /// Debug builds also have pseudo-languages, for testing pages.
    pub languages: Vec<String>,
    #[validate(nested)]
    pub organisation: Organisation,
    #[validate(nested)]
    pub service: Settings,
    pub limits: Quotas,
    #[validate(nested)]
    pub uploads: Uploads,
    #[validate(nested)]
    pub pages: Pages,
    #[validate(nested)]
    pub connections: Connections,
    #[validate(nested)]
    pub scanner: Scanner,
    #[validate(nested)]
    pub safety: Safety,
    #[validate(nested)]
    pub mail: Mail,
    pub sms: Sms,
    pub deliveries: Deliveries,
    pub metrics: Metrics,
    #[validate(nested)]
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: "data".into(),
            database_url: None,
            storage_url: None,
            site: "site".into(),
            public_url: None,
            trusted_proxies: Vec::new(),
            languages: vec!["en".into(), "cy".into()],
            organisation: Organisation::default(),
            service: Settings::default(),
            limits: Quotas::default(),
            uploads: Uploads::default(),
            pages: Pages::default(),
            connections: Connections::default(),
            scanner: Scanner::default(),
            safety: Safety::default(),
            mail: Mail::default(),
            sms: Sms::default(),
            deliveries: Deliveries::default(),
            metrics: Metrics::default(),
            log: Log::default(),
        }
    }
}

/// A fault of the configuration. Its text begins with the setting, named as in the file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file or value cannot be read, or a setting is unknown.
    #[error("{0}")]
    Unreadable(String),
    /// The configuration file does not exist.
    #[error("there is no configuration file {}", .0.display())]
    NoFile(PathBuf),
    /// A value breaks a rule of its setting.
    #[error("{0}")]
    Invalid(String),
    #[error("public_url: {0:?} is not an address such as https://complaints.example.org")]
    NotAnOrigin(String),
    /// Without https, sign-in codes and complaints would cross the network unencrypted.
    #[error("public_url: people must reach the portal by https; http is only for this machine itself")]
    NotSecure,
    /// The server listens on the network without a public URL.
    #[error("public_url: required, since the portal listens on {0} and not only on this machine")]
    NoPublicUrl(SocketAddr),
    #[error("database_url: {0}")]
    Database(record::RecordError),
    #[error("trusted_proxies: {0}")]
    Proxies(#[from] NotANetwork),
    /// So many clients could forge the address by which they are counted.
    #[error("trusted_proxies: {0} is so wide that headers of other clients would be trusted; name the proxy's own address or network")]
    TooManyProxies(String),
    #[error("languages: there is no language {0:?}")]
    NoSuchLanguage(String),
    #[error("languages: {0:?} is named twice")]
    LanguageTwice(String),
    #[error("languages: name at least one")]
    NoLanguage,
    #[error(transparent)]
    Brand(#[from] BrandError),
    #[error("storage_url: {0}")]
    Storage(#[from] StorageAddressError),
    #[error("storage_url: set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither")]
    HalfAKey,
    #[error("{0} must be at least the limit of the largest file ({1} bytes)")]
    LessThanAFile(&'static str, u64),
    #[error("scanner.clamd: {0}")]
    Clamd(#[from] NotAnAddress),
    /// An operator who names a scanner wants files scanned.
    #[error("scanner.mode: is off, and scanner.clamd is set; remove one of the two settings")]
    ScannerNamedAndOff,
    #[error("mail.smtp_url: {0}")]
    Smtp(#[source] MailTransportError),
    #[error("mail.from: required with mail.smtp_url")]
    NoSender,
    #[error("mail.from: {0}")]
    Sender(#[from] SenderError),
    #[error("sms.{name}: {source}", name = if matches!(source, GatewayError::Secret) { "webhook_secret" } else { "webhook_url" })]
    Gateway {
        #[from]
        source: GatewayError,
    },
    #[error("metrics.listen: {0} is the address of the portal itself; use another port")]
    MetricsOnPortal(SocketAddr),
    #[error("service.{0}")]
    DataFile(String),
}

impl ConfigError {
    /// The setting with the fault, as the path of its name.
    fn setting(&self) -> Vec<String> {
        let text = self.to_string();
        let name = text.split([':', ' ']).next().unwrap_or_default();
        name.split('.').map(ToOwned::to_owned).collect()
    }
}

impl From<InvalidField> for ConfigError {
    fn from(InvalidField { path, error }: InvalidField) -> Self {
        let setting = path.join(".");
        let number = |name| error.params.get(name).and_then(Value::as_u64);
        let message = match (&*error.code, number("min"), number("max")) {
            ("range", Some(min), _) if number(VALUE) < Some(min) => return Self::Invalid(format!("{setting} must be at least {min}")),
            ("range", _, Some(max)) => return Self::Invalid(format!("{setting} must be at most {max}")),
            ("email", ..) => "is not an email address",
            ("url", ..) => "is not an address such as https://www.example.org/page",
            _ => error.message.as_deref().unwrap_or_default(),
        };
        Self::Invalid(match error.params.get(VALUE) {
            Some(value) => format!("{setting}: {value} {message}"),
            // A rule of several settings names their values itself.
            None => format!("{setting} {message}"),
        })
    }
}

impl Config {
    /// Checks what the types alone cannot express. Returns the first fault of each setting, in the order of the example.
    pub fn faults(&self) -> Vec<ConfigError> {
        let mut faults: Vec<ConfigError> = invalid_fields(self).into_iter().map(ConfigError::from).collect();
        let mut note = |fault: Option<ConfigError>| faults.extend(fault);
        note(self.database_fault());
        note(self.remote_files().err());
        let key = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if self.storage_url.is_some() && key("AWS_ACCESS_KEY_ID") != key("AWS_SECRET_ACCESS_KEY") {
            note(Some(ConfigError::HalfAKey));
        }
        note(self.public_url_fault());
        note(self.proxies().err());
        note(self.languages().err());
        note(Brand::of(&self.organisation).err().map(ConfigError::from));
        note(self.scanner().err());
        note(self.sender().err());
        note(self.mail_server().err());
        note(self.gateway().err());
        if self
            .metrics
            .listen
            .is_some_and(|metrics| metrics == self.listen && metrics.port() != 0)
        {
            note(Some(ConfigError::MetricsOnPortal(self.listen)));
        }
        for (name, wrong) in self.service.data_faults() {
            note(Some(ConfigError::DataFile(format!("{name}: {wrong}"))));
        }
        faults.extend(self.files_without_room());
        faults.sort_by_cached_key(|fault| position::<Self>(&fault.setting()));
        faults.dedup_by_key(|fault| fault.setting());
        faults
    }

    /// Like [`Config::faults`], as a `Result`.
    pub fn check(&self) -> Result<(), Faults> {
        Faults::none_of(self.faults())
    }

    fn database_fault(&self) -> Option<ConfigError> {
        let url = self.database_url.as_ref()?;
        let checked = record::store::Store::check_address(url.expose_secret());
        checked.err().map(ConfigError::Database)
    }

    fn public_url_fault(&self) -> Option<ConfigError> {
        let Some(url) = &self.public_url else {
            return (!self.listen.ip().is_loopback()).then_some(ConfigError::NoPublicUrl(self.listen));
        };
        match origin(url) {
            None => Some(ConfigError::NotAnOrigin(without_password(url))),
            Some(("http", host)) if !is_this_machine(host) => Some(ConfigError::NotSecure),
            Some(_) => None,
        }
    }

    /// Returns the limits of several files that are less than the limit of one.
    fn files_without_room(&self) -> Vec<ConfigError> {
        let (evidence, space) = (&self.service.evidence, &self.service.space);
        let rooms = [
            ("service.evidence.total_bytes", evidence.total_bytes),
            ("service.space.unsent_bytes", space.unsent_bytes),
            ("service.space.unsent_bytes_per_address", space.unsent_bytes_per_address),
            ("service.space.unsent_bytes_per_network", space.unsent_bytes_per_network),
            ("uploads.request_bytes", self.uploads.request_bytes),
        ];
        let largest = evidence.largest();
        let small = rooms.into_iter().filter(|(_, bytes)| *bytes < largest && largest <= MOST_BYTES);
        small.map(|(name, _)| ConfigError::LessThanAFile(name, largest)).collect()
    }

    /// The virus scanner.
    pub fn scanner(&self) -> Result<FileScanner, ConfigError> {
        let seconds = |n: u32| std::time::Duration::from_secs(n.into());
        match (self.scanner.mode, self.scanner.clamd.as_deref()) {
            (ScannerMode::Off, Some(_)) => Err(ConfigError::ScannerNamedAndOff),
            (ScannerMode::Off, None) => Ok(FileScanner::Off),
            (ScannerMode::On, None) => Ok(FileScanner::NotConfigured),
            (ScannerMode::On, Some(address)) => Ok(FileScanner::Clamd {
                clamd: Clamd {
                    address: address.parse()?,
                    patience: Patience {
                        connect: seconds(self.scanner.connect_seconds),
                        scan: seconds(self.scanner.scan_seconds),
                    },
                },
                retry: Retry {
                    first: seconds(self.scanner.retry_first_seconds),
                    longest: seconds(self.scanner.retry_longest_seconds),
                },
            }),
        }
    }

    /// The sender of messages. Without a mail server, `no-reply@localhost` unless `mail.from` is set.
    pub fn sender(&self) -> Result<Sender, ConfigError> {
        let from = match &self.mail.from {
            Some(from) => from,
            None if self.mail.smtp_url.is_none() => "no-reply@localhost",
            None => return Err(ConfigError::NoSender),
        };
        let sender = Sender::new(from, self.mail.sender.as_deref())?;
        Ok(sender.with_contact(self.organisation.name.as_deref(), self.organisation.phone.as_deref()))
    }

    /// The mail server, if one is set.
    pub fn mail_server(&self) -> Result<Option<MailTransport>, ConfigError> {
        let url = self.mail.smtp_url.as_ref();
        let ehlo_name = self.ehlo_name();
        url.map(|url| MailTransport::smtp(url.expose_secret(), ehlo_name.as_deref()).map_err(ConfigError::Smtp))
            .transpose()
    }

    /// The host name for EHLO: `mail.ehlo_name`, otherwise the host of `public_url`.
    fn ehlo_name(&self) -> Option<String> {
        if self.mail.ehlo_name.is_some() {
            return self.mail.ehlo_name.clone();
        }
        let host = self.public_url.as_deref().and_then(|url| url.parse::<axum::http::Uri>().ok());
        let host = host.and_then(|uri| uri.host().map(ToOwned::to_owned));
        // Strict mail servers refuse a bare name such as localhost, and an IP address that is not the client's own.
        host.filter(|host| host.contains('.') && host.parse::<std::net::IpAddr>().is_err() && host_name(host).is_ok())
    }

    /// The name of the log: the public host and `/log`, as C2SP `tlog-checkpoint` recommends.
    pub fn log_origin(&self) -> String {
        let url = self.public_url.as_deref().and_then(|url| url.parse::<axum::http::Uri>().ok());
        let host = url
            .as_ref()
            .and_then(|uri| uri.authority())
            .map_or("localhost", |authority| authority.as_str());
        format!("{host}/log")
    }

    /// The gateway for text messages, if one is set.
    pub fn gateway(&self) -> Result<Option<SmsGateway>, ConfigError> {
        let url = self.sms.webhook_url.as_ref();
        let gateway = url.map(|url| SmsGateway::new(url.expose_secret(), self.sms.webhook_secret.as_ref()));
        Ok(gateway.transpose()?)
    }

    /// The S3-compatible file storage, if one is set. Does not connect to it.
    pub fn remote_files(&self) -> Result<Option<FileStore>, ConfigError> {
        Ok(self.storage_url.as_deref().map(FileStore::at).transpose()?)
    }

    /// The trusted proxies.
    pub fn proxies(&self) -> Result<Proxies, ConfigError> {
        let networks = self.trusted_proxies.iter().map(|text| parse_network(text));
        let networks: Vec<_> = networks.collect::<Result<_, _>>()?;
        match networks.iter().find(|network| is_too_wide(network)) {
            Some(wide) => Err(ConfigError::TooManyProxies(wide.to_string())),
            None => Ok(Proxies::new(networks)),
        }
    }

    /// The languages that people can choose.
    pub fn languages(&self) -> Result<Languages, ConfigError> {
        let known = |tag: &String| Language::of_tag(tag).ok_or_else(|| ConfigError::NoSuchLanguage(tag.clone()));
        let offered = self.languages.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        if offered.is_empty() {
            return Err(ConfigError::NoLanguage);
        }
        let twice = (1..offered.len()).find(|at| offered[..*at].contains(&offered[*at]));
        if let Some(twice) = twice {
            return Err(ConfigError::LanguageTwice(self.languages[twice].clone()));
        }
        Ok(Languages::new(offered, self.cookies()))
    }

    /// Returns true if people reach the portal by https.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The cookie names for this scheme: `__Host-` cookies require https.
    pub fn cookies(&self) -> CookieNames {
        if self.is_secure() {
            CookieNames::SECURE
        } else {
            CookieNames::LOOPBACK
        }
    }
}

/// Masks every password in the URLs of a text: `postgres://name:***@host`.
pub fn without_password(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let word = after
            .find(|c: char| c.is_whitespace() || "\"'`<>".contains(c))
            .unwrap_or(after.len());
        let (address, left) = after.split_at(word);
        let (authority, path) = address.split_at(address.find(['?', '#']).unwrap_or(address.len()));
        // The last `@` counts, even after a slash: a password may contain either without encoding.
        match authority.rsplit_once('@') {
            Some((login, place)) => {
                out.push_str(login.split_once(':').map_or("***", |(name, _)| name));
                out.push_str(":***@");
                out.push_str(place);
            }
            None => out.push_str(authority),
        }
        for part in path.split_inclusive('&') {
            let name = part
                .trim_start_matches(['?', '#'])
                .split('=')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let secret = ["pass", "pwd", "key", "secret", "token"].iter().any(|word| name.contains(word));
            match part.split_once('=') {
                Some((name, value)) if secret => {
                    let end = if value.ends_with('&') { "&" } else { "" };
                    out.push_str(name);
                    out.push_str("=***");
                    out.push_str(end);
                }
                _ => out.push_str(part),
            }
        }
        rest = left;
    }
    out.push_str(rest);
    out
}

/// Returns the scheme and host of an origin: `http` or `https`, without a path.
fn origin(url: &str) -> Option<(&str, &str)> {
    let (scheme, authority) = url.split_once("://")?;
    let uri: axum::http::Uri = url.parse().ok()?;
    let bare = !authority.is_empty() && !authority.contains(['/', '?', '#', '@']);
    (["http", "https"].contains(&scheme) && bare && uri.host().is_some_and(|h| !h.is_empty())).then_some((scheme, authority))
}

#[cfg(test)]
mod tests;
