//! Resuming a draft on another device, by an emailed link or by a code that is read out. Opening one makes a draft key for
//! that device. The database stores a fingerprint of the secret, so the database alone opens nothing. A resume link or code
//! works repeatedly until it ends, so that a device whose connection breaks can try again. It ends when the draft is sent or
//! deleted, or when one of its devices is ended.

use crate::stored;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::token::{DraftToken, Token},
    drafts::{self, devices},
    error::from_record_error,
    london::moment,
};
use complaint::StepId;
use complaint::fields::return_code::{DRAWN, ResumeCode};
use contract::draft_devices::DraftSummary;
use notify::{MessageContent, MessageKind, NewMessage, message};
use record::{
    RecordError, cases,
    draft_devices::OpenedBy,
    drafts::{self as rows, Model as Draft},
    encryption::SealingKey,
    entropy::bytes,
    outbox,
    resume_tickets::{self, Kind, Model},
    store::Write,
};
use text::Language;

/// How many messages one address gets within [`PER_ADDRESS_WITHIN`]. The limit keeps a caller from flooding a stranger's
/// mailbox.
const PER_ADDRESS: u64 = 10;
const PER_ADDRESS_WITHIN: Duration = Duration::days(1);

/// How often a resume code is drawn again if it is taken. With 40 bits it hardly ever is.
const DRAWS: usize = 3;

/// The path of a resume link, without the secret that follows it.
pub const LINK_PATH: &str = "/return/";

/// Why a resume link or code was not made or ended.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The draft does not exist or has expired, or the draft key is wrong. The caller does not learn which.
    #[error("no such draft")]
    NotFound,
    /// The complaint was sent. Its sender follows it with the reference and the access code.
    #[error("the complaint was sent already")]
    AlreadySent { reference: String },
    /// The text is no email address.
    #[error("not an email address")]
    NotAnAddress,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ResumeError);

/// The secret with which a draft is resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResumeSecret {
    Link(Token),
    Code(ResumeCode),
}

impl ResumeSecret {
    fn kind(&self) -> Kind {
        match self {
            Self::Link(_) => Kind::Link,
            Self::Code(_) => Kind::Code,
        }
    }

    fn written(&self) -> &[u8] {
        match self {
            Self::Link(token) => token.bytes(),
            Self::Code(code) => code.as_str().as_bytes(),
        }
    }
}

/// A new resume code. It is shown only once.
#[derive(Clone, Debug)]
pub struct NewCode {
    pub code: ResumeCode,
    pub expires_at: OffsetDateTime,
}

/// A draft that was resumed on a device.
#[derive(Clone, Debug)]
pub struct ResumedDraft {
    pub token: DraftToken,
    pub expires_at: OffsetDateTime,
}

/// Sends a resume link to an address. The caller does not learn whether it was sent: an address over its daily limit gets no
/// more.
pub async fn send_link(services: &Services, token: &DraftToken, to: &str, language: Language) -> Result<(), ResumeError> {
    if !message::is_address(to) {
        return Err(ResumeError::NotAnAddress);
    }
    let now = services.now();
    let outbox = services.outbox();
    let write = services.store().begin().await?;
    let draft = unsent(services, &write, token).await?;
    if outbox.count_recent(&write, to, now, PER_ADDRESS_WITHIN).await? < PER_ADDRESS {
        let link = Token::draw(services.entropy());
        let until = (now + Duration::days(i64::from(services.settings().return_link_days))).min(draft.expires_at.time());
        let text = MessageKind::ReturnLink {
            path: format!("{LINK_PATH}{link}"),
            until: moment(until.into()),
        };
        resume_tickets::add(&write, ticket(services, draft.id, &ResumeSecret::Link(link), until)).await?;
        let message = NewMessage {
            letter: MessageContent {
                to: to.to_owned(),
                language: language.tag().to_owned(),
                text,
            },
            consent: None,
            draft_id: Some(draft.id),
            useless_from: until,
        };
        outbox.add(&write, services.entropy(), now, message).await?;
    } else {
        tracing::warn!("the daily message limit of an address is reached: no email was sent");
    }
    write.commit().await?;
    outbox.wake();
    Ok(())
}

/// Makes a resume code to read out. The previous one ends, so that the code on the screen is the only one.
///
/// A code has 40 bits. An attacker with the database and the server's secret could try all codes, so a code is valid for a
/// day only.
pub async fn make_code(services: &Services, token: &DraftToken) -> Result<NewCode, ResumeError> {
    for _ in 0..DRAWS {
        match try_code(services, token).await {
            Err(ResumeError::Service(ServiceError::Duplicate(_))) => {}
            made => return made,
        }
    }
    Err(ServiceError::internal(format!("no unused code found in {DRAWS} attempts")).into())
}

async fn try_code(services: &Services, token: &DraftToken) -> Result<NewCode, ResumeError> {
    let write = services.store().begin().await?;
    let draft = unsent(services, &write, token).await?;
    let hours = i64::from(services.settings().return_code_hours);
    let expires_at = (services.now() + Duration::hours(hours)).min(draft.expires_at.time());
    let code = ResumeCode::from_draw(bytes::<DRAWN>(services.entropy()));
    resume_tickets::remove_by_draft(&write, draft.id, Some(Kind::Code)).await?;
    resume_tickets::add(&write, ticket(services, draft.id, &ResumeSecret::Code(code.clone()), expires_at)).await?;
    write.commit().await?;
    Ok(NewCode { code, expires_at })
}

