//! The case record: drafts, cases with their append-only events, and everything else in the database.
//!
//! One code path serves SQLite (the default) and PostgreSQL. Reads take any connection. Writes take the
//! [`store::Write`] that [`store::Store::begin`] returns, so nothing is written outside a transaction. Text that
//! people typed is stored as JSON *text*, never in a JSON column. PostgreSQL's `jsonb` refuses a NUL character and
//! reorders members, and the event hash needs the original bytes.

pub mod api_keys;
pub mod case_marks;
pub mod cases;
pub mod clock;
pub mod commitments;
pub mod consents;
pub mod contents;
pub mod desk_calls;
pub mod draft_devices;
pub mod drafts;
pub mod encryption;
pub mod entropy;
pub mod equality;
pub mod error;
pub mod events;
pub mod idempotency;
pub mod installation;
pub mod instant;
pub mod log;
pub mod migrations;
pub mod outbox;
pub mod people;
pub mod resume_tickets;
pub mod scans;
pub mod sessions;
pub mod sign_in_codes;
pub mod store;
pub mod typed_text;
pub mod upload_progress;
pub mod uploads;
pub mod verification;
pub mod webhooks;

pub use error::RecordError;
pub use instant::Instant;
