//! Coming back to a draft on another device: by a link in an email, or by a code that is read out.
//!
//! The draft's own secret is not in the database, so a ticket carries it sealed: under a key made from what is written on the
//! ticket and the server's secret. The database alone opens nothing, neither does the server's secret with it for a link, whose
//! 256 bits nobody guesses. A code has 40 bits, so for the day it lives the two together would; that is why it lives a day.
//!
//! A ticket opens its draft until it ends, as often as it is used: somebody whose connection breaks tries again. It ends when
//! the draft is sent or forgotten.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    ServiceError, Services, drafts,
    error::from_record_error,
    london::moment,
    token::{DraftToken, Token},
};
use crate::complaint::fields::return_code::{DRAWN, ReturnCode};
use crate::notify::{Letter, NewMessage, Text, letter};
use crate::record::{
    RecordError, cases,
    drafts::Model as Draft,
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
        tickets::add(&write, ticket(services, token, &Ticket::Link(link), until)).await?;
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
            Err(ReturnError::Service(ServiceError::Internal(e))) if is_duplicate(&*e) => {}
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
    tickets::add(&write, ticket(services, token, &Ticket::Code(code.clone()), expires_at)).await?;
    write.commit().await?;
    Ok(NewCode { code, expires_at })
}

/// The draft that a ticket opens, as often as one asks: asking uses nothing up. `None` when it opens none, or none any more.
///
/// # Errors
/// [`ServiceError`].
pub async fn open(services: &Services, ticket: &Ticket) -> Result<Option<Opened>, ServiceError> {
    let found = tickets::find_by_token(&services.store().read, &hash(services, ticket)).await?;
    let Some(kept) = found.filter(|kept| kept.kind == ticket.kind() && kept.expires_at > services.instant()) else {
        return Ok(None);
    };
    let secret = sealing(services, ticket).open(kept.draft_id.as_bytes(), &kept.sealed);
    let secret = secret.and_then(|secret| secret.try_into().ok());
    let secret = secret.ok_or_else(|| RecordError::corrupt("a ticket that does not open"))?;
    let token = DraftToken {
        id: kept.draft_id,
        secret: Token::from_bytes(secret),
    };
    let draft = drafts::find(services, &token).await?.filter(|draft| draft.case_id.is_none());
    Ok(draft.map(|draft| Opened {
        token,
        expires_at: draft.expires_at.time(),
    }))
}

/// Whether any link or code opens the draft at the moment.
///
/// # Errors
/// [`ServiceError`].
pub async fn any_open(services: &Services, token: &DraftToken) -> Result<bool, ServiceError> {
    let Some(draft) = drafts::find(services, token).await? else {
        return Ok(false);
    };
    Ok(tickets::count_live(&services.store().read, draft.id, services.instant()).await? > 0)
}

/// Ends all links and codes of a draft, and takes back what is not sent yet. Devices that have come back by one stay.
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
    let draft = drafts::lock(services, write, token).await?.ok_or(ReturnError::NotFound)?;
    match draft.case_id {
        None => Ok(draft),
        Some(case_id) => {
            let case = cases::lookup(&services.store().read, case_id).await?;
            let case = case.ok_or_else(|| RecordError::corrupt("a draft sent to no case"))?;
            Err(ReturnError::AlreadySent { reference: case.reference })
        }
    }
}

fn ticket(services: &Services, token: &DraftToken, ticket: &Ticket, expires_at: OffsetDateTime) -> Model {
    Model {
        id: services.new_id(),
        draft_id: token.id,
        kind: ticket.kind(),
        token_hash: hash(services, ticket),
        sealed: sealing(services, ticket).seal(services.entropy(), token.id.as_bytes(), token.secret.bytes()),
        created_at: services.instant(),
        expires_at: expires_at.into(),
    }
}

/// What a ticket is found by. Looking it up by a fingerprint that only this server can make tells an observer nothing.
fn hash(services: &Services, ticket: &Ticket) -> Vec<u8> {
    Key::derived(services.0.secret.bytes(), "ticket", &[]).fingerprint(ticket.written())
}

fn sealing(services: &Services, ticket: &Ticket) -> Key {
    Key::derived(services.0.secret.bytes(), "sealed in a ticket", ticket.written())
}

fn is_duplicate(e: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    matches!(e.downcast_ref::<RecordError>(), Some(RecordError::Duplicate(_)))
}
