//! What the person who runs the server can set: defaults, then a TOML file, then `ONRECORD_…` from the environment, then
//! flags of the command line. It runs with no file at all.

mod example;
mod sections;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::app::portal::Organisation;
use crate::door::client::{NotANetwork, Proxies};
use crate::door::cookies::CookieNames;
use crate::door::languages::Languages;
use crate::door::limits::Quotas;
use crate::evidence::Files;
use crate::evidence::clamd::{Clamd, NotAnAddress, Patience};
use crate::evidence::files::NotAStorage;
use crate::evidence::{Scanner as FileScanner, scanner::Retry};
use crate::notify::{Carrier, CarrierError, Gateway, GatewayError, Sender, SenderError};
use crate::service::Settings;
use crate::text::Language;

pub use example::example;
pub use sections::{Connections, Log, LogFormat, Mail, Pages, Safety, Scanner, ScannerMode, Sms, Uploads};

/// The prefix of environment variables; `__` leads into a section: `ONRECORD_LOG__FORMAT=json`.
pub const ENVIRONMENT: &str = "ONRECORD_";

/// Everything that can be set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The folder of the embedded database, of uploaded files and of the server's key.
    pub data: PathBuf,
    /// A PostgreSQL database in place of the embedded one. May hold a password, so it is never written out.
    #[serde(skip_serializing)]
    pub database_url: Option<SecretString>,
    /// An S3-like storage for files, `s3://bucket/prefix`, in place of a folder in `data`. Keys come from the environment.
    pub storage_url: Option<String>,
    /// The folder of what browsers download: style sheets, script, Wasm.
    pub site: PathBuf,
    /// How people reach the portal, such as `https://complaints.example.org`. `http://` and the address listened on when
    /// it is not set.
    pub public_url: Option<String>,
    /// Addresses or networks of the proxies in front, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// The tags of the languages people can choose. The first is for whoever wants none of them.
    pub languages: Vec<String>,
    pub organisation: Organisation,
    pub service: Settings,
    pub limits: Quotas,
    pub uploads: Uploads,
    pub pages: Pages,
    pub connections: Connections,
    pub scanner: Scanner,
    pub safety: Safety,
    pub mail: Mail,
    pub sms: Sms,
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
            log: Log::default(),
        }
    }
}

