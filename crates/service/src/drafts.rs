//! Drafts: creating, opening, saving page by page, and deleting them.

pub mod browser_drafts;
pub mod devices;
pub mod resume;

use crate::file_view;
use crate::stored;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::token::DraftToken,
    error::from_record_error,
    london::{date, moment},
};
use complaint::{Answers, CheckedAnswer, Context, FieldError, Fields, QuestionRef, check};
use contract::{DraftView, JourneyStep};
use record::{
    RecordError, cases, draft_devices,
    drafts::{self, Model as Draft},
    store::Write,
    typed_text::{self, Holder},
    uploads::{self, Model as Upload, Owner},
};

/// A new draft. The token is shown only once.
#[derive(Clone, Debug)]
pub struct NewDraft {
    pub token: DraftToken,
    pub expires_at: OffsetDateTime,
}

/// Why a draft was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The draft does not exist or has expired, or the draft key is wrong or was ended. The caller does not learn which.
    #[error("no such draft")]
    NotFound,
    /// Another device has saved since. Contains the draft as it is stored now.
    #[error("another device has saved the draft since")]
    Changed(Box<DraftView>),
    /// The complaint was sent, and a submitted complaint does not change.
    #[error("the complaint was sent already")]
    AlreadySent { reference: String },
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(SaveError);

/// Creates an empty draft.
pub async fn create(services: &Services) -> Result<NewDraft, ServiceError> {
    create_on(services, None).await
}

/// Creates an empty draft on a device with a short description.
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

/// Returns the draft that a token opens, with its questionnaire steps.
///
/// `None` if the draft does not exist or has expired, or if the draft key is wrong or was ended.
pub async fn open(services: &Services, token: &DraftToken) -> Result<Option<DraftView>, ServiceError> {
    Ok(open_for_page(services, token).await?.map(with_steps))
}

/// Returns the draft like [`open`], but without the questionnaire steps, which a page computes itself.
pub async fn open_for_page(services: &Services, token: &DraftToken) -> Result<Option<DraftView>, ServiceError> {
    let Some(opened) = opened(services, token).await? else {
        return Ok(None);
    };
    let held = OpenDraft::from(opened);
    let has_typed_text = held.has_typed_text;
    if held.draft.case_id.is_some() {
        return Ok(Some(submitted_view(services, held).await?));
    }
    let files = list_files(services, held.draft.id, held.has_files).await?;
    let view = draft_view(services, held.draft, files, None)?;
    Ok(Some(DraftView { has_typed_text, ..view }))
}

/// What the caller had seen of a draft when the answer was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeenVersion<'a> {
    /// The fingerprint of the stored answer, empty if there was none. `None` skips this check.
    pub mark: Option<&'a str>,
    /// The revisions at which the draft may be. `None` accepts any revision.
    pub revisions: Option<&'a [i64]>,
}

/// A saved answer.
#[derive(Clone, Debug)]
pub struct SavedAnswer {
    pub draft: DraftView,
    /// The fingerprint of the answer as it is stored.
    pub mark: String,
}

/// Why an answer was not saved.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    #[error("no such draft")]
    NotFound,
    #[error("the draft was sent")]
    AlreadySent,
    /// The answer breaks the rules of the questionnaire. Contains the draft as it is stored.
    #[error("the answer is not accepted")]
    Wrong(Vec<FieldError>, Box<DraftView>),
    /// Another device has changed this answer or the draft since the caller saw it.
    #[error("another device has changed the draft since")]
    Changed(Box<DraftView>),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Checks an answer to a draft that was just opened, and saves it.
