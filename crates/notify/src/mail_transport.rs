//! Mail transports: an SMTP server, or a folder while no mail server is configured.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::transport::smtp::{Error as SmtpError, extension::ClientId};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use uuid::Uuid;

use record::store::private_folder;

/// The longest time for one reply of a mail server.
const ANSWER: Duration = Duration::from_secs(30);

/// The longest time for a whole delivery.
pub(crate) const DELIVERY: Duration = Duration::from_mins(2);

/// A mail transport.
#[derive(Clone, Debug)]
pub enum MailTransport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// A folder of `.eml` files, for trying out the portal.
    Folder(PathBuf),
}

#[derive(Debug, thiserror::Error)]
pub enum MailTransportError {
    /// The message leaves the reason out: it would quote the address, and with it a password.
    #[error("not an address such as smtps://user:password@mail.example.org or smtp://mail.example.org?tls=required")]
    Address,
    #[error("passwords and links would cross the network unencrypted: use smtps://, or add ?tls=required")]
    NotEncrypted,
    #[error("the folder {path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
}

/// A failed delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeliveryError {
    /// A code for the log and the record. A mail server's reply may contain the address, so it is never stored.
    pub code: String,
    /// Whether another attempt would fail too.
    pub is_permanent: bool,
}

impl MailTransport {
    /// Returns an SMTP transport: `smtps://`, `smtp://…?tls=required`, or plain `smtp://` to this machine only.
    ///
    /// `ehlo_name` is the name in the EHLO greeting; the default is the host's own name.
    ///
    /// # Errors
    /// - [`MailTransportError::Address`] if `url` is no such address.
    /// - [`MailTransportError::NotEncrypted`] if mail would cross a network unencrypted.
    pub fn smtp(url: &str, ehlo_name: Option<&str>) -> Result<Self, MailTransportError> {
        let uri: http::Uri = url.parse().map_err(|_| MailTransportError::Address)?;
        let host = uri.host().ok_or(MailTransportError::Address)?;
        let here = host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse()
                .is_ok_and(|a: std::net::IpAddr| a.is_loopback());
        let encrypted = url.starts_with("smtps://") || uri.query().is_some_and(|q| q.split('&').any(|part| part == "tls=required"));
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailTransportError::Address)?;
        if !here && !encrypted {
            return Err(MailTransportError::NotEncrypted);
        }
        let builder = match ehlo_name {
            Some(name) => builder.hello_name(ClientId::Domain(name.to_owned())),
            None => builder,
        };
        Ok(Self::Smtp(builder.timeout(Some(ANSWER)).build()))
    }

    /// Checks that the mail server greets, encrypts and accepts the login. Does nothing for a folder.
    ///
    /// # Errors
    /// A code for the failure; a mail server's own words may quote a name.
    pub async fn check_connection(&self) -> Result<(), String> {
        let Self::Smtp(server) = self else { return Ok(()) };
        match tokio::time::timeout(ANSWER, server.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("no answer".to_owned()),
            Ok(Err(e)) => Err(refused(&e, true).code),
            Err(_) => Err("timeout".to_owned()),
        }
    }

    /// Returns a folder transport, and creates the folder if it does not exist.
    pub fn folder(path: &Path) -> Result<Self, MailTransportError> {
        private_folder(path).map_err(|source| MailTransportError::Folder {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self::Folder(path.to_owned()))
    }

    pub(crate) async fn send(&self, id: Uuid, message: Message) -> Result<(), DeliveryError> {
        let carried = tokio::time::timeout(DELIVERY, async {
            match self {
                Self::Smtp(server) => {
                    let in_ascii = message.envelope().to().iter().all(|to| to.to_string().is_ascii());
                    server.send(message).await.map(|_| ()).map_err(|e| refused(&e, in_ascii))
                }
                Self::Folder(folder) => {
                    let folder = folder.clone();
                    let bytes = message.formatted();
                    let written = tokio::task::spawn_blocking(move || write(&folder, id, &bytes)).await;
                    written
                        .map_err(|_| temporary_failure("stopped"))?
                        .map_err(|_| temporary_failure("file"))
                }
            }
        });
        carried.await.unwrap_or_else(|_| Err(temporary_failure("timeout")))
    }
}

fn temporary_failure(code: &str) -> DeliveryError {
    DeliveryError {
        code: code.to_owned(),
        is_permanent: false,
    }
}

/// Writes a message to a file atomically, readable by its owner only. A repeated message replaces the first.
fn write(folder: &Path, id: Uuid, bytes: &[u8]) -> std::io::Result<()> {
    let draft = folder.join(format!(".{id}.new"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, folder.join(format!("{id}.eml")))
}

/// SMTP reply codes that concern this mailbox or message and will not change (RFC 5321, 4.2.3).
///
/// Other permanent replies, such as a refused password, can be corrected by an operator, so delivery is retried.
const ABOUT_THE_MESSAGE: [&str; 5] = ["550", "551", "553", "554", "556"];

/// The code for an address with non-ASCII letters before the `@` when the mail server lacks SMTPUTF8 (RFC 6531).
const NO_SMTPUTF8: &str = "smtputf8";

fn refused(e: &SmtpError, to_ascii: bool) -> DeliveryError {
    // Nothing was sent: the server does not support what the address needs, and will not tomorrow.
    if e.is_client() && !to_ascii {
        return DeliveryError {
            code: NO_SMTPUTF8.to_owned(),
            is_permanent: true,
        };
    }
    if let Some(status) = e.status() {
        let status = status.to_string();
        return DeliveryError {
            is_permanent: ABOUT_THE_MESSAGE.contains(&status.as_str()),
            code: format!("smtp_{status}"),
        };
    }
    temporary_failure(if e.is_timeout() {
        "timeout"
    } else if e.is_tls() {
        "tls"
    } else {
        "connection"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_travels_readable_over_a_network() {
        for good in [
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://[::1]:25",
            "smtps://name:pass@mail.example.org",
            "smtp://name:p%40ss@mail.example.org:587?tls=required",
        ] {
            assert!(matches!(MailTransport::smtp(good, None), Ok(MailTransport::Smtp(_))), "{good}");
        }
        for open in [
            "smtp://mail.example.org",
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://192.0.2.1",
        ] {
            assert!(
                matches!(MailTransport::smtp(open, None), Err(MailTransportError::NotEncrypted)),
                "{open}"
            );
        }
        for wrong in ["", "mail.example.org", "http://mail.example.org", "smtp://"] {
            assert!(
                matches!(MailTransport::smtp(wrong, None), Err(MailTransportError::Address)),
                "{wrong}"
            );
        }
    }
}
