//! Sending a complaint: exactly once, whatever happens.

use crate::representation::claims;
use crate::stored;
use time::Duration;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::{codes, token::DraftToken},
    cases::views,
    drafts::{self, resume},
    error::from_record_error,
    files::refusal,
    idempotency::{IdempotencyKey, request_hash},
    london, mailbox,
    notifications::routes,
    open_case::{EventActor, OpenCase, event_notifications::USELESS_AFTER},
    representation,
};
use complaint::{
    Answers, Page, QuestionRef, Status,
    case::{
        contact_plan::ContactPlan,
        event::{ActorRole, EventBody},
        person_number::SENDER,
        state::CaseProjection,
    },
    fields::{
        form::Choice,
        reference::{DRAWN, Reference},
    },
    questionnaire::steps,
};
use contract::Receipt;
use notify::{MessageKind, NewCaseMessage};
use record::{
    RecordError,
    cases::{self, Model as Case},
    drafts as draft_rows,
    entropy::bytes,
    events::{self, Model as Event},
    idempotency,
    outbox::case_messages::CONFIRMATION,
    people,
    typed_text::{self, Holder},
    uploads,
};
use text::Language;

/// Why a complaint was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The draft does not exist or has expired, or the draft key is wrong or was ended.
    #[error("no such draft")]
    NotFound,
    /// Another device sent it. Only that device gets the receipt.
    #[error("another device has sent the complaint")]
    SentElsewhere,
    /// These questions have no answer yet, in the order of the questionnaire.
    #[error("{} questions have no answer yet", .0.len())]
    Incomplete(Vec<QuestionRef>),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(SubmitError);

/// How often a reference is drawn again before the draws must be at fault. With a million cases on record, one draw in
/// 34,000 hits a reference that is taken.
const DRAWS: u32 = 20;

/// How many of a case's first events may be those that set the case state at submission.
const AT_SENDING: u64 = 3;

/// Sends the complaint. However often it is called, the result is one case, and the same receipt for every call.
///
/// The calls may have the same idempotency key or another, and come from a double click or from two tabs, at once or later.
/// The draft decides: it can become only one case. The access code is derived from the draft key of the sending device, so
/// no other device gets the receipt.
pub async fn submit(services: &Services, token: &DraftToken, key: &IdempotencyKey) -> Result<Receipt, SubmitError> {
    submit_in(services, token, key, Language::default()).await
}

/// Sends the complaint like [`submit`], for a sender who uses this language: messages to them are written in it.
pub async fn submit_in(services: &Services, token: &DraftToken, key: &IdempotencyKey, language: Language) -> Result<Receipt, SubmitError> {
    let held = drafts::find(services, token).await?.ok_or(SubmitError::NotFound)?;
    if let Some(case_id) = held.draft.case_id {
        return if held.has_sent() {
            Ok(receipt_of(services, token, case_id).await?)
        } else {
            Err(SubmitError::SentElsewhere)
        };
    }
    complete(&stored::answers(&held.draft.answers)?)?;
    // The slow hash is computed before the transaction, so that no other writer waits for it.
    let case_id = services.new_id();
    let code = codes::derive_access_code(&services.0.secret, &token.secret, case_id);
    let code_hash = services.0.hashing.hash(&code, codes::salt(&services.0.secret, case_id)).await?;
    for _ in 0..DRAWS {
        match attempt(services, token, key, language, case_id, &code_hash).await {
            // The reference is taken, or another submission of this draft was faster: the next attempt shows which.
            Err(SubmitError::Service(ServiceError::Duplicate(_))) => {}
            Ok(case_id) => {
                // An email to the tenant may be waiting.
                services.outbox().wake();
                return Ok(receipt_of(services, token, case_id).await?);
            }
            Err(e) => return Err(e),
        }
    }
    Err(ServiceError::internal(format!("no unused reference found in {DRAWS} attempts")).into())
}

/// Returns the receipt on the device that sent the complaint, for as long as it may be shown.
///
/// `None` before sending, after that time, once the access code was replaced, and on every other device.
pub async fn receipt(services: &Services, token: &DraftToken) -> Result<Option<Receipt>, ServiceError> {
    match drafts::sent_case(services, token).await? {
        // The access code on the receipt no longer works.
        Some(case_id) if code_was_replaced(services, case_id).await? => Ok(None),
        Some(case_id) => Ok(Some(receipt_of(services, token, case_id).await?)),
        None => Ok(None),
    }
}

async fn code_was_replaced(services: &Services, case_id: Uuid) -> Result<bool, ServiceError> {
    let events = events::list(&services.store().read, case_id, 0, u64::from(u32::MAX), &[]).await?;
    let sender = EventBody::AccessCodeReplaced { person: SENDER };
    let mut replaced = events.iter().filter(|event| event.kind == sender.kind());
    Ok(replaced.any(|event| stored::body(event).is_ok_and(|body| body == sender)))
}

fn complete(answers: &Answers) -> Result<(), SubmitError> {
    let missing = steps::missing(answers);
    if missing.is_empty() {
        Ok(())
    } else {
        Err(SubmitError::Incomplete(missing))
    }
}