///
/// Refuses an answer that would overwrite what another device has saved since the caller saw it. This is the one rule
/// against lost updates, for pages and the REST API.
pub async fn save_answer(
    services: &Services,
    token: &DraftToken,
    mut draft: DraftView,
    place: QuestionRef,
    fields: &Fields,
    basis: SeenVersion<'_>,
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
        let mark = answer.answer().fingerprint();
        // Saved only on the revision that was checked, so that no other change comes in between.
        let looked_at = [draft.revision];
        match save_step(services, token, answer, Some(basis.revisions.unwrap_or(&looked_at))).await {
            Ok(draft) => return Ok(SavedAnswer { draft, mark }),
            // Another page was saved at the same moment, which happens with two tabs: check again.
            Err(SaveError::Changed(now)) if basis.revisions.is_none() => draft = *now,
            Err(SaveError::Changed(now)) => return Err(AnswerError::Changed(now)),
            Err(SaveError::NotFound) => return Err(AnswerError::NotFound),
            Err(SaveError::AlreadySent { .. }) => return Err(AnswerError::AlreadySent),
            Err(SaveError::Service(failure)) => return Err(failure.into()),
        }
    }
}

/// Saves one page and extends the expiry of the draft. With `if_match`, only if the draft is at one of these revisions.
pub async fn save_step(
    services: &Services,
    token: &DraftToken,
    answer: CheckedAnswer,
    if_match: Option<&[i64]>,
) -> Result<DraftView, SaveError> {
    let submitted = Submitted::Page(answer.place());
    change(services, token, if_match, submitted, |answers| answers.put(answer)).await
}

/// Removes one of several issues with all its answers. Later issues move up.
pub async fn remove_issue(services: &Services, token: &DraftToken, issue: u8) -> Result<DraftView, SaveError> {
    change(services, token, None, Submitted::Removal { issue }, |answers| {
        answers.remove_issue(issue);
    })
    .await
}

/// The form with which the answers of a draft are changed. The text typed into it is submitted by that.
enum Submitted {
    Page(QuestionRef),
    /// The form that removes an issue.
    Removal {
        issue: u8,
    },
}

async fn change(
    services: &Services,
    token: &DraftToken,
    if_match: Option<&[i64]>,
    submitted: Submitted,
    by: impl FnOnce(&mut Answers),
) -> Result<DraftView, SaveError> {
    let write = services.store().begin().await?;
    let held = lock(services, &write, token).await?.ok_or(SaveError::NotFound)?;
    let (has_files, has_typed_text, mut draft) = (held.has_files, held.has_typed_text, held.draft);
    if let Some(case_id) = draft.case_id {
        let case = cases::lookup(&write.tx(), case_id)
            .await?
            .ok_or_else(|| RecordError::corrupt("the case of a sent draft is missing"))?;
        write.commit().await?;
        return Err(SaveError::AlreadySent { reference: case.reference });
    }
    if if_match.is_some_and(|expected| !expected.contains(&draft.revision)) {
        // The other device's save may not be flushed to disk yet: commit before reporting it.
        write.commit().await?;
        return Err(SaveError::Changed(Box::new(view(services, draft, has_files).await?)));
    }
    let mut answers = stored::answers(&draft.answers)?;
    by(&mut answers);
    let now = services.now();
    draft.answers = to_json(&answers)?;
    draft.revision += 1;
    draft.saved_at = now.into();
    draft.expires_at = expiry(services, now).into();
    drafts::save(&write, &draft).await?;
    match submitted {
        _ if !has_typed_text => {}
        Submitted::Page(place) => typed_text::remove_page(&write, Holder::Draft(draft.id), &place.code()).await?,
        Submitted::Removal { issue } => remove_issue_text(&write, draft.id, issue).await?,
    }
    write.commit().await?;
    Ok(view(services, draft, has_files).await?)
}

