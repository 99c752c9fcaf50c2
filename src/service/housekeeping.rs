//! Taking away what has had its day: drafts nobody sent, with their files; uploads nobody went on with; tickets; sessions; codes;
//! messages long delivered.

use time::Duration;

use super::evidence::{CaseRegister, Who};
use super::{ServiceError, Services, consent, drafts, mailbox};
use crate::record::{
    consents, draft_devices,
    drafts::{self as draft_rows},
    outbox, sessions, sign_in_codes, tickets,
};

/// How many drafts are looked up at once.
const AT_ONCE: u64 = 100;

/// For how long codes are kept after they stopped working, so that those of an hour can be counted.
const CODES_KEPT: Duration = Duration::hours(1);

/// How long it is kept that a message was delivered, though no longer what it said.
const MESSAGES_KEPT: Duration = Duration::days(30);

/// What was taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Drafts that had expired unsent.
    pub drafts: u64,
    /// Their files.
    pub files: u64,
    /// Uploads that nobody went on with.
    pub uploads: u64,
    /// Waits for authority that ended without proof.
    pub waits: u64,
}

/// Takes away everything that has expired. Safe beside another server that does the same.
///
/// # Errors
/// [`ServiceError`]; what was taken away before stays so.
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
        // None of them went: another server has them. Looking again would only find the same.
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
