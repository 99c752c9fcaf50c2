//! Work on bytes that may be hostile, in a process of its own.
//!
//! Decoders are where a prepared picture or document does harm. So they run in another process, started from this very program
//! by a hidden command, which first gives up what it does not need: memory and processor time beyond a limit, every file,
//! every connection, every further process. It reads standard input and writes standard output. What goes wrong in it, or takes
//! too long, is one preview less.

pub mod inside;

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// How long a process may take on a clock, whatever it does meanwhile.
const WALL: Duration = Duration::from_mins(1);

/// How many run at once: each may take its full memory.
const AT_ONCE: usize = 2;

/// The work that is done there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A picture in, a JPEG preview out. `upright`: it was turned already, whatever it says of itself.
    Preview { upright: bool },
    /// A PDF in, one word out: whether it needs a password.
    PdfPassword,
    /// A HEIF picture, named by its path, decoded by another program into a file beside it.
    Heif { program: PathBuf, folder: PathBuf },
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum ConfinedError {
    /// The process cannot be started or spoken with.
    #[error("the process cannot be run: {0}")]
    Process(#[from] std::io::Error),
    #[error("the process took too long")]
    TooLong,
    /// It gave up, or was ended for asking more than it may have.
    #[error("the process failed: {status}")]
    Failed { status: String },
    /// It wrote more than it should.
    #[error("the process wrote too much")]
    TooMuch,
}

/// Starts such processes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Confined {
    program: Arc<Path>,
    running: Arc<Semaphore>,
}

impl Confined {
    /// Processes of this program, which has to be `onrecord`.
    #[must_use]
    pub fn new(program: &Path) -> Self {
        Self {
            program: program.into(),
            running: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Does a task with a file as its input; at most `longest` bytes of answer.
    ///
    /// # Errors
    /// [`ConfinedError`]. The process is gone in each case.
    pub async fn run(&self, task: &Task, input: File, longest: u64) -> Result<Vec<u8>, ConfinedError> {
        let Ok(_turn) = self.running.acquire().await else {
            return Err(std::io::Error::other("closed").into());
        };
        let mut process = Command::new(&*self.program)
            .args(task.arguments())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(input))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let Some(stdout) = process.stdout.take() else {
            return Err(std::io::Error::other("no output").into());
        };
        let work = async {
            let mut answer = Vec::new();
            stdout.take(longest + 1).read_to_end(&mut answer).await?;
            if answer.len() as u64 > longest {
                return Err(ConfinedError::TooMuch);
            }
            let status = process.wait().await?;
            if status.success() {
                Ok(answer)
            } else {
                Err(ConfinedError::Failed {
                    status: status.to_string(),
                })
            }
        };
        let done = tokio::time::timeout(WALL, work).await.unwrap_or(Err(ConfinedError::TooLong));
        if done.is_err() {
            // Already gone is fine.
            let _ = process.kill().await;
        }
        done
    }
}

impl Task {
    /// How the program is called for it.
    fn arguments(&self) -> Vec<OsString> {
        match self {
            Self::Preview { upright: false } => vec!["preview".into()],
            Self::Preview { upright: true } => vec!["preview".into(), "--upright".into()],
            Self::PdfPassword => vec!["pdf-password".into()],
            Self::Heif { program, folder } => vec!["decode-heif".into(), program.into(), folder.into()],
        }
    }
}
