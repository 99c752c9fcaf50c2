//! Hidden commands that the server runs in sandboxed processes of its own.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use evidence::sandboxed_process;

#[derive(Subcommand)]
pub enum Sandboxed {
    /// Draw a preview of the picture on standard input
    #[command(hide = true)]
    Preview {
        /// The picture is upright already
        #[arg(long)]
        upright: bool,
    },
    /// Report whether the PDF on standard input needs a password
    #[command(hide = true)]
    Pdf,
    /// Report whether the kernel denies a sandboxed process access to files
    #[command(hide = true)]
    Fence,
    /// Become the program that decodes in.heic in the folder
    #[command(hide = true)]
    DecodeHeif { program: PathBuf, folder: PathBuf },
}

/// Runs the task with limits on memory and time, without access to files or network.
pub fn run(task: Sandboxed) -> Result<ExitCode> {
    Ok(match task {
        Sandboxed::Preview { upright } => sandboxed_process::preview(upright)?,
        Sandboxed::Pdf => sandboxed_process::pdf()?,
        Sandboxed::Fence => sandboxed_process::fence()?,
        Sandboxed::DecodeHeif { program, folder } => sandboxed_process::decode_heif(&program, &folder)?,
    })
}
