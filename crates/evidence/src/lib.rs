//! Uploaded files: received as streams, typed by their content, stored durably, scanned and served.
//!
//! The module knows no HTTP: callers pass byte streams in. A complete file stays `scanning` until the scanner gives a verdict,
//! and is served only once it is `clean`. With [`Scanner::Off`] files are served unscanned.

mod admit;
pub mod check;
pub mod checksum;
pub mod clamd;
mod digest;
pub mod disk_budget;
mod error;
pub mod filename;
pub mod files;
pub mod inspect;
pub mod limits;
pub mod preview;
pub mod receive;
pub mod register;
pub mod resumable;
pub mod sandbox;
pub mod sandboxed_process;
pub mod scanner;
pub mod serve;
mod sink;
pub mod sniff;
pub mod strip_location;
pub mod types;

pub use disk_budget::{DiskBudget, Space};
pub use error::{FileLimit, ReceiveError};
pub use files::FileStore;
pub use limits::{Limits, MOST_BYTES};
pub use receive::{NewFile, Receiver};
pub use register::{Arrival, CaseRecorder};
pub use resumable::Resumable;
pub use sandbox::Sandbox;
pub use scanner::Scanner;
