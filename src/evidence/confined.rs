//! Work on bytes that may be hostile, in a process of its own.
//!
//! Decoders are where a prepared picture or document does harm. So they run in another process, started from this very program
//! by a hidden command, which first gives up what it does not need: memory and processor time beyond a limit, its priority, every
//! file, every connection, every further process. It reads standard input and writes standard output. What goes wrong in it, or
//! takes too long, is one preview or one answer less.
//!
//! Questions about a file that a resident waits for and previews that are made in the background have a lane each ([`lane`]):
//! prepared files in one do not hold up the other.

pub mod inside;
mod lane;

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use lane::{Lane, Width};

/// The lane of questions. A resident waits for the answer, and an honest file has it in a few hundredths of a second: a turn that does
/// not come soon does not come.
const QUESTIONS: Width = Width {
    at_once: 2,
    inside: 12,
    inside_per_asker: 2,
    patience: Duration::from_millis(250),
};

/// The lane of previews. One at a time, because each may take its full memory and no one waits for it.
const PREVIEWS: Width = Width {
    at_once: 1,
    inside: 64,
    inside_per_asker: 64,
    patience: Duration::from_mins(5),
};

/// The work that is done there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A picture in, a JPEG preview out. `upright`: it was turned already, whatever it says of itself.
    Preview { upright: bool },
    /// A PDF in, one word out: whether it opens, and without a password.
    Pdf,
    /// A HEIF picture, named by its path, decoded by another program into a file beside it.
    Heif { program: PathBuf, folder: PathBuf },
    /// Nothing in, one word out: whether the kernel keeps such a process from files and connections.
    Fence,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum ConfinedError {
    /// The process cannot be started or spoken with.
    #[error("the process cannot be run: {0}")]
    Process(#[from] std::io::Error),
    /// Too many tasks wait in the lane, or too many of the same asker. The process was not started.
    #[error("the lane is full")]
    Full,
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
    questions: Lane,
    previews: Lane,
}

impl Confined {
    /// Processes of this program, which has to be `onrecord`.
    #[must_use]
    pub fn new(program: &Path) -> Self {
        Self {
            program: program.into(),
            questions: Lane::new(QUESTIONS),
            previews: Lane::new(PREVIEWS),
        }
    }

    /// Does a task with a file as its input; at most `longest` bytes of answer.
    ///
    /// # Errors
    /// [`ConfinedError`]. The process is gone in each case.
    pub async fn run(&self, task: &Task, input: File, longest: u64) -> Result<Vec<u8>, ConfinedError> {
        self.run_for(&[], task, input, longest).await
    }

    /// Does a task for one asker, such as a client's network: an asker with many tasks does not fill the lane for others. An empty
    /// `asker` is the server itself, which has no limit of its own.
    ///
    /// # Errors
    /// [`ConfinedError`]. The process is gone in each case.
    pub async fn run_for(&self, asker: &[u8], task: &Task, input: File, longest: u64) -> Result<Vec<u8>, ConfinedError> {
        let lane = match task {
            Task::Pdf | Task::Fence => &self.questions,
            Task::Preview { .. } | Task::Heif { .. } => &self.previews,
        };
        let _turn = lane.enter(asker).await.ok_or(ConfinedError::Full)?;
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
        let done = tokio::time::timeout(task.wall(), work).await.unwrap_or(Err(ConfinedError::TooLong));
        if done.is_err() {
            // Already gone is fine.
            let _ = process.kill().await;
        }
        done
    }

    /// Says what is missing around such processes on this machine; `None` when nothing is.
    pub async fn warning(&self) -> Option<String> {
        let nothing = match File::open("/dev/null") {
            Ok(nothing) => nothing,
            Err(error) => return Some(format!("processes that look into files cannot be started: {error}")),
        };
        match self.run(&Task::Fence, nothing, 64).await {
            Ok(answer) if answer == inside::FENCED.as_bytes() => None,
            Ok(_) => Some(
                "the kernel has no Landlock: processes that look into files have limits on memory and time, and no fence around files"
                    .to_owned(),
            ),
            Err(error) => Some(format!("processes that look into files cannot be started: {error}")),
        }
    }
}

impl Task {
    /// How the program is called for it.
    fn arguments(&self) -> Vec<OsString> {
        match self {
            Self::Preview { upright: false } => vec!["preview".into()],
            Self::Preview { upright: true } => vec!["preview".into(), "--upright".into()],
            Self::Pdf => vec!["pdf".into()],
            Self::Heif { program, folder } => vec!["decode-heif".into(), program.into(), folder.into()],
            Self::Fence => vec!["fence".into()],
        }
    }

    /// How long the process may take on a clock. More than its processor time: a busy machine lets it wait, at its low priority.
    const fn wall(&self) -> Duration {
        match self {
            Self::Pdf | Self::Fence => Duration::from_secs(10),
            Self::Preview { .. } | Self::Heif { .. } => Duration::from_mins(5),
        }
    }
}
