//! Files people send: received as a stream, told apart by their content, stored so that they survive a power cut.
//!
//! This room knows nothing of HTTP. Whatever protocol brings the bytes hands over a stream of them; what is stored is
//! `scanning` until somebody has looked at it, and nobody is served a file before it is `clean`.

pub mod clamd;
pub mod confined;
pub mod examine;
pub mod filename;
pub mod files;
pub mod limits;
pub mod preview;
pub mod quarantine;
pub mod receive;
pub mod scanner;
pub mod serve;
pub mod sniff;
pub mod types;
mod whole;
pub mod without_place;

pub use confined::Confined;
pub use files::Files;
pub use limits::Limits;
pub use receive::{NewFile, ReceiveError, Receiver};
pub use scanner::Scanner;