/// The device on which a draft is resumed.
#[derive(Clone, Debug, Default)]
pub struct ResumingDevice {
    /// Browser and operating system in a few words.
    pub device: Option<String>,
    /// The draft tokens that the device already holds. If one of them opens the same draft, the device keeps it.
    pub held: Vec<DraftToken>,
}

/// Returns which draft a resume link or code would open. `None` if it opens no draft, or has ended.
///
/// Nothing changes, so mail programs and the person can preview the draft first.
pub async fn preview_draft(services: &Services, ticket: &ResumeSecret) -> Result<Option<DraftSummary>, ServiceError> {
    let db = &services.store().read;
    let Some(kept) = resume_tickets::find_live(db, ticket.kind(), &hash(services, ticket), services.instant()).await? else {
        return Ok(None);
    };
    let draft = rows::lookup(db, kept.draft_id).await?.filter(|draft| is_open(services, draft));
    let Some(draft) = draft else { return Ok(None) };
    let answers = stored::answers(&draft.answers)?;
    let given = |step, field| Some(answers.text(step, field).to_owned()).filter(|text| !text.is_empty());
    let landlord = given(StepId::Landlord, "name");
    Ok(Some(DraftSummary {
        id: draft.id.to_string(),
        begun: moment(draft.created_at),
        town: given(StepId::HomeAddress, "town").filter(|_| landlord.is_none()),
        landlord,
    }))
}

/// Opens the draft of a resume link or code on a device, which gets a draft key of its own. `None` if it opens no draft, or
/// has ended.
pub async fn open(services: &Services, ticket: &ResumeSecret, on: ResumingDevice) -> Result<Option<ResumedDraft>, ServiceError> {
    // A wrong code must not have to wait for a write transaction.
    let (hash, now) = (hash(services, ticket), services.instant());
    let Some(kept) = resume_tickets::find_live(&services.store().read, ticket.kind(), &hash, now).await? else {
        return Ok(None);
    };
    let write = services.store().begin().await?;
    let draft = rows::lock(&write, kept.draft_id).await?.filter(|draft| is_open(services, draft));
    let Some(draft) = draft else { return Ok(None) };
    // The resume link or code may have ended before the draft was locked.
    if resume_tickets::find_live(&write.tx(), ticket.kind(), &hash, now).await?.is_none() {
        return Ok(None);
    }
    let expires_at = draft.expires_at.time();
    if let Some(token) = on.held.into_iter().find(|held| held.id == draft.id)
        && drafts::lock(services, &write, &token).await?.is_some()
    {
        write.commit().await?;
        return Ok(Some(ResumedDraft { token, expires_at }));
    }
    let by = match kept.kind {
        Kind::Link => OpenedBy::Link,
        Kind::Code => OpenedBy::Code,
    };
    let secret = devices::add(services, &write, draft.id, by, on.device).await?;
    write.commit().await?;
    let token = DraftToken { id: draft.id, secret };
    Ok(Some(ResumedDraft { token, expires_at }))
}

fn is_open(services: &Services, draft: &Draft) -> bool {
    draft.case_id.is_none() && draft.expires_at > services.instant()
}

/// Returns whether any resume link or code opens the draft at present.
pub async fn any_open(services: &Services, token: &DraftToken) -> Result<bool, ServiceError> {
    if drafts::find(services, token).await?.is_none() {
        return Ok(false);
    }
    Ok(resume_tickets::count_live(&services.store().read, token.id, services.instant()).await? > 0)
}

/// Ends all resume links and codes of a draft, and withdraws emails that were not sent yet.
///
/// Devices that have resumed by one keep the draft open: [`devices::end_others`] ends those.
pub async fn end_links(services: &Services, token: &DraftToken) -> Result<(), ResumeError> {
    let write = services.store().begin().await?;
    let draft = unsent(services, &write, token).await?;
    end_links_in(&write, draft.id).await?;
    write.commit().await?;
    Ok(())
}

/// Ends all resume links and codes of a draft in the caller's transaction.
pub(crate) async fn end_links_in(write: &Write, draft_id: Uuid) -> Result<(), RecordError> {
    resume_tickets::remove_by_draft(write, draft_id, None).await?;
    outbox::delete_undelivered_of_draft(write, draft_id).await?;
    Ok(())
}

async fn unsent(services: &Services, write: &Write, token: &DraftToken) -> Result<Draft, ResumeError> {
    let drafts::OpenDraft { draft, .. } = drafts::lock(services, write, token).await?.ok_or(ResumeError::NotFound)?;
    match draft.case_id {
        None => Ok(draft),
        Some(case_id) => {
            let case = cases::lookup(&services.store().read, case_id).await?;
            let case = case.ok_or_else(|| RecordError::corrupt("the case of a sent draft is missing"))?;
            Err(ResumeError::AlreadySent { reference: case.reference })
        }
    }
}

fn ticket(services: &Services, draft_id: Uuid, ticket: &ResumeSecret, expires_at: OffsetDateTime) -> Model {
    Model {
        id: services.new_id(),
        draft_id,
        kind: ticket.kind(),
        token_hash: hash(services, ticket),
        created_at: services.instant(),
        expires_at: expires_at.into(),
    }
}

/// Returns the fingerprint by which a resume link or code is found. Only this server can compute it, so the duration of the
/// lookup reveals nothing.
fn hash(services: &Services, ticket: &ResumeSecret) -> Vec<u8> {
    SealingKey::derive(services.0.secret.bytes(), "ticket", &[]).fingerprint(ticket.written())
}