/// Writes the case, its first event, its files, the draft's case id and the idempotency key in one transaction.
async fn attempt(
    services: &Services,
    token: &DraftToken,
    key: &IdempotencyKey,
    language: Language,
    case_id: Uuid,
    code_hash: &str,
) -> Result<Uuid, SubmitError> {
    let write = services.store().begin().await?;
    let held = drafts::lock(services, &write, token).await?.ok_or(SubmitError::NotFound)?;
    if let Some(sent) = held.draft.case_id {
        // The faster request may not be flushed to disk yet: commit before acknowledging it.
        write.commit().await?;
        return if held.has_sent() {
            Ok(sent)
        } else {
            Err(SubmitError::SentElsewhere)
        };
    }
    let drafts::OpenDraft {
        draft,
        device,
        has_files,
        has_typed_text,
    } = held;
    // Another device may have saved since the first check.
    let answers = stored::answers(&draft.answers)?;
    complete(&answers)?;

    let now = services.now();
    let due = services
        .holidays()
        .add_working_days(london::date(now), services.settings().contact_within_working_days);
    let body = EventBody::Submitted { due: Some(due) };
    let file = CaseProjection::replay(&answers, [(1, &body)])
        .ok_or_else(|| ServiceError::internal("a case cannot be replayed from its submission"))?;
    let projection = stored::projection(file.state);
    let case = Case {
        id: case_id,
        reference: Reference::from_draw(bytes::<DRAWN>(services.entropy())).to_string(),
        draft_id: draft.id,
        submitted_at: now.into(),
        answers: draft.answers,
        status: projection.status,
        due: projection.due,
        updated_at: now.into(),
    };
    cases::add(&write, &case).await?;
    let mailbox = mailbox::of_plan(services, &ContactPlan::of_sender(&answers));
    let row = sender_row(services, case_id, code_hash, mailbox, language);
    let sender = row.id;
    people::add(&write, row).await?;
    // Before the first event, which commits to the files.
    if has_files {
        uploads::give_to_case(&write, draft.id, case_id).await?;
    }
    let mut open = OpenCase::just_added(services, write, case, file);
    let by = EventActor {
        role: ActorRole::of_sender(&answers),
        name: None,
    };
    open.append(services, &by, &body).await?;
    representation::start_wait(services, &mut open, &answers).await?;
    if has_files {
        refusal::append_earlier(services, &mut open).await?;
    }
    confirm(services, &open, sender, language).await?;
    let OpenCase { write, case, .. } = open;
    let until = now + Duration::hours(i64::from(services.settings().receipt_hours));
    // The holder of a resume link or code must not get to the receipt with it.
    resume::end_links_in(&write, draft.id).await?;
    draft_rows::mark_sent(&write, draft.id, case_id, device, until.into()).await?;
    if has_typed_text {
        typed_text::remove(&write, Holder::Draft(draft.id)).await?;
    }
    let answer = idempotency::Model {
        scope: format!("draft:{}", draft.id),
        key: key.as_str().to_owned(),
        request_hash: request_hash(&[draft.id.as_bytes()]),
        // Not the receipt, which contains the access code.
        answer: serde_json::json!({ "reference": case.reference }).to_string(),
        created_at: now.into(),
    };
    idempotency::add(&write, answer).await?;
    write.commit().await?;
    Ok(case_id)
}

/// Writes the confirmation for the sender, if they have a contact method that is safe and want messages.
async fn confirm(services: &Services, case: &OpenCase, sender: Uuid, language: Language) -> Result<(), ServiceError> {
    let person = case.file.person(SENDER);
    if !person.is_some_and(|person| routes::can_be_notified(&case.file, person, services.settings().texts)) {
        return Ok(());
    }
    let now = services.now();
    let state = &case.file.state;
    let confirmation = NewCaseMessage {
        channel: CONFIRMATION,
        case_id: Some(case.case.id),
        person_id: sender,
        language,
        text: MessageKind::Confirmation {
            reference: case.case.reference.clone(),
            // A complaint that waits for the tenant's consent first is not due on that day.
            due: state.due.filter(|_| state.status == Status::Received),
        },
        due_at: now,
        useless_from: now + USELESS_AFTER,
    };
    Ok(services
        .outbox()
        .add_notice(&case.write, services.entropy(), now, confirmation)
        .await?)
}

/// Builds the row of the sender, the first person on the case, with the access code of the receipt.
fn sender_row(services: &Services, case_id: Uuid, code_hash: &str, mailbox: Option<Vec<u8>>, language: Language) -> people::Model {
    people::Model {
        id: services.new_id(),
        case_id,
        number: i32::from(SENDER),
        access_code_hash: Some(code_hash.to_owned()),
        mailbox,
        mailbox_confirmed_at: None,
        language: Some(language.tag().to_owned()),
        created_at: services.instant(),
        ended_at: None,
    }
}

/// Returns the events written at submission. They show what was promised then, even if the case has moved on.
pub(crate) async fn sent_events(services: &Services, case: &Case) -> Result<Vec<Event>, RecordError> {
    let mut first = events::list(&services.store().read, case.id, 0, AT_SENDING, &[]).await?;
    first.retain(|event| event.at == case.submitted_at && event.actor_role != ActorRole::Organisation.code());
    Ok(first)
}

async fn receipt_of(services: &Services, token: &DraftToken, case_id: Uuid) -> Result<Receipt, ServiceError> {
    let db = &services.store().read;
    let case = cases::lookup(db, case_id)
        .await?
        .ok_or_else(|| RecordError::corrupt("the case of a sent draft is missing"))?;
    let first = sent_events(services, &case).await?;
    let file = stored::case_file(&case, &first)?;
    let files = uploads::list(db, uploads::Owner::Case(case_id)).await?;
    let papers = representation::people_with_documents(&file, &files);
    Ok(Receipt {
        access_code: codes::derive_access_code(&services.0.secret, &token.secret, case.id)
            .as_str()
            .to_owned(),
        submitted_at: case.submitted_at.rfc3339(),
        submitted: london::moment(case.submitted_at),
        receipt_url: Page::Sent.path(),
        next: views::present_next_step(&file, &papers, Some(SENDER), london::date(case.submitted_at.time())),
        claim: claims::claims(&file, &papers, Some(SENDER)).into_iter().next(),
        reference: case.reference,
    })
}
