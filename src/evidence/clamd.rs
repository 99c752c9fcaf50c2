//! Asking clamd, `ClamAV`'s daemon, whether there is anything bad in a file.
//!
//! The protocol is small (`man 8 clamd`): `zINSTREAM`, then pieces with their length in four bytes, then a length of zero;
//! the answer is one line. It is spoken here rather than by a library because the answer has to be read while the file is
//! still being sent: a file that is too large is refused in the middle, and whoever only writes sees a broken connection.

mod address;

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

pub use address::{Address, NotAnAddress};

/// How much of the file is gathered before it goes out, in bytes. Storage may give it in far smaller pieces.
const PIECE: usize = 64 * 1024;

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 4096;

/// How long a daemon that stopped listening is given to say why.
const LAST_WORD: Duration = Duration::from_secs(2);

/// How `ClamAV` calls a file that it did not look at to its end (`AlertExceedsMax`).
const NOT_TO_THE_END: &str = "Heuristics.Limits.Exceeded";

/// What `ClamAV` calls what is no known virus: its rules of thumb, also about files with a password, and programs that people may not
/// want ("possibly unwanted application").
const GUESSES: [&str; 4] = ["Heuristics.", "PUA.", "PUA-", "Encrypted."];

/// A daemon that files can be shown to. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clamd {
    pub address: Address,
    pub patience: Patience,
}

/// How long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// To be reached, and to say which version it is.
    pub connect: Duration,
    /// For one file, all in all.
    pub scan: Duration,
}

/// What the daemon found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Clean,
    /// Something, and what it calls it.
    Infected { signature: String },
    /// Something that may be harmless, such as a password, an odd structure or an unwanted program. It is no verdict: a person decides.
    Suspected { signature: String },
}

/// Why a file has no verdict. None of these says anything about the file being good or bad.
#[derive(Debug, thiserror::Error)]
pub enum ScanError<E> {
    /// Nobody answers there.
    #[error("clamd cannot be reached: {0}")]
    Unreachable(#[source] std::io::Error),
    /// It went away in the middle.
    #[error("clamd broke off")]
    BrokenOff,
    /// It took longer than [`Patience`] has.
    #[error("clamd took too long")]
    TookTooLong,
    /// The file is larger than the daemon takes (`StreamMaxLength`) or looks at (`MaxFileSize`, `MaxScanSize`, and the rest).
    #[error("the file is beyond clamd's limits")]
    BeyondLimits,
    /// It said something else. Its own words.
    #[error("clamd said {0:?}")]
    Failed(String),
    /// The file could not be read.
    #[error("the file could not be read: {0}")]
    Unread(#[source] E),
}

trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

impl Clamd {
    /// What it says it is, such as `ClamAV 1.4.6/27830/Tue Nov 24 09:26:32 2026`: its own version, that of its signatures and
    /// when those were made. Also the quickest way to know that it is there.
    ///
    /// # Errors
    /// [`ScanError::Unreachable`], [`ScanError::TookTooLong`] or [`ScanError::BrokenOff`].
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

    /// Shows it a file, in constant memory.
    ///
    /// # Errors
    /// [`ScanError`]; then nothing is known about the file.
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

/// Sends the file and listens at the same time.
async fn show<E>(connection: Box<dyn Connection>, file: impl Stream<Item = Result<Bytes, E>> + Send) -> Result<Verdict, ScanError<E>> {
    let (mut listen, speak) = tokio::io::split(connection);
    let mut answer = std::pin::pin!(answer(&mut listen));
    let said = tokio::select! {
        biased;
        // Before the end of the file it can only be a refusal.
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

/// Why a file was not sent to its end.
enum Unsent<E> {
    /// It could not be read.
    File(E),
    /// The daemon did not take it.
    Refused,
}

async fn send<E>(speak: impl AsyncWrite + Unpin, file: impl Stream<Item = Result<Bytes, E>>) -> Result<(), Unsent<E>> {
    let refused = |_| Unsent::Refused;
    let mut speak = BufWriter::with_capacity(PIECE + 4, speak);
    let mut file = std::pin::pin!(file);
    speak.write_all(b"zINSTREAM\0").await.map_err(refused)?;
    while let Some(bytes) = file.next().await {
        for piece in bytes.map_err(Unsent::File)?.chunks(PIECE) {
            // A piece is never empty, which would end the file.
            let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            speak.write_all(&length.to_be_bytes()).await.map_err(refused)?;
            speak.write_all(piece).await.map_err(refused)?;
        }
    }
    speak.write_all(&[0; 4]).await.map_err(refused)?;
    speak.flush().await.map_err(refused)
}

/// One answer, up to its zero byte. `None` when the connection ends before that: half an answer is none.
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

/// What an answer means. Only a whole file can have a verdict.
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

#[cfg(test)]
mod tests;
