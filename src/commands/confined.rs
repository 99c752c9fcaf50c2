//! What the server starts in processes of their own. Not meant for people.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use onrecord::evidence::confined::inside;

#[derive(Subcommand)]
pub enum Confined {
    /// Draw the preview of a picture on standard input
    #[command(hide = true)]
    Preview {
        /// It is upright already
        #[arg(long)]
        upright: bool,
    },
    /// Tell whether a PDF on standard input needs a password
    #[command(hide = true)]
    Pdf,
    /// Tell whether the kernel keeps such a process from files
    #[command(hide = true)]
    Fence,
    /// Become a program that decodes in.heic in a folder
    #[command(hide = true)]
    DecodeHeif { program: PathBuf, folder: PathBuf },
}

/// Does the task with little memory and time, no files and no network.
pub fn run(task: Confined) -> Result<ExitCode> {
    Ok(match task {
        Confined::Preview { upright } => inside::preview(upright)?,
        Confined::Pdf => inside::pdf()?,
        Confined::Fence => inside::fence()?,
        Confined::DecodeHeif { program, folder } => inside::decode_heif(&program, &folder)?,
    })
}
