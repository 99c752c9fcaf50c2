//! Coming back to a draft on another device: by a link in an email, or by a code that is read out.
//!
//! Opening a ticket makes a key for the device that opens it. The database holds a fingerprint of what is written on the ticket,
//! so the database alone opens nothing. A code has 40 bits: an attacker with the database and the server's secret could try all
//! codes, which is why a code lives a day.
//!
//! A ticket opens its draft until it ends, as often as it is used, so that a device whose connection breaks can try again. It
//! ends when the draft is sent or forgotten, or when one of its devices is ended.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    ServiceError, Services,
    drafts::{self, devices},
    error::from_record_error,
    london::moment,
    token::{DraftToken, Token},
    views,
};
use crate::complaint::StepId;
use crate::complaint::fields::return_code::{DRAWN, ReturnCode};
use crate::complaint::view::draft_devices::DraftSummary;
use crate::notify::{Letter, NewMessage, Text, letter};
use crate::record::{
    RecordError, cases,
    draft_devices::OpenedBy,
    drafts::{self as rows, Model as Draft},
    entropy::bytes,
    outbox,
    sealed::Key,
    store::Write,
    tickets::{self, Kind, Model},
};
use crate::text::Language;

/// How many messages one address gets from us within [`PER_ADDRESS_WITHIN`], so that nobody can fill somebody else's letter box.
const PER_ADDRESS: u64 = 10;
const PER_ADDRESS_WITHIN: Duration = Duration::days(1);

/// How often a code is drawn again that somebody else has. With 40 bits it hardly ever is.
const DRAWS: usize = 3;

/// Where a link leads; the secret follows.
pub const LINK_PATH: &str = "/return/";

/// Why there is no way back.
#[derive(Debug, thiserror::Error)]
pub enum ReturnError {
    /// No such draft, or it has expired, or the token is not its own: which of these is not told.
    #[error("no such draft")]
    NotFound,
    /// It was sent; one follows it with its reference and access code.
    #[error("already sent")]
    AlreadySent { reference: String },
    /// No mail can be addressed to this.
    #[error("not an email address")]
    NotAnAddress,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ReturnError);

/// What somebody shows who comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ticket {
    Link(Token),
    Code(ReturnCode),
}

