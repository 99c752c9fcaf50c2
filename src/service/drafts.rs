//! Filling in: a draft is made, opened, saved page by page, and forgotten.

pub mod devices;
pub mod held;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    ServiceError, Services,
    error::from_record_error,
    london::{date, moment},
    returning,
    token::DraftToken,
    views,
};
use crate::complaint::{
    Answers, CheckedAnswer, Context, FieldError, Fields, Place, check,
    view::{DraftView, JourneyStep},
};
use crate::record::{
    RecordError, cases, draft_devices,
    drafts::{self, Model as Draft},
    store::Write,
    uploads::{self, Model as Upload, Owner},
};

/// A draft just made. The token is shown this once.
#[derive(Clone, Debug)]
pub struct NewDraft {
    pub token: DraftToken,
    pub expires_at: OffsetDateTime,
}

/// Why a page was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// No such draft, or it has expired, or the token is not its own or was ended: which of these is not told.
    #[error("no such draft")]
    NotFound,
    /// Another device saved since; here is what it saved.
    #[error("saved by another device since")]
    Changed(Box<DraftView>),
    /// It was sent, and what was sent does not change.
    #[error("already sent")]
    AlreadySent { reference: String },
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(SaveError);

/// Makes an empty draft.
///
/// # Errors
/// [`ServiceError`].
pub async fn create(services: &Services) -> Result<NewDraft, ServiceError> {
    create_on(services, None).await
}

/// Makes an empty draft on a device, described in few words.
///
/// # Errors
/// [`ServiceError`].
pub async fn create_on(services: &Services, device: Option<String>) -> Result<NewDraft, ServiceError> {
    let now = services.now();
    let id = services.new_id();
    let expires_at = expiry(services, now);
    let draft = Draft {
        id,
        answers: "{}".into(),
        revision: 0,
        created_at: now.into(),
        saved_at: now.into(),
        expires_at: expires_at.into(),
        case_id: None,
        sent_by: None,
    };
    let write = services.store().begin().await?;
    drafts::add(&write, draft).await?;
    let secret = devices::add(services, &write, id, draft_devices::OpenedBy::First, device).await?;
    write.commit().await?;
    Ok(NewDraft {
        token: DraftToken { id, secret },
        expires_at,
    })
}

/// The draft this token opens. `None` when there is none, it has expired, or the token is another's.
///
/// # Errors
/// [`ServiceError`].
pub async fn open(services: &Services, token: &DraftToken) -> Result<Option<DraftView>, ServiceError> {
    Ok(open_for_page(services, token).await?.map(with_journey))
}

/// The same without what is asked next, which a page finds out by itself.
///
/// # Errors
/// [`ServiceError`].
pub async fn open_for_page(services: &Services, token: &DraftToken) -> Result<Option<DraftView>, ServiceError> {
    let Some(opened) = opened(services, token).await? else {
        return Ok(None);
    };
    let files = opened.has_files;
    let held = Held::from(opened);
    if held.draft.case_id.is_some() {
        return Ok(Some(once_sent(services, held).await?));
    }
    let files = if files {
        uploads::list(&services.store().read, Owner::Draft(held.draft.id)).await?
    } else {
        Vec::new()
    };
    Ok(Some(shown(services, held.draft, files, None)?))
}

/// What a caller saw before it made an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Basis<'a> {
    /// The mark of the stored answer; empty for none. `None` when the caller does not say.
    pub mark: Option<&'a str>,
    /// The revisions at which the draft may be. `None` for any.
    pub revisions: Option<&'a [i64]>,
}

/// An answer that is stored.
#[derive(Clone, Debug)]
pub struct SavedAnswer {
    pub draft: DraftView,
    /// The mark of the answer as it is stored.
    pub mark: String,
}

/// Why an answer was not saved.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    #[error("no such draft")]
    NotFound,
    #[error("the draft was sent")]
    AlreadySent,
    /// The answer breaks the rules, with the draft as it is.
    #[error("the answer is not accepted")]
    Wrong(Vec<FieldError>, Box<DraftView>),
    /// Another device changed this answer, or the draft, since the caller saw it.
    #[error("saved elsewhere since")]
    Changed(Box<DraftView>),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Checks an answer to a draft that was just opened, and saves it. Refuses an answer that would overwrite what another device has saved