/// Deletes what was typed on the pages of an issue. That of later issues moves up with them.
async fn remove_issue_text(write: &Write, draft: Uuid, issue: u8) -> Result<(), RecordError> {
    let holder = Holder::Draft(draft);
    let rows = typed_text::list(&write.tx(), holder).await?.into_iter();
    let mut later: Vec<_> = rows.filter_map(|row| Some((QuestionRef::parse(&row.page)?, row))).collect();
    later.retain(|(place, _)| place.issue >= issue);
    later.sort_by_key(|(place, _)| place.issue);
    for (place, row) in later {
        typed_text::remove_page(write, holder, &row.page).await?;
        if place.issue > issue {
            let moved = QuestionRef::for_issue(place.step, place.issue - 1);
            typed_text::put(write, holder, &moved.code(), row.fields, row.typed_at).await?;
        }
    }
    Ok(())
}

/// Extends the expiry of the draft like saving a page, but changes no answer. Never fails with [`SaveError::Changed`].
pub async fn extend(services: &Services, token: &DraftToken) -> Result<DraftView, SaveError> {
    let write = services.store().begin().await?;
    let OpenDraft { mut draft, has_files, .. } = lock(services, &write, token).await?.ok_or(SaveError::NotFound)?;
    if let Some(case_id) = draft.case_id {
        let case = cases::lookup(&write.tx(), case_id)
            .await?
            .ok_or_else(|| RecordError::corrupt("the case of a sent draft is missing"))?;
        write.commit().await?;
        return Err(SaveError::AlreadySent { reference: case.reference });
    }
    draft.expires_at = expiry(services, services.now()).into();
    drafts::save(&write, &draft).await?;
    write.commit().await?;
    Ok(view(services, draft, has_files).await?)
}

/// Deletes the draft with its answers and files. Returns whether there was a draft.
///
/// A submitted complaint stays on record: then only its receipt is gone, and a device that did not send it ends only itself.
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

/// Deletes a draft that has expired unsent, and returns its number of files. `None` if it was extended, sent or deleted
/// meanwhile.
pub(crate) async fn remove_expired(services: &Services, id: Uuid) -> Result<Option<u64>, ServiceError> {
    let write = services.store().begin().await?;
    let draft = drafts::lock(&write, id).await?;
    let Some(draft) = draft.filter(|d| d.case_id.is_none() && d.expires_at <= services.instant()) else {
        return Ok(None);
    };
    Ok(Some(remove(services, write, draft.id).await?))
}

/// Deletes a locked draft with everything that belongs to it, and returns its number of files.
async fn remove(services: &Services, write: Write, id: Uuid) -> Result<u64, ServiceError> {
    let files = uploads::list_all(&write.tx(), Owner::Draft(id)).await?;
    for upload in &files {
        uploads::remove(&write, upload.id).await?;
    }
    resume::end_links_in(&write, id).await?;
    draft_devices::remove_by_draft(&write, id).await?;
    typed_text::remove(&write, Holder::Draft(id)).await?;
    drafts::remove(&write, id).await?;
    write.commit().await?;
    for upload in &files {
        // The rows are gone, so no request can reach the bytes. Bytes that cannot be removed now are left as orphans.
        for key in upload.storage_keys() {
            if let Err(e) = services.files().remove(key).await {
                tracing::warn!(upload = %upload.id, error = %e, "bytes of a deleted draft could not be removed");
            }
        }
    }
    Ok(files.len() as u64)
}

/// A stored draft with the device whose draft key opened it.
#[derive(Clone, Debug)]
pub(crate) struct OpenDraft {
    pub(crate) draft: Draft,
    pub(crate) device: Uuid,
    /// Whether the draft may have files.
    pub(crate) has_files: bool,
    /// Whether the draft may have text that was typed and not submitted.
    pub(crate) has_typed_text: bool,
}

impl OpenDraft {
    /// Returns whether this device sent the complaint.
    pub(crate) fn has_sent(&self) -> bool {
        self.draft.sent_by == Some(self.device)
    }
}

impl From<drafts::OpenedDraft> for OpenDraft {
    fn from(opened: drafts::OpenedDraft) -> Self {
        Self {
            draft: opened.draft,
            device: opened.device_id,
            has_files: opened.has_files,
            has_typed_text: opened.has_typed_text,
        }
    }
}

