//! Sandboxed processes for work on bytes that may be hostile.
//!
//! A crafted picture or document attacks its decoder. So decoders run in a child process of this program, started by a hidden
//! command. It first gives up files, connections, child processes, priority, and memory and CPU time beyond a limit. Questions
//! that a resident waits for and background previews have a queue each ([`queue`]): crafted files in one do not delay the other.

pub(crate) mod queue;

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use queue::{QueueLimits, TaskQueue};

/// Limits of the queue for questions. A resident waits for the answer, which takes a few hundredths of a second for an honest
/// file. So a task that cannot start soon is refused.
const QUESTIONS: QueueLimits = QueueLimits {
    at_once: 2,
    inside: 12,
    inside_per_asker: 2,
    patience: Duration::from_millis(250),
};

/// Limits of the queue for previews. They run one at a time, because each may use its full memory and no one waits for it.
const PREVIEWS: QueueLimits = QueueLimits {
    at_once: 1,
    inside: 64,
    inside_per_asker: 64,
    patience: Duration::from_mins(5),
};

/// Output of `onrecord fence` where the kernel has Landlock.
pub(crate) const FENCED: &str = "fenced";

/// The work that a sandboxed process does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Draws a JPEG preview of a picture. `upright`: the picture is rotated already, whatever its orientation tag says.
    Preview { upright: bool },
    /// Answers in one word whether a PDF opens, and without a password.
    Pdf,
    /// Decodes a HEIF picture in `folder` with `program`, into a file beside it.
    Heif { program: PathBuf, folder: PathBuf },
    /// Answers in one word whether the kernel keeps such a process from files and connections. Reads nothing.
    Fence,
}

/// Why a task has no result.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The process could not be started, or its output not be read.
    #[error("the process cannot be run: {0}")]
    Process(#[from] std::io::Error),
    /// Too many tasks wait in the queue, in total or for one asker. The process was not started.
    #[error("the queue for sandboxed processes is full")]
    Full,
    #[error("the process took too long")]
    TooLong,
    /// The process failed, or was killed for exceeding a limit.
    #[error("the process failed: {status}")]
    Failed { status: String },
    #[error("the process wrote more output than allowed")]
    TooMuch,
}

/// Runs tasks in sandboxed processes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sandbox {
    program: Arc<Path>,
    questions: TaskQueue,
    previews: TaskQueue,
}

impl Sandbox {
    /// `program` is the executable to start. It has to be `onrecord`.
    pub fn new(program: &Path) -> Self {
        Self {
            program: program.into(),
            questions: TaskQueue::new(QUESTIONS),
            previews: TaskQueue::new(PREVIEWS),
        }
    }

    /// Runs a task with `input` as standard input and returns its output, at most `longest` bytes. On error the process is
    /// killed.
    pub async fn run(&self, task: &Task, input: File, longest: u64) -> Result<Vec<u8>, SandboxError> {
        self.run_for(&[], task, input, longest).await
    }

    /// As [`Self::run`], on behalf of one asker, such as a client's network.
    ///
    /// An asker with many tasks does not fill the queue for others. An empty `asker` is the server itself, which has no limit of
    /// its own.
    pub async fn run_for(&self, asker: &[u8], task: &Task, input: File, longest: u64) -> Result<Vec<u8>, SandboxError> {
        let lane = match task {
            Task::Pdf | Task::Fence => &self.questions,
            Task::Preview { .. } | Task::Heif { .. } => &self.previews,
        };
        let _turn = lane.enter(asker).await.ok_or(SandboxError::Full)?;
        let mut process = Command::new(&*self.program)
            .args(task.arguments())
            .env_clear()
            // The allocator reserves a gigabyte of addresses at once otherwise, which the limit of the process counts.
            .env("MIMALLOC_DISALLOW_ARENA_ALLOC", "1")
            .current_dir("/")
            .stdin(Stdio::from(input))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let Some(stdout) = process.stdout.take() else {
            return Err(std::io::Error::other("the process has no standard output").into());
        };
        let work = async {
            let mut answer = Vec::new();
            stdout.take(longest + 1).read_to_end(&mut answer).await?;
            if answer.len() as u64 > longest {
                return Err(SandboxError::TooMuch);
            }
            let status = process.wait().await?;
            if status.success() {
                Ok(answer)
            } else {
                Err(SandboxError::Failed {
                    status: status.to_string(),
                })
            }
        };
        let done = tokio::time::timeout(task.wall(), work).await.unwrap_or(Err(SandboxError::TooLong));
        if done.is_err() {
            // The process may have ended already.
            let _ = process.kill().await;
        }
        done
    }

    /// Returns a warning if sandboxed processes do not work, or are not restricted, on this machine.
    pub async fn warning(&self) -> Option<String> {
        let nothing = match File::open("/dev/null") {
            Ok(nothing) => nothing,
            Err(error) => return Some(format!("sandboxed processes cannot be started: {error}")),
        };
        match self.run(&Task::Fence, nothing, 64).await {
            Ok(answer) if answer == FENCED.as_bytes() => None,
            Ok(_) => Some(
                "the kernel has no Landlock: sandboxed processes are limited in memory and time, but not in their access to files"
                    .to_owned(),
            ),
            Err(error) => Some(format!("sandboxed processes cannot be started: {error}")),
        }
    }
}

impl Task {
    /// The arguments that start this program for the task.
    fn arguments(&self) -> Vec<OsString> {
        match self {
            Self::Preview { upright: false } => vec!["preview".into()],
            Self::Preview { upright: true } => vec!["preview".into(), "--upright".into()],
            Self::Pdf => vec!["pdf".into()],
            Self::Heif { program, folder } => vec!["decode-heif".into(), program.into(), folder.into()],
            Self::Fence => vec!["fence".into()],
        }
    }

    /// Maximum wall-clock time. It exceeds the CPU time limit, because a low-priority process waits on a busy machine.
    const fn wall(&self) -> Duration {
        match self {
            Self::Pdf | Self::Fence => Duration::from_secs(10),
            Self::Preview { .. } | Self::Heif { .. } => Duration::from_mins(5),
        }
    }
}
