//! Integration tests of the whole program. The use cases run on SQLite and on PostgreSQL with the same code.
//!
//! `ONRECORD_TEST_POSTGRES` names a PostgreSQL (`postgres://user@127.0.0.1:port/database`) in which each test makes its own
//! schema. Without it the PostgreSQL half fails rather than being skipped unseen; `none` leaves it out on purpose.
//!
//! `ONRECORD_TEST_CLAMD` names `ClamAV`'s daemon in the same way (`/usr/sbin/clamd`, or `none`). Each test starts a daemon of
//! its own, with its own settings and a single signature.

#[path = "it/access.rs"]
mod access;
#[path = "it/acting.rs"]
mod acting;
#[path = "it/answers.rs"]
mod answers;
#[path = "it/api.rs"]
mod api;
#[path = "it/case_files.rs"]
mod case_files;
#[path = "it/chain.rs"]
mod chain;
#[path = "it/clamd.rs"]
mod clamd;
#[path = "it/clock.rs"]
mod clock;
#[path = "it/consent.rs"]
mod consent;
#[path = "it/contact.rs"]
mod contact;
#[path = "it/desk.rs"]
mod desk;
#[path = "it/draft_devices.rs"]
mod draft_devices;
#[path = "it/drafts.rs"]
mod drafts;
#[path = "it/email_codes.rs"]
mod email_codes;
#[path = "it/equality.rs"]
mod equality;
#[path = "it/file_facts.rs"]
mod file_facts;
#[path = "it/file_types.rs"]
mod file_types;
#[path = "it/files.rs"]
mod files;
#[path = "it/forms.rs"]
mod forms;
#[path = "it/hearing.rs"]
mod hearing;
#[path = "it/line.rs"]
mod line;
#[path = "it/locales.rs"]
mod locales;
#[path = "it/mail.rs"]
mod mail;
#[path = "it/news.rs"]
mod news;
#[path = "it/operating.rs"]
mod operating;
#[path = "it/outages.rs"]
mod outages;
#[path = "it/outbox.rs"]
mod outbox;
#[path = "it/people.rs"]
mod people;
#[path = "it/prepared.rs"]
mod prepared;
#[path = "it/previews.rs"]
mod previews;
#[path = "it/previews_shown.rs"]
mod previews_shown;
#[path = "it/representatives.rs"]
mod representatives;
#[path = "it/returning.rs"]
mod returning;
#[path = "it/room.rs"]
mod room;
#[path = "it/scanning.rs"]
mod scanning;
#[path = "it/sight.rs"]
mod sight;
#[path = "it/soak.rs"]
mod soak;
#[path = "it/submission.rs"]
mod submission;
#[path = "it/tampering.rs"]
mod tampering;
#[path = "it/told.rs"]
mod told;
#[path = "it/tus.rs"]
mod tus;
#[path = "it/world.rs"]
mod world;