async fn opened(services: &Services, token: &DraftToken) -> Result<Option<drafts::OpenedDraft>, RecordError> {
    let found = drafts::find_by_key(&services.store().read, token.id, &token.secret.hash()).await?;
    let found = found.filter(|opened| opened.draft.expires_at > services.instant());
    if let Some(opened) = &found {
        devices::note_use(services, opened).await;
    }
    Ok(found)
}

/// Returns the stored draft that a token opens.
pub(crate) async fn find(services: &Services, token: &DraftToken) -> Result<Option<OpenDraft>, RecordError> {
    Ok(opened(services, token).await?.map(OpenDraft::from))
}

/// Returns the case that this token's device sent from the draft. `None` on every other device.
pub(crate) async fn sent_case(services: &Services, token: &DraftToken) -> Result<Option<Uuid>, RecordError> {
    let held = find(services, token).await?.filter(OpenDraft::has_sent);
    Ok(held.and_then(|held| held.draft.case_id))
}

/// Returns the draft that a token opens, locked until the transaction ends.
pub(crate) async fn lock(services: &Services, write: &Write, token: &DraftToken) -> Result<Option<OpenDraft>, RecordError> {
    let found = drafts::lock_by_key(write, token.id, &token.secret.hash()).await?;
    let found = found.filter(|opened| opened.draft.expires_at > services.instant());
    Ok(found.map(OpenDraft::from))
}

fn expiry(services: &Services, from: OffsetDateTime) -> OffsetDateTime {
    from + Duration::days(i64::from(services.settings().draft_days))
}

pub(crate) fn to_json(answers: &Answers) -> Result<String, ServiceError> {
    serde_json::to_string(answers).map_err(ServiceError::internal)
}

/// Lists the files of a draft, without a query if there are none.
async fn list_files(services: &Services, draft: Uuid, has_files: bool) -> Result<Vec<Upload>, RecordError> {
    if has_files {
        uploads::list(&services.store().read, Owner::Draft(draft)).await
    } else {
        Ok(Vec::new())
    }
}

/// Builds the view of a draft that is not sent.
async fn view(services: &Services, draft: Draft, has_files: bool) -> Result<DraftView, RecordError> {
    let files = list_files(services, draft.id, has_files).await?;
    Ok(with_steps(draft_view(services, draft, files, None)?))
}

/// Builds the view of a draft that was sent. A device that did not send it learns only that it was sent.
async fn submitted_view(services: &Services, held: OpenDraft) -> Result<DraftView, RecordError> {
    let db = &services.store().read;
    if !held.has_sent() {
        let emptied = Draft {
            answers: "{}".into(),
            ..held.draft
        };
        return draft_view(services, emptied, Vec::new(), Some(String::new()));
    }
    let (files, case) = match held.draft.case_id {
        Some(id) => (uploads::list(db, Owner::Case(id)).await?, cases::lookup(db, id).await?),
        None => (Vec::new(), None),
    };
    draft_view(services, held.draft, files, case.map(|case| case.reference))
}

fn with_steps(view: DraftView) -> DraftView {
    DraftView {
        journey: JourneyStep::all(&view.answers),
        ..view
    }
}

fn draft_view(services: &Services, draft: Draft, files: Vec<Upload>, sent: Option<String>) -> Result<DraftView, RecordError> {
    let answers = stored::answers(&draft.answers)?;
    Ok(DraftView {
        id: draft.id.to_string(),
        journey: Vec::new(),
        answers,
        files: files.into_iter().map(|upload| file_view::file(services, upload)).collect(),
        saved: moment(draft.saved_at),
        expires: moment(draft.expires_at),
        saved_at: draft.saved_at.rfc3339(),
        expires_at: draft.expires_at.rfc3339(),
        revision: draft.revision,
        today: date(services.now()),
        sent,
        has_typed_text: false,
    })
}
