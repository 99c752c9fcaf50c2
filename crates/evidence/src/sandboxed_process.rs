//! The code that runs inside a sandboxed process, once the process has given up what it does not need.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus,
};
use rlimit::{Resource, setrlimit};

use crate::inspect::{BROKEN, OPEN, PROTECTED, without_lines_before};
use crate::preview::draw;
use crate::sandbox::FENCED;

/// Address space limit, in bytes: a photo of 100 megapixels, twice.
const MEMORY: u64 = 1 << 30;

/// CPU time limit, in seconds. An honest file takes a fraction of one.
const SECONDS: u64 = 3;

/// Nice values, so that the server's own threads go first. A resident waits for an answer, but no one waits for a preview.
const BEHIND_FOR_ANSWER: i32 = 10;
const BEHIND_FOR_PREVIEW: i32 = 19;

/// How much of the input is read, in bytes.
const INPUT: u64 = 256 * 1024 * 1024;

/// Maximum size of a decoded HEIF picture on disk, in bytes.
const DECODED: u64 = 128 * 1024 * 1024;

/// Why the process failed. Only a developer who starts the command by hand sees this.
#[derive(Debug, thiserror::Error)]
pub enum InsideError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the process cannot be sandboxed: {0}")]
    Confine(#[from] RulesetError),
    #[error("the picture cannot be decoded: {0}")]
    Picture(#[from] image::ImageError),
}

/// Output of [`fence`] elsewhere.
const OPEN_FIELD: &str = "not fenced";

/// Runs `onrecord preview`: reads a picture from standard input and writes its preview to standard output.
pub fn preview(upright: bool) -> Result<ExitCode, InsideError> {
    confine(BEHIND_FOR_PREVIEW)?;
    let preview = draw::draw(&input()?, upright)?;
    std::io::stdout().write_all(&preview)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `onrecord pdf`: reads a PDF from standard input and writes [`OPEN`], [`PROTECTED`] or [`BROKEN`] to standard output.
pub fn pdf() -> Result<ExitCode, InsideError> {
    use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
    confine(BEHIND_FOR_ANSWER)?;
    let answer = match Pdf::new(without_lines_before(input()?)) {
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => PROTECTED,
        // An encryption that this parser does not know; other readers may.
        Err(LoadPdfError::Decryption(_)) => OPEN,
        Ok(pdf) if !pdf.pages().is_empty() => OPEN,
        Ok(_) | Err(LoadPdfError::Invalid) => BROKEN,
    };
    std::io::stdout().write_all(answer.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `onrecord fence`: writes in one word whether the kernel restricts the process with Landlock.
pub fn fence() -> Result<ExitCode, InsideError> {
    let answer = if confine(BEHIND_FOR_ANSWER)? { FENCED } else { OPEN_FIELD };
    std::io::stdout().write_all(answer.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `onrecord decode-heif`: becomes another program, which decodes `in.heic` in `folder` to `out.jpg`.
///
/// Where the kernel has Landlock, that program can read the system's libraries and write to `folder`, and nothing else.
pub fn decode_heif(program: &Path, folder: &Path) -> Result<ExitCode, InsideError> {
    step_back(BEHIND_FOR_PREVIEW)?;
    limit(64, DECODED)?;
    let system = ["/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/ld.so.conf", "/dev/null"].map(Path::new);
    fence_in(&system, Some(folder))?;
    let mut decoder = Command::new(program);
    decoder.args(["-q", "92"]).arg(folder.join("in.heic")).arg(folder.join("out.jpg"));
    Err(decoder.env_clear().current_dir(folder).exec().into())
}

/// Gives up everything but limited memory and CPU time, standard input and standard output. Returns whether Landlock applies.
fn confine(behind: i32) -> Result<bool, InsideError> {
    step_back(behind)?;
    let fenced = fence_in(&[], None)?;
    // The three standard streams stay open. No other file or connection can be opened.
    limit(3, 0)?;
    Ok(fenced)
}

/// Lowers the priority of the process.
fn step_back(behind: i32) -> Result<(), InsideError> {
    rustix::process::setpriority_process(None, behind).map_err(std::io::Error::from)?;
    Ok(())
}

fn limit(open_files: u64, file_bytes: u64) -> Result<(), InsideError> {
    for (resource, most) in [
        (Resource::AS, MEMORY),
        (Resource::CPU, SECONDS),
        (Resource::CORE, 0),
        (Resource::FSIZE, file_bytes),
        (Resource::NOFILE, open_files),
    ] {
        setrlimit(resource, most, most)?;
    }
    Ok(())
}

/// Restricts the process with Landlock: only these files, and no TCP connection.
///
/// Returns false where the kernel has no Landlock. Then only the resource limits apply.
fn fence_in(read: &[&Path], write: Option<&Path>) -> Result<bool, InsideError> {
    let abi = ABI::V4;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .create()?;
    let readable = read.iter().map(|path| (*path, AccessFs::from_read(abi)));
    let writable = write.into_iter().map(|path| (path, AccessFs::from_all(abi)));
    for (path, access) in readable.chain(writable) {
        // A path that does not exist on this system needs no rule.
        let Ok(opened) = PathFd::new(path) else { continue };
        rules = rules.add_rule(PathBeneath::new(opened, access))?;
    }
    Ok(rules.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
}

fn input() -> Result<Vec<u8>, std::io::Error> {
    let mut bytes = Vec::new();
    std::io::stdin().take(INPUT).read_to_end(&mut bytes)?;
    Ok(bytes)
}
