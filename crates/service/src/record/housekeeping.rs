//! Cleanup of expired data: drafts with their files, uploads, resume links and codes, sessions, sign-in codes and old
//! messages.

use time::Duration;

use crate::files::{CaseFileEvents, Uploader};
use crate::{ServiceError, Services, drafts, mailbox, open_case::OpenCase, representation, stored};
use record::{
    RecordError, cases, consents, draft_devices, drafts as draft_rows, outbox, people, resume_tickets, sessions, sign_in_codes, typed_text,
};

/// How many drafts are loaded at once.
const AT_ONCE: u64 = 100;

/// How long codes are kept after they expire, so that hourly limits can count them.
const CODES_KEPT: Duration = Duration::hours(1);

/// How long the row of a message is kept after it was delivered or given up. Its text is deleted earlier.
const MESSAGES_KEPT: Duration = Duration::days(30);

/// What a cleanup deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CleanupReport {
    /// Drafts that expired unsent.
    pub drafts: u64,
    /// The files of those drafts.
    pub files: u64,
    /// Uploads that did not continue.
    pub uploads: u64,
    /// Waits for authority that ended without proof.
    pub waits: u64,
}

/// Deletes everything that has expired. Several servers may run this at once. An error does not undo earlier
/// deletions.
pub async fn clean_up(services: &Services) -> Result<CleanupReport, ServiceError> {
    let mut swept = CleanupReport::default();
    let now = services.instant();
    loop {
        let expired = draft_rows::list_expired(&services.store().read, now, AT_ONCE).await?;
        let mut removed = 0;
        for id in &expired {
            if let Some(files) = drafts::remove_expired(services, *id).await? {
                removed += 1;
                swept.files += files;
            }
        }
        swept.drafts += removed;
        // None was deleted: another server is at work on them, and another query would find the same ones.
        if removed == 0 {
            break;
        }
    }
    swept.uploads = services
        .resumable()
        .expire(&CaseFileEvents::new(services, Uploader::Server))
        .await
        .map_err(ServiceError::storage)?;
    respell_mailboxes(services).await?;
    swept.waits = representation::end_waits_over(services).await?;
    let write = services.store().begin().await?;
    resume_tickets::remove_expired(&write, now).await?;
    draft_devices::remove_of_sent(&write, now).await?;
    consents::remove_expired(&write, now).await?;
    sessions::remove_expired(&write, now).await?;
    let draft_days = Duration::days(services.settings().draft_days.into());
    typed_text::remove_old(&write, (services.now() - draft_days).into()).await?;
    sign_in_codes::remove_expired(&write, (services.now() - CODES_KEPT).into()).await?;
    outbox::erase_useless_content(&write, now).await?;
    outbox::remove_ended(&write, (services.now() - MESSAGES_KEPT).into()).await?;
    write.commit().await?;
    Ok(swept)
}

/// How many people are loaded at once.
const PEOPLE_AT_ONCE: u64 = 100;

/// Recomputes fingerprints that were made of addresses as typed, so that people can sign in with the clean address.
async fn respell_mailboxes(services: &Services) -> Result<(), ServiceError> {
    loop {
        let rows = people::list_mailboxes_as_typed(&services.store().read, PEOPLE_AT_ONCE).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let case = cases::lookup(&services.store().read, row.case_id).await?;
            let case = case.ok_or_else(|| RecordError::corrupt("the case of a person is missing"))?;
            let case = OpenCase::lock(services, &case.reference).await?;
            let case = case.ok_or_else(|| RecordError::corrupt("the case of a person cannot be locked"))?;
            let person = stored::participant(&case.file, row.number);
            let mailbox = person.and_then(|person| mailbox::of_plan(services, &person.contact));
            people::respell_mailbox(&case.write, row.id, mailbox).await?;
            case.commit().await?;
        }
    }
}
