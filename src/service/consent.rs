//! Acting for a tenant: asking them, what they say, what a paper shows, and handing a case over.
//!
//! Who may do what follows from the case's events alone and is looked up for each request, so what ends is gone in that moment.
//! Here is what brings those events about. A link or a code opens one request for one decision; looking at it uses nothing up.

mod asking;
pub mod desk;
mod giving;
pub mod handover;
pub mod haste;
mod people;
pub mod request;
mod waits;

use time::Date;
use uuid::Uuid;

use super::{
    ServiceError, Services,
    error::from_record_error,
    open_case::{By, OpenCase},
    people::{Viewer, viewer},
    sessions::Session,
    token::{DraftToken, Token},
};
use crate::complaint::{
    FieldError,
    authority::{Basis, Rights, Scope, tidy},
    case_file::PersonOnCase,
    event::ActorRole,
    fields::{iso_date, return_code::ReturnCode},
    form::Choice,
};
use crate::record::{consents::Model, entropy::bytes, sealed::Key};

pub use people::{ask_again, end, set_rights, take_over, view};
pub(super) use people::{papers, papers_of};

pub(super) use asking::begin;
pub(super) use waits::end_over as end_waits_over;

/// Where a link leads; the secret follows.
pub const LINK_PATH: &str = "/consent/";

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// No such case, person, link or code, or not theirs, or not any more: which of these is not told.
    #[error("nothing there")]
    NotFound,
    /// They may see the case, and this is not theirs to do.
    #[error("not theirs to do")]
    NotAllowed,
    /// It was decided before.
    #[error("decided before")]
    Decided,
    /// What was chosen will not do.
    #[error("what was chosen will not do")]
    Wrong(Vec<FieldError>),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ConsentError);

/// What the browser of somebody who decides shows besides: it may be that of the representative.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub drafts: Vec<DraftToken>,
    pub session: Option<String>,
}

/// A code just made. Shown this once.
#[derive(Clone, Debug)]
pub struct NewCode {
    pub code: ReturnCode,
    pub expires_at: time::OffsetDateTime,
}

/// Reads what somebody may do from codes and a date as they were chosen.
///
/// # Errors
/// [`ConsentError::Wrong`] when nothing was chosen or the day is past.
pub fn rights(scopes: &[Scope], until: Option<Date>, today: Date) -> Result<Rights, ConsentError> {
    let mut wrong = Vec::new();
    if scopes.is_empty() {
        wrong.push(FieldError::new("scope", "consent_scope_missing"));
    }
    if until.is_some_and(|until| until < today) {
        wrong.push(FieldError::new("until", "consent_until_past").at_input("until-day"));
    }
    if wrong.is_empty() {
        Ok(Rights {
            scopes: tidy(scopes),
            until,
        })
    } else {
        Err(ConsentError::Wrong(wrong))
    }
}

/// No more than what was asked for.
fn within(chosen: &Rights, asked: &Rights) -> Rights {
    let both = |scope: &Scope| asked.scopes.contains(scope);
    Rights {
        scopes: chosen.scopes.iter().copied().filter(both).collect(),
        until: match (chosen.until, asked.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        },
    }
}

fn write_scopes(scopes: &[Scope]) -> String {
    let codes: Vec<&str> = scopes.iter().map(|scope| scope.code()).collect();
    codes.join(" ")
}

fn read_rights(row: &Model) -> Rights {
    Rights {
        scopes: row.scopes.split(' ').filter_map(Scope::parse).collect(),
        until: row.last_day.as_deref().and_then(iso_date::parse),
    }
}

fn fingerprint(services: &Services, written: &[u8]) -> Vec<u8> {
    Key::derived(services.0.secret.bytes(), "consent", &[]).fingerprint(written)
}

/// The code that stands on the page of a link, so that whoever got the link can also answer by phone.
fn spoken(services: &Services, token: &Token) -> ReturnCode {
    let bits = Key::derived(services.0.secret.bytes(), "code of a consent", token.bytes()).fingerprint(&[]);
    let mut draw = [0; 8];
    draw.copy_from_slice(&bits[..8]);
    ReturnCode::from_draw(draw)
}

fn draw_code(services: &Services) -> ReturnCode {
    ReturnCode::from_draw(bytes(services.entropy()))
}

/// The session's person on the case, held for a change.
async fn hold(services: &Services, session: &Session, reference: &str) -> Result<(OpenCase, PersonOnCase), ConsentError> {
    let seen: Viewer = viewer(services, session, reference).await?.ok_or(ConsentError::NotFound)?;
    let case = OpenCase::hold(services, seen.reference()).await?.ok_or(ConsentError::NotFound)?;
    // Looked at again: it is only now that nobody else changes the case.
    let me = case.file.person(seen.person.number).cloned().ok_or(ConsentError::NotFound)?;
    if me.has_access(case.today) {
        Ok((case, me))
    } else {
        Err(ConsentError::NotFound)
    }
}

fn by(person: &PersonOnCase) -> By {
    By {
        role: person.role,
        name: Some(person.name.clone()),
    }
}

fn is_tenant(person: &PersonOnCase) -> bool {
    person.role == ActorRole::Resident
}

/// Somebody on the case who acts for the tenant.
fn representative(case: &OpenCase, number: u8) -> Result<PersonOnCase, ConsentError> {
    let found = case.file.person(number).filter(|person| person.role == ActorRole::Representative);
    found.cloned().ok_or(ConsentError::NotFound)
}

/// The id of their row, when they have a way in.
async fn row_of(case: &OpenCase, number: u8) -> Result<Option<Uuid>, ServiceError> {
    let rows = crate::record::people::list(&case.write.tx(), case.case.id).await?;
    Ok(rows.into_iter().find(|row| row.number == i32::from(number)).map(|row| row.id))
}

/// By what right somebody acts whom the tenant agreed to.
fn basis_of(person: &PersonOnCase) -> Basis {
    person.basis.unwrap_or(Basis::Permission)
}
