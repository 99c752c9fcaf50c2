//! The database schema as a list of migrations. A released migration is never edited: a change is a new migration.

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait::async_trait};

mod frame;
mod m0001_first;
mod m0002_return;
mod m0003_equality;
mod m0004_resumable;
mod m0005_file_facts;
mod m0006_scanning;
mod m0007_people;
mod m0009_preview_bytes;
mod m0011_hearing;
mod m0012_consent;
mod m0013_webhooks;
mod m0014_asked_codes;
mod m0015_consent_mail;
mod m0016_commitments;
mod m0017_draft_devices;
mod m0019_webhook_pauses;
mod m0020_unsent_space;
mod m0021_suspected_files;
mod m0023_codes_within_limit;
mod m0024_mailbox_spelling;
pub mod m0027_installation;
mod m0028_typed_text;
mod m0029_log;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::STEP),
            Box::new(m0002_return::STEP),
            Box::new(m0003_equality::STEP),
            Box::new(m0004_resumable::STEP),
            Box::new(m0005_file_facts::STEP),
            Box::new(m0006_scanning::STEP),
            Box::new(m0007_people::STEP),
            Box::new(m0009_preview_bytes::STEP),
            Box::new(m0011_hearing::STEP),
            Box::new(m0012_consent::STEP),
            Box::new(m0013_webhooks::STEP),
            Box::new(m0014_asked_codes::STEP),
            Box::new(m0015_consent_mail::STEP),
            Box::new(m0016_commitments::STEP),
            Box::new(m0017_draft_devices::STEP),
            Box::new(m0019_webhook_pauses::STEP),
            Box::new(m0020_unsent_space::STEP),
            Box::new(m0021_suspected_files::STEP),
            Box::new(m0023_codes_within_limit::STEP),
            Box::new(m0024_mailbox_spelling::STEP),
            Box::new(m0027_installation::STEP),
            Box::new(m0028_typed_text::STEP),
            Box::new(m0029_log::AddLog),
        ]
    }
}
