//! Files people send: received as a stream, told apart by their content, stored so that they survive a power cut.
//!
//! This room knows nothing of HTTP. Whatever protocol brings the bytes hands over a stream of them; what is stored is
//! `scanning` until somebody has looked at it, and nobody is served a file before it is `clean`.

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