/// since the caller saw it: the one rule against lost updates, for pages and REST.
///
/// # Errors
/// [`AnswerError`].
pub async fn save_answer(
    services: &Services,
    token: &DraftToken,
    mut draft: DraftView,
    place: Place,
    fields: &Fields,
    basis: Basis<'_>,
) -> Result<SavedAnswer, AnswerError> {
    loop {
        if draft.sent.is_some() {
            return Err(AnswerError::AlreadySent);
        }
        let context = Context {
            today: draft.today,
            answers: &draft.answers,
        };
        let answer = match check(place, fields, &context) {
            Ok(answer) => answer,
            Err(errors) => return Err(AnswerError::Wrong(errors, Box::new(draft))),
        };
        if basis
            .mark
            .is_some_and(|mark| answer.would_overwrite(draft.answers.get(place), mark))
        {
            return Err(AnswerError::Changed(Box::new(draft)));
        }
        let mark = answer.answer().mark();
        // On the very revision that was looked at, so that nothing comes in between.
        let looked_at = [draft.revision];
        match save_step(services, token, answer, Some(basis.revisions.unwrap_or(&looked_at))).await {
            Ok(draft) => return Ok(SavedAnswer { draft, mark }),
            // Another page was saved this very moment, which happens with two tabs: looked at again.
            Err(SaveError::Changed(now)) if basis.revisions.is_none() => draft = *now,
            Err(SaveError::Changed(now)) => return Err(AnswerError::Changed(now)),
            Err(SaveError::NotFound) => return Err(AnswerError::NotFound),
            Err(SaveError::AlreadySent { .. }) => return Err(AnswerError::AlreadySent),
            Err(SaveError::Service(failure)) => return Err(failure.into()),
        }
    }
}

/// Saves one page and moves the draft's end on. With `if_match`, only when the draft is at one of these revisions.
///
/// # Errors
/// [`SaveError`].
pub async fn save_step(
    services: &Services,
    token: &DraftToken,
    answer: CheckedAnswer,
    if_match: Option<&[i64]>,
) -> Result<DraftView, SaveError> {
    change(services, token, if_match, |answers| answers.put(answer)).await
}

/// Takes one of several things complained of out, with all its answers; those after it move up.
///
/// # Errors
/// [`SaveError`].
pub async fn remove_issue(services: &Services, token: &DraftToken, issue: u8) -> Result<DraftView, SaveError> {
    change(services, token, None, |answers| answers.remove_issue(issue)).await
}

async fn change(
    services: &Services,
    token: &DraftToken,
    if_match: Option<&[i64]>,
    by: impl FnOnce(&mut Answers),
) -> Result<DraftView, SaveError> {
    let write = services.store().begin().await?;
    let Held { mut draft, .. } = lock(services, &write, token).await?.ok_or(SaveError::NotFound)?;
    if let Some(case_id) = draft.case_id {
        let case = cases::lookup(&write.tx(), case_id)
            .await?
            .ok_or_else(|| RecordError::corrupt("a draft sent to no case"))?;
        write.commit().await?;
        return Err(SaveError::AlreadySent { reference: case.reference });
    }
    if if_match.is_some_and(|expected| !expected.contains(&draft.revision)) {
        // What is told must be there to stay, also when it was written a moment ago.
        write.commit().await?;
        return Err(SaveError::Changed(Box::new(view(services, draft).await?)));
    }
    let mut answers = views::answers(&draft.answers)?;
    by(&mut answers);
    let now = services.now();
    draft.answers = to_json(&answers)?;
    draft.revision += 1;
    draft.saved_at = now.into();
    draft.expires_at = expiry(services, now).into();
    drafts::save(&write, &draft).await?;
    write.commit().await?;
    Ok(view(services, draft).await?)
}

/// Keeps the draft as long again as when a page is saved, without changing anything in it.
///
/// # Errors
/// [`SaveError`]; never [`SaveError::Changed`].
pub async fn extend(services: &Services, token: &DraftToken) -> Result<DraftView, SaveError> {
    let write = services.store().begin().await?;
    let Held { mut draft, .. } = lock(services, &write, token).await?.ok_or(SaveError::NotFound)?;
    if let Some(case_id) = draft.case_id {
        let case = cases::lookup(&write.tx(), case_id)
            .await?
            .ok_or_else(|| RecordError::corrupt("a draft sent to no case"))?;
        write.commit().await?;
        return Err(SaveError::AlreadySent { reference: case.reference });
    }
    draft.expires_at = expiry(services, services.now()).into();
    drafts::save(&write, &draft).await?;
    write.commit().await?;
    Ok(view(services, draft).await?)
}

/// Forgets the draft, its answers and its files. A complaint that was sent from it stays on record: then only the
/// receipt is gone, and a device that did not send it ends only itself. Returns whether there was anything to forget.
///
/// # Errors
/// [`ServiceError`].
pub async fn forget(services: &Services, token: &DraftToken) -> Result<bool, ServiceError> {
    let write = services.store().begin().await?;
    let Some(held) = lock(services, &write, token).await? else {
        return Ok(false);
    };
    if held.draft.case_id.is_some() && !held.has_sent() {
        draft_devices::end(&write, held.draft.id, held.device, services.instant()).await?;
        write.commit().await?;
        return Ok(true);
    }
    remove(services, write, held.draft.id).await?;
    Ok(true)
}

/// Removes a draft that has expired unsent; how many files it had. `None` when somebody kept, sent or removed it meanwhile.
pub(super) async fn remove_expired(services: &Services, id: Uuid) -> Result<Option<u64>, ServiceError> {
    let write = services.store().begin().await?;
    let draft = drafts::lock(&write, id).await?;
    let Some(draft) = draft.filter(|d| d.case_id.is_none() && d.expires_at <= services.instant()) else {
        return Ok(None);
    };
    Ok(Some(remove(services, write, draft.id).await?))
}

