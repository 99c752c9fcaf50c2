//! A client for clamd, the daemon of `ClamAV`.
//!
//! The protocol (`man 8 clamd`): `zINSTREAM`, then pieces with their length in four bytes, then a length of zero; the answer is
//! one line. No library is used, because the answer must be read while the file is still being sent. clamd refuses a file that is
//! too large midway, and a client that only writes sees just a broken connection.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

/// How many bytes are buffered before they are sent. Storage may yield far smaller pieces.
const PIECE: usize = 64 * 1024;

/// Maximum length of an answer, in bytes.
const LONGEST_ANSWER: u64 = 4096;

/// How long to wait for the answer of a daemon that stopped reading.
const LAST_WORD: Duration = Duration::from_secs(2);

/// Prefix of the signature for a file that `ClamAV` did not scan to its end (`AlertExceedsMax`).
const NOT_TO_THE_END: &str = "Heuristics.Limits.Exceeded";

/// Prefixes of signatures that name no known virus.
///
/// They stand for heuristics, also about files with a password, and for unwanted programs ("possibly unwanted application").
const GUESSES: [&str; 4] = ["Heuristics.", "PUA.", "PUA-", "Encrypted."];

/// A clamd daemon to scan files with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clamd {
    pub address: Address,
    pub patience: Patience,
}

/// Timeouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For connecting and for asking the version.
    pub connect: Duration,
    /// For scanning one file, in total.
    pub scan: Duration,
}

/// The result of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    /// Malware was found; `signature` is its name.
    Infected {
        signature: String,
    },
    /// Something was found that may be harmless, such as a password, an odd structure or an unwanted program. A person has to
    /// decide.
    Suspected {
        signature: String,
    },
}

/// Why a scan gave no verdict. No variant says anything about the file being good or bad.
#[derive(Debug, thiserror::Error)]
pub enum ScanError<E> {
    #[error("clamd cannot be reached: {0}")]
    Unreachable(#[source] std::io::Error),
    /// The daemon closed the connection before its answer was complete.
    #[error("clamd closed the connection before its answer was complete")]
    BrokenOff,
    #[error("clamd did not answer in time")]
    TookTooLong,
    /// The file exceeds what the daemon accepts (`StreamMaxLength`) or scans (`MaxFileSize`, `MaxScanSize` and others).
    #[error("the file exceeds clamd's limits")]
    BeyondLimits,
    /// The daemon gave another answer, which this contains.
    #[error("unexpected answer from clamd: {0:?}")]
    Failed(String),
    #[error("the file could not be read: {0}")]
    Unread(#[source] E),
}

trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

impl Clamd {
    /// Returns the daemon's version, such as `ClamAV 1.4.6/27830/Tue Nov 24 09:26:32 2026`: program version, signature version
    /// and signature date. Also the quickest check that the daemon answers.
    pub async fn version(&self) -> Result<String, ScanError<std::convert::Infallible>> {
        let asking = async {
            let mut connection = self.connect().await.map_err(ScanError::Unreachable)?;
            connection.write_all(b"zVERSION\0").await.map_err(|_| ScanError::BrokenOff)?;
            let said = answer(&mut connection).await.ok_or(ScanError::BrokenOff)?;
            if said.starts_with("ClamAV") {
                Ok(said)
            } else {
                Err(ScanError::Failed(said))
            }
        };
        timeout(self.patience.connect, asking).await.unwrap_or(Err(ScanError::TookTooLong))
    }

    /// Scans a file, in constant memory.
    pub async fn scan<E>(&self, file: impl Stream<Item = Result<Bytes, E>> + Send) -> Result<Verdict, ScanError<E>> {
        let connecting = timeout(self.patience.connect, self.connect());
        let connection = connecting
            .await
            .map_err(|_| ScanError::TookTooLong)?
            .map_err(ScanError::Unreachable)?;
        timeout(self.patience.scan, show(connection, file))
            .await
            .unwrap_or(Err(ScanError::TookTooLong))
    }

    async fn connect(&self) -> std::io::Result<Box<dyn Connection>> {
        Ok(match &self.address {
            Address::Tcp(place) => Box::new(TcpStream::connect(place.as_str()).await?),
            Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
        })
    }
}

/// Sends the file and reads the answer at the same time.
async fn show<E>(connection: Box<dyn Connection>, file: impl Stream<Item = Result<Bytes, E>> + Send) -> Result<Verdict, ScanError<E>> {
    let (mut listen, speak) = tokio::io::split(connection);
    let mut answer = std::pin::pin!(answer(&mut listen));
    let said = tokio::select! {
        biased;
        // An answer before the end of the file can only be a refusal.
        said = &mut answer => return read(&said.ok_or(ScanError::BrokenOff)?, false),
        sent = send(speak, file) => match sent {
            Ok(()) => answer.await,
            Err(Unsent::File(e)) => return Err(ScanError::Unread(e)),
            Err(Unsent::Refused) => {
                let said = timeout(LAST_WORD, answer).await.ok().flatten();
                return read(&said.ok_or(ScanError::BrokenOff)?, false);
            }
        },
    };
    read(&said.ok_or(ScanError::BrokenOff)?, true)
}

/// Why a file was not sent completely.
enum Unsent<E> {
    /// The file could not be read.
    File(E),
    /// The daemon stopped reading.
    Refused,
}

async fn send<E>(speak: impl AsyncWrite + Unpin, file: impl Stream<Item = Result<Bytes, E>>) -> Result<(), Unsent<E>> {
    let refused = |_| Unsent::Refused;
    let mut speak = BufWriter::with_capacity(PIECE + 4, speak);
    let mut file = std::pin::pin!(file);
    speak.write_all(b"zINSTREAM\0").await.map_err(refused)?;
    while let Some(bytes) = file.next().await {
        for piece in bytes.map_err(Unsent::File)?.chunks(PIECE) {
            // A piece is never empty: an empty one would end the file.
            let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            speak.write_all(&length.to_be_bytes()).await.map_err(refused)?;
            speak.write_all(piece).await.map_err(refused)?;
        }
    }
    speak.write_all(&[0; 4]).await.map_err(refused)?;
    speak.flush().await.map_err(refused)
}

/// Reads one answer, up to its zero byte. Returns `None` if the connection ends earlier: half an answer is not an answer.
async fn answer(listen: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut said = Vec::new();
    let mut listen = listen.take(LONGEST_ANSWER);
    loop {
        match listen.read_u8().await {
            Ok(0) => return Some(String::from_utf8_lossy(&said).trim().to_owned()),
            Ok(byte) => said.push(byte),
            Err(_) => return None,
        }
    }
}

/// Interprets an answer. A file can only be clean if it was sent completely (`whole`).
fn read<E>(said: &str, whole: bool) -> Result<Verdict, ScanError<E>> {
    let about_file = said.strip_prefix("stream: ");
    if let Some(signature) = about_file.and_then(|rest| rest.strip_suffix(" FOUND")) {
        if signature.starts_with(NOT_TO_THE_END) {
            return Err(ScanError::BeyondLimits);
        }
        let signature = signature.to_owned();
        return Ok(if GUESSES.iter().any(|guess| signature.starts_with(guess)) {
            Verdict::Suspected { signature }
        } else {
            Verdict::Infected { signature }
        });
    }
    if about_file == Some("OK") && whole {
        return Ok(Verdict::Clean);
    }
    if said.starts_with("INSTREAM size limit exceeded") {
        return Err(ScanError::BeyondLimits);
    }
    Err(ScanError::Failed(said.to_owned()))
}

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

#[cfg(test)]
mod tests;
