//! Cleanup of expired data: drafts with their files, uploads, resume links and codes, sessions, sign-in codes and old
//! messages.

use time::Duration;

use crate::evidence::{CaseRegister, Who};
use crate::{ServiceError, Services, consent, drafts, mailbox};
use record::{consents, draft_devices, drafts as draft_rows, outbox, sessions, sign_in_codes, tickets};

/// How many drafts are loaded at once.
const AT_ONCE: u64 = 100;

/// How long codes are kept after they expire, so that hourly limits can count them.
const CODES_KEPT: Duration = Duration::hours(1);

/// How long the row of a message is kept after it was delivered or given up. Its text is deleted earlier.
const MESSAGES_KEPT: Duration = Duration::days(30);

/// What a cleanup deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
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
pub async fn sweep(services: &Services) -> Result<Swept, ServiceError> {
    let mut swept = Swept::default();
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
        .expire(&CaseRegister::new(services, Who::Nobody))
        .await
        .map_err(ServiceError::storage)?;
    mailbox::respell(services).await?;
    swept.waits = consent::end_waits_over(services).await?;
    let write = services.store().begin().await?;
    tickets::remove_expired(&write, now).await?;
    draft_devices::remove_of_sent(&write, now).await?;
    consents::remove_expired(&write, now).await?;
    sessions::remove_expired(&write, now).await?;
    sign_in_codes::remove_expired(&write, (services.now() - CODES_KEPT).into()).await?;
    outbox::forget_useless(&write, now).await?;
    outbox::remove_ended(&write, (services.now() - MESSAGES_KEPT).into()).await?;
    write.commit().await?;
    Ok(swept)
}
