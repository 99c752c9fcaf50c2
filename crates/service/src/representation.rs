//! Representation: asking the tenant for consent, recording their answer or an authority document, and handing a case over.
//!
//! A representative's rights follow from the case's events alone. They are looked up for each request, so a right that ends
//! is gone at once. This module appends those events. A link or code opens one request for one decision; reading it
//! does not use it up.

pub(crate) mod authority;
pub mod automated_answers;
pub(crate) mod claims;
pub(crate) mod consent_requests;
pub mod desk;
pub(crate) mod expired_claims;
pub mod handover;
mod people;
pub mod request;

use time::Date;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::{
        token::{DraftToken, Token},
        viewer::Viewer,
    },
    error::from_record_error,
    open_case::{EventActor, OpenCase},
};
use complaint::{
    FieldError,
    case::{
        event::ActorRole,
        person_number::PersonNumber,
        representation::{Basis, Rights, Scope, normalise_scopes},
        state::Participant,
    },
    fields::{form::Choice, iso_date, return_code::ResumeCode},
};
use record::{consents::Model, encryption::SealingKey, entropy::bytes};

pub use people::{ask_again, end, set_rights, take_over, view};
pub(crate) use people::{authority_documents, people_with_documents};

pub(crate) use consent_requests::start_wait;
pub(crate) use expired_claims::end_over as end_waits_over;

/// The path of a consent link, without the secret that follows it.
pub const LINK_PATH: &str = "/consent/";

/// Why a request about representation failed.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// The case, person, link or code does not exist, is not the caller's, or has ended. The caller does not learn which.
    #[error("no such case, person, link or code")]
    NotFound,
    /// The caller may see the case but not do this.
    #[error("the caller may not do this")]
    NotAllowed,
    /// The consent request was decided before.
    #[error("the request was decided already")]
    Decided,
    /// The input is invalid.
    #[error("the input is invalid")]
    Wrong(Vec<FieldError>),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(ConsentError);

/// The tokens in the browser that answers a consent request. They show whether it may be the representative's browser.
#[derive(Clone, Debug, Default)]
pub struct AnsweringBrowser {
    pub drafts: Vec<DraftToken>,
    pub session: Option<String>,
}

/// A new code. It is shown only once.
#[derive(Clone, Debug)]
pub struct NewCode {
    pub code: ResumeCode,
    pub expires_at: time::OffsetDateTime,
}

/// Builds rights from the chosen scopes and last day.
///
/// Returns [`ConsentError::Wrong`] if no scope was chosen or the day is past.
pub fn rights(scopes: &[Scope], until: Option<Date>, today: Date) -> Result<Rights, ConsentError> {
    let mut wrong = Vec::new();
    if scopes.is_empty() {
        // The page has one box for each scope, the body a list.
        wrong.push(FieldError {
            pointer: "/scopes".into(),
            ..FieldError::new("scope", "consent_scope_missing")
        });
    }
    if until.is_some_and(|until| until < today) {
        wrong.push(FieldError::new("until", "consent_until_past").at_input("until-day"));
    }
    if wrong.is_empty() {
        Ok(Rights {
            scopes: normalise_scopes(scopes),
            until,
        })
    } else {
        Err(ConsentError::Wrong(wrong))
    }
}

/// Limits the chosen rights to those that were asked for.
fn limit_rights(chosen: &Rights, asked: &Rights) -> Rights {
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
    SealingKey::derive(services.0.secret.bytes(), "consent", &[]).fingerprint(written)
}

/// Derives the code shown on the page of a consent link, so that the tenant can also answer by phone.
fn derive_phone_code(services: &Services, token: &Token) -> ResumeCode {
    let bits = SealingKey::derive(services.0.secret.bytes(), "code of a consent", token.bytes()).fingerprint(&[]);
    let mut draw = [0; 8];
    draw.copy_from_slice(&bits[..8]);
    ResumeCode::from_draw(draw)
}

fn draw_code(services: &Services) -> ResumeCode {
    ResumeCode::from_draw(bytes(services.entropy()))
}

/// Locks the case for a change and returns it with the viewer's person on it.
async fn lock_as_person(services: &Services, viewer: &Viewer) -> Result<(OpenCase, Participant), ConsentError> {
    let found = OpenCase::lock_as(services, viewer).await?;
    let (case, me, _) = found.ok_or(ConsentError::NotFound)?;
    Ok((case, me))
}

fn actor_of(person: &Participant) -> EventActor {
    EventActor {
        role: person.role,
        name: Some(person.name.clone()),
    }
}

fn is_tenant(person: &Participant) -> bool {
    person.role == ActorRole::Resident
}

/// Returns the representative with this person number.
fn representative(case: &OpenCase, number: PersonNumber) -> Result<Participant, ConsentError> {
    let found = case.file.person(number).filter(|person| person.role == ActorRole::Representative);
    found.cloned().ok_or(ConsentError::NotFound)
}

/// Returns the id of the person's row in `people`. `None` if the person never had access.
async fn people_row_id(case: &OpenCase, number: PersonNumber) -> Result<Option<Uuid>, ServiceError> {
    let rows = record::people::list(&case.write.tx(), case.case.id).await?;
    Ok(rows.into_iter().find(|row| row.number == i32::from(number)).map(|row| row.id))
}

/// Returns the basis of a person's authority: the tenant's permission if none is recorded.
fn basis_of(person: &Participant) -> Basis {
    person.basis.unwrap_or(Basis::Permission)
}