/// Removes a draft that is locked, with all that hangs on it. How many files there were.
async fn remove(services: &Services, write: Write, id: Uuid) -> Result<u64, ServiceError> {
    let files = uploads::list_all(&write.tx(), Owner::Draft(id)).await?;
    for upload in &files {
        uploads::remove(&write, upload.id).await?;
    }
    returning::end(&write, id).await?;
    draft_devices::remove_by_draft(&write, id).await?;
    drafts::remove(&write, id).await?;
    write.commit().await?;
    for upload in &files {
        // The rows are gone, so nobody can reach the bytes; what cannot be removed now is litter.
        for key in upload.storage_keys() {
            if let Err(e) = services.files().remove(key).await {
                tracing::warn!(upload = %upload.id, error = %e, "bytes of a forgotten draft could not be removed");
            }
        }
    }
    Ok(files.len() as u64)
}

/// A draft as it is kept, with the device whose key opened it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) draft: Draft,
    pub(super) device: Uuid,
}

impl Held {
    /// Whether this device sent the complaint.
    pub(super) fn has_sent(&self) -> bool {
        self.draft.sent_by == Some(self.device)
    }
}

impl From<drafts::Opened> for Held {
    fn from(opened: drafts::Opened) -> Self {
        Self {
            draft: opened.draft,
            device: opened.device_id,
        }
    }
}

async fn opened(services: &Services, token: &DraftToken) -> Result<Option<drafts::Opened>, RecordError> {
    let found = drafts::find_by_key(&services.store().read, token.id, &token.secret.hash()).await?;
    let found = found.filter(|opened| opened.draft.expires_at > services.instant());
    if let Some(opened) = &found {
        devices::note_use(services, opened).await;
    }
    Ok(found)
}

/// The draft a token opens, as it is kept.
pub(super) async fn find(services: &Services, token: &DraftToken) -> Result<Option<Held>, RecordError> {
    Ok(opened(services, token).await?.map(Held::from))
}

/// The case that was sent from a draft by the device of this token; `None` for every other device.
pub(super) async fn sent_case(services: &Services, token: &DraftToken) -> Result<Option<Uuid>, RecordError> {
    let held = find(services, token).await?.filter(Held::has_sent);
    Ok(held.and_then(|held| held.draft.case_id))
}

/// The draft a token opens, held until the transaction ends.
pub(super) async fn lock(services: &Services, write: &Write, token: &DraftToken) -> Result<Option<Held>, RecordError> {
    let Some(draft) = drafts::lock(write, token.id).await? else {
        return Ok(None);
    };
    let device = draft_devices::find_by_key(&write.tx(), draft.id, &token.secret.hash()).await?;
    let device = device.filter(|device| device.ended_at.is_none() && draft.expires_at > services.instant());
    Ok(device.map(|device| Held { draft, device: device.id }))
}

fn expiry(services: &Services, from: OffsetDateTime) -> OffsetDateTime {
    from + Duration::days(i64::from(services.settings().draft_days))
}

pub(super) fn to_json(answers: &Answers) -> Result<String, ServiceError> {
    serde_json::to_string(answers).map_err(ServiceError::internal)
}

/// A draft that is not sent.
async fn view(services: &Services, draft: Draft) -> Result<DraftView, RecordError> {
    let files = uploads::list(&services.store().read, Owner::Draft(draft.id)).await?;
    Ok(with_journey(shown(services, draft, files, None)?))
}

/// A draft that was sent. A device that did not send it learns that it was sent and nothing else.
async fn once_sent(services: &Services, held: Held) -> Result<DraftView, RecordError> {
    let db = &services.store().read;
    if !held.has_sent() {
        let emptied = Draft {
            answers: "{}".into(),
            ..held.draft
        };
        return shown(services, emptied, Vec::new(), Some(String::new()));
    }
    let (files, case) = match held.draft.case_id {
        Some(id) => (uploads::list(db, Owner::Case(id)).await?, cases::lookup(db, id).await?),
        None => (Vec::new(), None),
    };
    shown(services, held.draft, files, case.map(|case| case.reference))
}

fn with_journey(view: DraftView) -> DraftView {
    DraftView {
        journey: JourneyStep::all(&view.answers),
        ..view
    }
}

fn shown(services: &Services, draft: Draft, files: Vec<Upload>, sent: Option<String>) -> Result<DraftView, RecordError> {
    let answers = views::answers(&draft.answers)?;
    Ok(DraftView {
        id: draft.id.to_string(),
        journey: Vec::new(),
        answers,
        files: files.into_iter().map(|upload| views::file(services, upload)).collect(),
        saved: moment(draft.saved_at),
        expires: moment(draft.expires_at),
        saved_at: draft.saved_at.rfc3339(),
        expires_at: draft.expires_at.rfc3339(),
        revision: draft.revision,
        today: date(services.now()),
        sent,
    })
}
