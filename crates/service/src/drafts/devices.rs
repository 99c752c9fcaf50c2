//! The devices on which a draft is open. Each has a draft key of its own, and any of them can end the others.

use time::Duration;
use uuid::Uuid;

use crate::drafts::{OpenDraft, SaveError, lock};
use crate::{
    ServiceError, Services,
    access::token::{DraftToken, Token},
    drafts::resume,
    london::moment,
};
use contract::draft_devices::{DraftDevice, OpenedBy};
use record::{
    RecordError, cases,
    draft_devices::{self, Model, OpenedBy as StoredOpenedBy},
    drafts as rows,
    store::Write,
};

/// How old the record of a device's last use may get before it is updated.
const SEEN_AGAIN: Duration = Duration::minutes(15);

/// The maximum number of devices on which a draft is open.
///
/// The device that was used least recently is ended, and the new one is not refused. Otherwise a resume link that is opened
/// repeatedly while its answers are lost would use up the limit: each opening makes a draft key.
const MAX_DEVICES: usize = 20;

/// Adds a device to a draft and returns its draft key. The draft is locked, or was created in the same transaction.
pub(crate) async fn add(
    services: &Services,
    write: &Write,
    draft_id: Uuid,
    opened_by: StoredOpenedBy,
    device: Option<String>,
) -> Result<Token, RecordError> {
    let now = services.instant();
    if opened_by != StoredOpenedBy::First {
        let live = draft_devices::list_live(&write.tx(), draft_id).await?;
        for oldest in live.iter().skip(MAX_DEVICES - 1) {
            draft_devices::end(write, draft_id, oldest.id, now).await?;
        }
    }
    let key = Token::draw(services.entropy());
    // The first device takes the draft's id, like the devices of drafts from before devices were recorded.
    let id = if opened_by == StoredOpenedBy::First {
        draft_id
    } else {
        services.new_id()
    };
    let added = Model {
        id,
        draft_id,
        key_hash: key.hash(),
        opened_by,
        device,
        created_at: now,
        seen_at: now,
        ended_at: None,
    };
    draft_devices::add(write, added).await?;
    Ok(key)
}

/// Lists the devices on which the draft is open, the last used first.
///
/// Returns [`SaveError::AlreadySent`] after sending, because sending closes the draft on every device.
pub async fn list(services: &Services, token: &DraftToken) -> Result<Vec<DraftDevice>, SaveError> {
    let held = crate::drafts::find(services, token).await?.ok_or(SaveError::NotFound)?;
    unsent(services, &held).await?;
    let live = draft_devices::list_live(&services.store().read, held.draft.id).await?;
    let shown = live.into_iter().map(|row| DraftDevice {
        here: row.id == held.device,
        id: row.id.to_string(),
        device: row.device,
        opened_by: shown(row.opened_by),
        begun: moment(row.created_at),
        used: moment(row.seen_at),
    });
    Ok(shown.collect())
}

fn shown(way: StoredOpenedBy) -> OpenedBy {
    match way {
        StoredOpenedBy::First => OpenedBy::First,
        StoredOpenedBy::Link => OpenedBy::Link,
        StoredOpenedBy::Code => OpenedBy::Code,
    }
}

/// Which device was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The caller's own device.
    This,
    /// Another device.
    Other,
    /// No open device of the draft has this id.
    NotThere,
}

/// Ends one device of the draft, and all its resume links and codes. The device may have made one and could resume with it.
///
/// Never fails with [`SaveError::Changed`].
pub async fn end(services: &Services, token: &DraftToken, device: Uuid) -> Result<Ended, SaveError> {
    let write = services.store().begin().await?;
    let held = lock(services, &write, token).await?.ok_or(SaveError::NotFound)?;
    unsent(services, &held).await?;
    if !draft_devices::end(&write, held.draft.id, device, services.instant()).await? {
        return Ok(Ended::NotThere);
    }
    resume::end_links_in(&write, held.draft.id).await?;
    write.commit().await?;
    Ok(if device == held.device { Ended::This } else { Ended::Other })
}

/// Ends all devices of the draft but the caller's, and all resume links and codes. Returns the number of devices.
///
/// Never fails with [`SaveError::Changed`].
pub async fn end_others(services: &Services, token: &DraftToken) -> Result<u64, SaveError> {
    let write = services.store().begin().await?;
    let held = lock(services, &write, token).await?.ok_or(SaveError::NotFound)?;
    unsent(services, &held).await?;
    let ended = draft_devices::end_others(&write, held.draft.id, held.device, services.instant()).await?;
    resume::end_links_in(&write, held.draft.id).await?;
    write.commit().await?;
    Ok(ended)
}

async fn unsent(services: &Services, held: &OpenDraft) -> Result<(), SaveError> {
    let Some(case_id) = held.draft.case_id else { return Ok(()) };
    let case = cases::lookup(&services.store().read, case_id).await?;
    let case = case.ok_or_else(|| RecordError::corrupt("the case of a sent draft is missing"))?;
    Err(SaveError::AlreadySent { reference: case.reference })
}

/// Returns whether the device with this draft key was ended, while its draft is still stored.
pub async fn was_ended(services: &Services, token: &DraftToken) -> Result<bool, ServiceError> {
    let db = &services.store().read;
    let device = draft_devices::find_by_key(db, token.id, &token.secret.hash()).await?;
    if device.is_none_or(|device| device.ended_at.is_none()) {
        return Ok(false);
    }
    let draft = rows::lookup(db, token.id).await?;
    Ok(draft.is_some_and(|draft| draft.expires_at > services.instant()))
}

/// Records that a device was used, if the last record is old. A failure is only logged: the page is shown either way.
pub(crate) async fn note_use(services: &Services, opened: &rows::OpenedDraft) {
    if services.now() - opened.seen_at.time() < SEEN_AGAIN {
        return;
    }
    if let Err(error) = set_seen(services, opened.device_id).await {
        tracing::debug!(%error, "could not record the use of a draft's device");
    }
}

async fn set_seen(services: &Services, device: Uuid) -> Result<(), RecordError> {
    let write = services.store().begin().await?;
    draft_devices::set_seen(&write, device, services.instant()).await?;
    write.commit().await
}