/// A configuration that does not do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file or a value cannot be read; the message names it and where it came from.
    #[error("{0}")]
    Unreadable(#[from] Box<figment::Error>),
    /// The configuration file is not there.
    #[error("there is no configuration file {}", .0.display())]
    NoFile(PathBuf),
    #[error("public_url: {0:?} is not an address such as https://complaints.example.org")]
    NotAnOrigin(String),
    /// Sign-in codes and complaints would cross the network readable.
    #[error("public_url: people must reach the portal by https; http is only for this machine itself")]
    NotSecure,
    /// Listening for the network without a public address.
    #[error("public_url: say how people reach the portal, since it listens on {0} and not only on this machine")]
    NoPublicUrl(SocketAddr),
    #[error("trusted_proxies: {0}")]
    Proxies(#[from] NotANetwork),
    #[error("languages: there is no language {0:?}")]
    NoSuchLanguage(String),
    #[error("languages: name at least one")]
    NoLanguage,
    #[error("safety.exit_url: {0:?} is not an address such as https://www.example.org/weather")]
    NoWayOut(String),
    #[error("storage_url: {0}")]
    Storage(#[from] NotAStorage),
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    #[error("{0} must be at least as much as the largest file may have")]
    LessThanAFile(&'static str),
    #[error("scanner.clamd: {0}")]
    Clamd(#[from] NotAnAddress),
    /// Somebody who names a scanner wants files scanned.
    #[error("scanner: a clamd is named and scanning is off; take one of the two out")]
    ScannerNamedAndOff,
    #[error("mail.smtp_url: {0}")]
    Smtp(#[source] CarrierError),
    #[error("mail.from: say which address messages are from")]
    NoSender,
    #[error("mail.from: {0}")]
    Sender(#[from] SenderError),
    #[error("sms: {0}")]
    Gateway(#[from] GatewayError),
}

impl Config {
    /// Reads the configuration. `flags` are what the command line sets, `None` where it does not.
    ///
    /// # Errors
    /// [`ConfigError`] when something cannot be read, is unknown, or does not pass [`Config::check`].
    pub fn load(file: Option<&Path>, flags: impl Serialize) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError::NoFile(path.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        let config: Self = figment
            .merge(environment())
            .merge(Serialized::globals(flags))
            .extract()
            .map_err(Box::new)?;
        config.check()?;
        Ok(config)
    }

    /// Checks what types alone cannot say.
    ///
    /// # Errors
    /// [`ConfigError`] naming the first value that does not do.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.proxies()?;
        self.languages()?;
        match &self.public_url {
            None if !self.listen.ip().is_loopback() => return Err(ConfigError::NoPublicUrl(self.listen)),
            None => {}
            Some(url) => {
                let (scheme, host) = origin(url).ok_or_else(|| ConfigError::NotAnOrigin(url.clone()))?;
                if scheme == "http" && !is_this_machine(host) {
                    return Err(ConfigError::NotSecure);
                }
            }
        }
        if !is_page(&self.safety.exit_url) {
            return Err(ConfigError::NoWayOut(self.safety.exit_url.clone()));
        }
        let Settings {
            draft_days,
            receipt_hours,
            session_minutes,
            remember_days,
            return_link_days,
            return_code_hours,
            consent_days,
            upload_hours,
            ..
        } = self.service;
        let scanner = &self.scanner;
        for (name, value) in [
            ("service.draft_days", draft_days),
            ("service.receipt_hours", receipt_hours),
            ("service.session_minutes", session_minutes),
            ("service.remember_days", remember_days),
            ("service.return_link_days", return_link_days),
            ("service.return_code_hours", return_code_hours),
            ("service.consent_days", consent_days),
            ("service.upload_hours", upload_hours),
            ("scanner.connect_seconds", scanner.connect_seconds),
            ("scanner.scan_seconds", scanner.scan_seconds),
            ("scanner.retry_first_seconds", scanner.retry_first_seconds),
            ("scanner.retry_longest_seconds", scanner.retry_longest_seconds),
        ] {
            if value == 0 {
                return Err(ConfigError::Zero(name));
            }
        }
        let space = self.service.space;
        let one_file = self.service.evidence.largest();
        for (name, bytes) in [
            ("service.space.unsent_bytes", space.unsent_bytes),
            ("service.space.unsent_bytes_per_address", space.unsent_bytes_per_address),
            ("service.space.unsent_bytes_per_network", space.unsent_bytes_per_network),
        ] {
            if bytes < one_file {
                return Err(ConfigError::LessThanAFile(name));
            }
        }
        if space.reserve_bytes == 0 {
            return Err(ConfigError::Zero("service.space.reserve_bytes"));
        }
        self.remote_files()?;
        self.scanner()?;
        self.sender()?;
        self.mail_server()?;
        self.gateway()?;
        Ok(())
    }

    /// Who looks at files.
    ///
    /// # Errors
    /// [`ConfigError`] when the address is none, or when a scanner is named and scanning is off.
    pub fn scanner(&self) -> Result<FileScanner, ConfigError> {
        let seconds = |n: u32| std::time::Duration::from_secs(n.into());
        match (self.scanner.mode, self.scanner.clamd.as_deref()) {
            (ScannerMode::Off, Some(_)) => Err(ConfigError::ScannerNamedAndOff),
            (ScannerMode::Off, None) => Ok(FileScanner::Off),
            (ScannerMode::On, None) => Ok(FileScanner::Missing),
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

    /// Who messages are from. Where none is named, as when they only become files, one that reaches nobody.
    ///
    /// # Errors
    /// [`ConfigError`] when a mail server is named and no sender, or the sender's address is none.
    pub fn sender(&self) -> Result<Sender, ConfigError> {
        let from = match &self.mail.from {
            Some(from) => from,
            None if self.mail.smtp_url.is_none() => "no-reply@localhost",
            None => return Err(ConfigError::NoSender),
        };
        let sender = Sender::new(from, self.mail.sender.as_deref())?;
        Ok(sender.of(self.organisation.name.as_deref(), self.organisation.phone.as_deref()))
    }

    /// The mail server, when there is one.
    ///
    /// # Errors
    /// [`ConfigError::Smtp`] when its address does not do.
    pub fn mail_server(&self) -> Result<Option<Carrier>, ConfigError> {
        let url = self.mail.smtp_url.as_ref();
        url.map(|url| Carrier::smtp(url.expose_secret()).map_err(ConfigError::Smtp))
            .transpose()
    }

    /// Who sends text messages, when anybody does.
    ///
    /// # Errors
    /// [`ConfigError::Gateway`] when its address or its secret does not do.
    pub fn gateway(&self) -> Result<Option<Gateway>, ConfigError> {
        let url = self.sms.webhook_url.as_ref();
        let gateway = url.map(|url| Gateway::new(url.expose_secret(), self.sms.webhook_secret.as_ref()));
        Ok(gateway.transpose()?)
    }

    /// The storage for files, when it is not the data folder.
    ///
    /// # Errors
    /// [`ConfigError::Storage`] when there is no such storage; whether it answers is not tried.
    pub fn remote_files(&self) -> Result<Option<Files>, ConfigError> {
        Ok(self.storage_url.as_deref().map(Files::at).transpose()?)
    }

    /// The proxies whose word is believed.
    ///
    /// # Errors
    /// [`ConfigError::Proxies`] for text that is no network.
    pub fn proxies(&self) -> Result<Proxies, ConfigError> {
        let networks = self.trusted_proxies.iter().map(|text| text.parse());
        Ok(Proxies(networks.collect::<Result<_, _>>()?))
    }

    /// The languages people can choose.
    ///
    /// # Errors
    /// [`ConfigError`] for a tag that is no language of ours, or when there is none.
    pub fn languages(&self) -> Result<Languages, ConfigError> {
        let known = |tag: &String| Language::of_tag(tag).ok_or_else(|| ConfigError::NoSuchLanguage(tag.clone()));
        let offered = self.languages.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        if offered.is_empty() {
            return Err(ConfigError::NoLanguage);
        }
        Ok(Languages::new(offered, self.cookies()))
    }

    /// What to see to when a proxy in front is not named: all of its visitors would count as one address.
    pub(super) fn proxy_warning(&self) -> Option<String> {
        let behind_proxy = self.is_secure() && self.listen.ip().is_loopback() && self.trusted_proxies.is_empty();
        behind_proxy.then(|| {
            "trusted_proxies names no proxy, and this machine alone can connect: all visitors count as one address, also for limits on \
             connections and files"
                .to_owned()
        })
    }

    /// Whether people reach the portal by https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The names of the cookies that go with that.
    #[must_use]
    pub fn cookies(&self) -> CookieNames {
        if self.is_secure() {
            CookieNames::SECURE
        } else {
            CookieNames::LOOPBACK
        }
    }
}

/// The environment variables that name something in [`Config`]. Others with our prefix belong to tests and tools.
fn environment() -> Env {
    let known = serde_json::to_value(Config::default()).unwrap_or_default();
    let known: Vec<String> = known.as_object().into_iter().flat_map(|fields| fields.keys().cloned()).collect();
    Env::prefixed(ENVIRONMENT).split("__").filter(move |key| {
        let first = key.as_str().split('.').next().unwrap_or_default().to_ascii_lowercase();
        first == "database_url" || known.contains(&first)
    })
}

/// The scheme and the host of an origin: `http` or `https`, no path.
fn origin(url: &str) -> Option<(&str, &str)> {
    let (scheme, authority) = url.split_once("://")?;
    let uri: axum::http::Uri = url.parse().ok()?;
    let bare = !authority.is_empty() && !authority.contains(['/', '?', '#', '@']);
    (["http", "https"].contains(&scheme) && bare && uri.host().is_some_and(|h| !h.is_empty())).then_some((scheme, authority))
}

/// Whether this is the address of a page that anybody can open: by https, but for one on this machine.
fn is_page(url: &str) -> bool {
    let uri: Option<axum::http::Uri> = url.parse().ok();
    let scheme_and_place = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?.as_str())));
    scheme_and_place.is_some_and(|(scheme, place)| scheme == "https" || (scheme == "http" && is_this_machine(place)))
}

fn is_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|a| a.is_loopback())
}

#[cfg(test)]
mod tests;