impl Ticket {
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

/// A code just made. Shown this once.
#[derive(Clone, Debug)]
pub struct NewCode {
    pub code: ReturnCode,
    pub expires_at: OffsetDateTime,
}

/// A draft that a ticket opens.
#[derive(Clone, Debug)]
pub struct Opened {
    pub token: DraftToken,
    pub expires_at: OffsetDateTime,
}

/// Sends a link to an address. Nothing tells whether it was sent: an address that got too many today gets no more.
///
/// # Errors
/// [`ReturnError`].
pub async fn send_link(services: &Services, token: &DraftToken, to: &str, language: Language) -> Result<(), ReturnError> {
    if !letter::is_address(to) {
        return Err(ReturnError::NotAnAddress);
    }
    let now = services.now();
    let outbox = services.outbox();
    let write = services.store().begin().await?;
    let draft = unsent(services, &write, token).await?;
    if outbox.count_recent(&write, to, now, PER_ADDRESS_WITHIN).await? < PER_ADDRESS {
        let link = Token::draw(services.entropy());
        let until = (now + Duration::days(i64::from(services.settings().return_link_days))).min(draft.expires_at.time());
        let text = Text::ReturnLink {
            path: format!("{LINK_PATH}{link}"),
            until: moment(until.into()),
        };
        tickets::add(&write, ticket(services, draft.id, &Ticket::Link(link), until)).await?;
        let message = NewMessage {
            letter: Letter {
                to: to.to_owned(),
                language: language.tag().to_owned(),
                text,
            },
            asks: None,
            draft_id: Some(draft.id),
            useless_from: until,
        };
        outbox.add(&write, services.entropy(), now, message).await?;
    } else {
        tracing::warn!("an address has had enough messages for today");
    }
    write.commit().await?;
    outbox.wake();
    Ok(())
}

/// Makes a code to read out. The one before ends: what stands on the screen is the only one.
///
/// # Errors
/// [`ReturnError`].
pub async fn make_code(services: &Services, token: &DraftToken) -> Result<NewCode, ReturnError> {
    for _ in 0..DRAWS {
        match try_code(services, token).await {
            Err(ReturnError::Service(ServiceError::Duplicate(_))) => {}
            made => return made,
        }
    }
    Err(ServiceError::internal(format!("no free code in {DRAWS} draws")).into())
}

async fn try_code(services: &Services, token: &DraftToken) -> Result<NewCode, ReturnError> {
    let write = services.store().begin().await?;
    let draft = unsent(services, &write, token).await?;
    let hours = i64::from(services.settings().return_code_hours);
    let expires_at = (services.now() + Duration::hours(hours)).min(draft.expires_at.time());
    let code = ReturnCode::from_draw(bytes::<DRAWN>(services.entropy()));
    tickets::remove_by_draft(&write, draft.id, Some(Kind::Code)).await?;
    tickets::add(&write, ticket(services, draft.id, &Ticket::Code(code.clone()), expires_at)).await?;
    write.commit().await?;
    Ok(NewCode { code, expires_at })
}

/// The device on which a ticket is opened.
#[derive(Clone, Debug, Default)]
pub struct Opener {
    /// Browser and system in few words.
    pub device: Option<String>,
    /// What the device holds already. One that opens the same draft stays the device's key.
    pub held: Vec<DraftToken>,
}

/// Says which draft a ticket would open. Changes nothing, so that mail programs and the person can look first. `None` when the
/// ticket opens none, or none any more.
///
/// # Errors
/// [`ServiceError`].
pub async fn look(services: &Services, ticket: &Ticket) -> Result<Option<DraftSummary>, ServiceError> {
    let db = &services.store().read;
    let Some(kept) = tickets::find_live(db, ticket.kind(), &hash(services, ticket), services.instant()).await? else {
        return Ok(None);
    };
    let draft = rows::lookup(db, kept.draft_id).await?.filter(|draft| is_open(services, draft));
    let Some(draft) = draft else { return Ok(None) };
    let answers = views::answers(&draft.answers)?;
    let given = |step, field| Some(answers.text(step, field).to_owned()).filter(|text| !text.is_empty());
    let landlord = given(StepId::Landlord, "name");
    Ok(Some(DraftSummary {
        id: draft.id.to_string(),
        begun: moment(draft.created_at),
        town: given(StepId::HomeAddress, "town").filter(|_| landlord.is_none()),
        landlord,
    }))
}

/// Opens the draft of a ticket on a device, which gets a key of its own. `None` when the ticket opens none, or none any more.
///
/// # Errors
/// [`ServiceError`].
pub async fn open(services: &Services, ticket: &Ticket, on: Opener) -> Result<Option<Opened>, ServiceError> {
    // Wrong codes do not queue for a transaction.
    let (hash, now) = (hash(services, ticket), services.instant());
    let Some(kept) = tickets::find_live(&services.store().read, ticket.kind(), &hash, now).await? else {
        return Ok(None);
    };
    let write = services.store().begin().await?;
    let draft = rows::lock(&write, kept.draft_id).await?.filter(|draft| is_open(services, draft));
    let Some(draft) = draft else { return Ok(None) };
    // The ticket may have been ended until the draft was held.
    if tickets::find_live(&write.tx(), ticket.kind(), &hash, now).await?.is_none() {
        return Ok(None);
    }
    let expires_at = draft.expires_at.time();
    if let Some(token) = on.held.into_iter().find(|held| held.id == draft.id)
        && drafts::lock(services, &write, &token).await?.is_some()
    {
        write.commit().await?;
        return Ok(Some(Opened { token, expires_at }));
    }
    let by = match kept.kind {
        Kind::Link => OpenedBy::Link,
        Kind::Code => OpenedBy::Code,
    };
    let secret = devices::add(services, &write, draft.id, by, on.device).await?;
    write.commit().await?;
    let token = DraftToken { id: draft.id, secret };
    Ok(Some(Opened { token, expires_at }))
}

fn is_open(services: &Services, draft: &Draft) -> bool {
    draft.case_id.is_none() && draft.expires_at > services.instant()
}

/// Whether any link or code opens the draft at the moment.
///
/// # Errors
/// [`ServiceError`].
pub async fn any_open(services: &Services, token: &DraftToken) -> Result<bool, ServiceError> {
    if drafts::find(services, token).await?.is_none() {
        return Ok(false);
    }
    Ok(tickets::count_live(&services.store().read, token.id, services.instant()).await? > 0)
}

/// Ends all links and codes of a draft, and takes back what is not sent yet. Devices that have come back by one stay:
/// [`devices::end_others`] ends those.
///
/// # Errors
/// [`ReturnError`].
pub async fn end_all(services: &Services, token: &DraftToken) -> Result<(), ReturnError> {
    let write = services.store().begin().await?;
    let draft = unsent(services, &write, token).await?;
    end(&write, draft.id).await?;
    write.commit().await?;
    Ok(())
}

/// The same within another act.
pub(super) async fn end(write: &Write, draft_id: Uuid) -> Result<(), RecordError> {
    tickets::remove_by_draft(write, draft_id, None).await?;
    outbox::withdraw(write, draft_id).await?;
    Ok(())
}

async fn unsent(services: &Services, write: &Write, token: &DraftToken) -> Result<Draft, ReturnError> {
    let drafts::Held { draft, .. } = drafts::lock(services, write, token).await?.ok_or(ReturnError::NotFound)?;
    match draft.case_id {
        None => Ok(draft),
        Some(case_id) => {
            let case = cases::lookup(&services.store().read, case_id).await?;
            let case = case.ok_or_else(|| RecordError::corrupt("a draft sent to no case"))?;
            Err(ReturnError::AlreadySent { reference: case.reference })
        }
    }
}

fn ticket(services: &Services, draft_id: Uuid, ticket: &Ticket, expires_at: OffsetDateTime) -> Model {
    Model {
        id: services.new_id(),
        draft_id,
        kind: ticket.kind(),
        token_hash: hash(services, ticket),
        created_at: services.instant(),
        expires_at: expires_at.into(),
    }
}

/// What a ticket is found by. Looking it up by a fingerprint that only this server can make tells an observer nothing.
fn hash(services: &Services, ticket: &Ticket) -> Vec<u8> {
    Key::derived(services.0.secret.bytes(), "ticket", &[]).fingerprint(ticket.written())
}
