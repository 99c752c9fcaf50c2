//! How mail leaves: by SMTP, or into a folder where nobody has set up a mail server yet.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::transport::smtp::{Error as SmtpError, extension::ClientId};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use uuid::Uuid;

use crate::record::store::private_folder;

/// How long a mail server may take over each of its answers.
const ANSWER: Duration = Duration::from_secs(30);

/// How long a delivery may take as a whole.
pub(super) const DELIVERY: Duration = Duration::from_mins(2);

/// A way out.
#[derive(Clone, Debug)]
pub enum Carrier {
    /// A mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// A folder of `.eml` files, for whoever tries the portal out.
    Folder(PathBuf),
}

/// A way out that there is not.
#[derive(Debug, thiserror::Error)]
pub enum CarrierError {
    /// The reason is left out: it would quote the address, and with it a password.
    #[error("not an address such as smtps://user:password@mail.example.org or smtp://mail.example.org?tls=required")]
    Address,
    #[error("passwords and links would travel readable: use smtps://, or add ?tls=required")]
    NotEncrypted,
    #[error("the folder {path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
}

/// Why a message did not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotCarried {
    /// A code for the log and the record. What a mail server said may hold the address, so it is never kept.
    pub code: String,
    /// Whether trying again is of no use.
    pub for_good: bool,
}

impl Carrier {
    /// A mail server by its address: `smtps://`, `smtp://…?tls=required`, or plain `smtp://` on this machine only.
    ///
    /// `ehlo_name` is the name the server gives itself there; the host's own without it.
    ///
    /// # Errors
    /// [`CarrierError`].
    pub fn smtp(url: &str, ehlo_name: Option<&str>) -> Result<Self, CarrierError> {
        let uri: axum::http::Uri = url.parse().map_err(|_| CarrierError::Address)?;
        let host = uri.host().ok_or(CarrierError::Address)?;
        let here = host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse()
                .is_ok_and(|a: std::net::IpAddr| a.is_loopback());
        let encrypted = url.starts_with("smtps://") || uri.query().is_some_and(|q| q.split('&').any(|part| part == "tls=required"));
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| CarrierError::Address)?;
        if !here && !encrypted {
            return Err(CarrierError::NotEncrypted);
        }
        let builder = match ehlo_name {
            Some(name) => builder.hello_name(ClientId::Domain(name.to_owned())),
            None => builder,
        };
        Ok(Self::Smtp(builder.timeout(Some(ANSWER)).build()))
    }

    /// Tries whether a mail server greets, encrypts and lets us in. A folder needs no trying.
    ///
    /// # Errors
    /// What went wrong, as a code: a mail server's own words may quote a name.
    pub async fn try_out(&self) -> Result<(), String> {
        let Self::Smtp(server) = self else { return Ok(()) };
        match tokio::time::timeout(ANSWER, server.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("it does not answer".to_owned()),
            Ok(Err(e)) => Err(refused(&e, true).code),
            Err(_) => Err("timeout".to_owned()),
        }
    }

    /// A folder, made when it is not there.
    ///
    /// # Errors
    /// [`CarrierError::Folder`] when it cannot be made.
    pub fn folder(path: &Path) -> Result<Self, CarrierError> {
        private_folder(path).map_err(|source| CarrierError::Folder {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self::Folder(path.to_owned()))
    }

    pub(super) async fn carry(&self, id: Uuid, message: Message) -> Result<(), NotCarried> {
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
                    written.map_err(|_| later("stopped"))?.map_err(|_| later("file"))
                }
            }
        });
        carried.await.unwrap_or_else(|_| Err(later("timeout")))
    }
}

fn later(code: &str) -> NotCarried {
    NotCarried {
        code: code.to_owned(),
        for_good: false,
    }
}

/// A whole file or none, for its owner only. The same message again takes the place of the first.
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

/// Replies that are about this mailbox or this message, and will be the same tomorrow (RFC 5321, 4.2.3). Others that are called
/// permanent, such as a refused password, somebody can put right.
const ABOUT_THE_MESSAGE: [&str; 5] = ["550", "551", "553", "554", "556"];

/// The code of an address with letters beyond ASCII before the `@`, for which the mail server has no way (RFC 6531).
const NO_SMTPUTF8: &str = "smtputf8";

fn refused(e: &SmtpError, to_ascii: bool) -> NotCarried {
    // Nothing was sent: the server does not offer what the address needs, and will not tomorrow.
    if e.is_client() && !to_ascii {
        return NotCarried {
            code: NO_SMTPUTF8.to_owned(),
            for_good: true,
        };
    }
    if let Some(status) = e.status() {
        let status = status.to_string();
        return NotCarried {
            for_good: ABOUT_THE_MESSAGE.contains(&status.as_str()),
            code: format!("smtp_{status}"),
        };
    }
    later(if e.is_timeout() {
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
            assert!(matches!(Carrier::smtp(good, None), Ok(Carrier::Smtp(_))), "{good}");
        }
        for open in [
            "smtp://mail.example.org",
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://192.0.2.1",
        ] {
            assert!(matches!(Carrier::smtp(open, None), Err(CarrierError::NotEncrypted)), "{open}");
        }
        for wrong in ["", "mail.example.org", "http://mail.example.org", "smtp://"] {
            assert!(matches!(Carrier::smtp(wrong, None), Err(CarrierError::Address)), "{wrong}");
        }
    }
}
