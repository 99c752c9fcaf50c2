//! The people on a case and consent requests, as people see them.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::Moment;
use complaint::case::event::ActorRole;
use complaint::case::person_number::PersonNumber;
pub use complaint::case::representation::AuthorityState;
use complaint::case::representation::{Basis, Scope};
use complaint::case::representation::{Document, Wait};
use complaint::case::status::Actor;
use complaint::fields::form::choices;
use complaint::fields::iso_date;

choices! {
    /// What a case waits for before a person may act.
    Missing {
        /// The tenant's answer.
        Answer = "answer",
        /// Another address: the email that asked the tenant bounced.
        CameBack = "came_back",
        /// The organisation's inspection of a document.
        Check = "check",
        /// A document, or the tenant's answer.
        Paper = "paper",
    }
}

/// The people on a case, and what the caller may do about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(clippy::struct_excessive_bools, reason = "each field is a separate member of the REST response")]
pub struct CasePeople {
    pub reference: String,
    /// The caller's person number.
    #[cfg_attr(feature = "openapi", schema(value_type = u8))]
    pub me: PersonNumber,
    /// Whether the caller may decide what others may do.
    pub may_manage: bool,
    /// Whether the caller may have the tenant asked again.
    pub may_ask: bool,
    /// Whether the caller may create a hand-over code for another person.
    pub may_hand_over: bool,
    /// Whether the caller may add a signed document that proves their authority.
    pub may_add_paper: bool,
    /// What the case waits for, if it waits for a person's authority.
    pub missing: Option<Missing>,
    /// The open claims to represent the tenant, each with what it waits for.
    pub claims: Vec<ClaimView>,
    /// The last day of the wait in `missing`.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub by: Option<Date>,
    pub people: Vec<CasePerson>,
}

/// A person on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CasePerson {
    /// The person number on the case, from 1.
    #[cfg_attr(feature = "openapi", schema(value_type = u8))]
    pub number: PersonNumber,
    pub role: ActorRole,
    pub name: String,
    /// The basis on which the person represents the tenant.
    pub basis: Option<Basis>,
    pub state: AuthorityState,
    /// The scopes that the person has or asked for.
    pub scopes: Vec<Scope>,
    /// The last day of the scopes.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// Whether the person has access of their own.
    pub is_here: bool,
    /// Whether the caller may change this person's scopes.
    pub may_change: bool,
    /// Whether the caller may end this person's authority or refuse the claim.
    pub may_end: bool,
}

/// A claim to represent the tenant that waits for proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimView {
    /// The claimant's person number.
    #[cfg_attr(feature = "openapi", schema(value_type = u8))]
    pub person: PersonNumber,
    pub name: String,
    /// What the claim waits for.
    pub wait: Wait,
    /// Who has to act next on the claim.
    pub who_acts: Actor,
    /// The last day of the wait.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub by: Option<Date>,
    /// The document that proves this basis; `null` if none can.
    pub document: Option<Document>,
}

/// Why a person with a correct access code has no access to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoAccess {
    /// The tenant, or the organisation for the tenant, has to agree first.
    Waiting,
    /// The claim was refused.
    Refused,
    /// The authority ended, or was handed over to another person.
    Ended,
    /// The last day of the authority has passed.
    RunOut(#[serde(with = "iso_date")] Date),
}

impl NoAccess {
    /// Returns the stable code. Its sentence is at `errors.<code>` in `locales/`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "authority_waiting",
            Self::Refused => "authority_refused",
            Self::Ended => "authority_ended",
            Self::RunOut(_) => "authority_run_out",
        }
    }
}

/// A request that asks the tenant to agree to a representative.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentRequest {
    /// The name that the representative gave. It is not verified.
    pub name: String,
    /// The organisation that the representative claims to be from.
    pub organisation: Option<String>,
    pub basis: Option<Basis>,
    /// The name of the tenant to be represented.
    pub tenant: String,
    pub scopes: Vec<Scope>,
    /// The last day of the scopes asked for.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// When the request expires.
    pub answer_by: Moment,
    /// The consent code, to be read out by a tenant who prefers to answer on the phone.
    pub code: String,
}

/// Hides names and codes.
impl std::fmt::Debug for ConsentRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsentRequest")
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Access to a case: its reference and an access code. Returned only once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = WayIn))]
pub struct CaseAccess {
    pub reference: String,
    pub access_code: String,
}

/// Hides the code: a log line must not open a case.
impl std::fmt::Debug for CaseAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WayIn(..)")
    }
}

/// The result of joining a case with a hand-over code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Joined))]
pub struct JoinedCase {
    pub reference: String,
    /// Returned only once.
    pub access_code: String,
    /// Whether the authority has to be proved first. Until then the case cannot be seen.
    pub waits: bool,
    /// What the claim waits for.
    pub wait: Option<Wait>,
}

/// Hides the code.
impl std::fmt::Debug for JoinedCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joined").field("waits", &self.waits).finish_non_exhaustive()
    }
}
