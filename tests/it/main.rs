//! Integration tests of the whole program. The use cases run on SQLite and on PostgreSQL with the same code.
//!
//! `ONRECORD_TEST_POSTGRES` names a PostgreSQL (`postgres://user@127.0.0.1:port/database`) in which each test makes its own
//! schema. Without it the PostgreSQL half fails rather than being skipped unseen; `none` leaves it out on purpose.
//!
//! `ONRECORD_TEST_CLAMD` names `ClamAV`'s daemon in the same way (`/usr/sbin/clamd`, or `none`). Each test starts a daemon of
//! its own, with its own settings and a single signature.

mod access;
mod answers;
mod api;
mod case_actions;
mod case_files;
mod case_reads;
mod chain;
mod clamd;
mod clock;
mod contact;
mod desk;
mod disk_space;
mod draft_devices;
mod drafts;
mod email_codes;
mod equality;
mod file_facts;
mod file_types;
mod files;
mod locales;
mod log;
mod mail;
mod news;
mod notifications;
mod operating;
mod outages;
mod outbox;
mod pages;
mod people;
mod prepared;
mod previews;
mod previews_shown;
mod representation;
mod representatives;
mod resume;
mod scanning;
mod soak;
mod submission;
mod tampering;
mod tenant_notified;
mod tus;
mod typed_text;
mod visibility;
mod webhooks;
mod world;
mod write_queue;
