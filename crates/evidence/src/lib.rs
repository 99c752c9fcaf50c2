//! Uploaded files: received as streams, typed by their content, stored durably, scanned and served.
//!
//! The module knows no HTTP: callers pass byte streams in. A complete file stays `scanning` until the scanner gives a verdict, and is
//! served only once it is `clean`. With [`Scanner::Off`] files are served unscanned.

mod admit;
pub mod check;
pub mod checksum;
pub mod clamd;
pub mod confined;
mod digest;
mod error;
pub mod examine;
pub mod filename;
pub mod files;
pub mod limits;
pub mod preview;
pub mod quarantine;
pub mod receive;
pub mod register;
pub mod resumable;
pub mod room;
pub mod scanner;
pub mod serve;
mod sink;
pub mod sniff;
pub mod types;
mod whole;
pub mod without_place;

pub use confined::Confined;
pub use error::ReceiveError;
pub use files::Files;
pub use limits::Limits;
pub use receive::{NewFile, Receiver};
pub use register::{Arrival, Register};
pub use resumable::Resumable;
pub use room::{Room, Space};
pub use scanner::Scanner;
