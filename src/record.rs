//! The case record: drafts, cases and their append-only events, and everything else that is kept in the database.
//!
//! One code path serves SQLite (the default, a file beside the uploads) and PostgreSQL. Each noun has a file holding
//! its table and its verbs: `lookup` by id, `find_by_…`, `add`, `list`. A read takes any connection; a write takes the
//! [`store::Write`] that [`store::Store::begin`] hands out, so that nothing is written outside a transaction.
//!
//! Text that holds what people typed (answers, event bodies) is kept as JSON *text*, never as a JSON column:
//! PostgreSQL's `jsonb` refuses a NUL character and reorders members, and the event hash needs the bytes as they were.

pub mod cases;
pub mod clock;
pub mod commitments;
pub mod consents;
pub mod contents;
pub mod desk_calls;
pub mod draft_devices;
pub mod drafts;
pub mod entropy;
pub mod equality;
pub mod error;
pub mod events;
pub mod idempotency;
pub mod installation;
pub mod instant;
pub mod keys;
pub mod migrations;
pub mod outbox;
pub mod people;
pub mod progress;
pub mod scans;
pub mod sealed;
pub mod sessions;
pub mod sign_in_codes;
pub mod store;
pub mod tickets;
pub mod uploads;
pub mod verification;
pub mod webhooks;

pub use error::RecordError;
pub use instant::Instant;
