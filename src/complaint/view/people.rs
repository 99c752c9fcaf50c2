//! Who is on a case, and a request to act for somebody, as people see them.

use serde::{Deserialize, Serialize};
use time::Date;

use super::Moment;
pub use crate::complaint::authority::AuthorityState;
use crate::complaint::authority::{Basis, Scope};
#[cfg(feature = "ssr")]
use crate::complaint::authority::{Document, Wait};
use crate::complaint::event::ActorRole;
use crate::complaint::fields::iso_date;
use crate::complaint::form::choices;
#[cfg(feature = "ssr")]
use crate::complaint::status::Actor;

choices! {
    /// What a case waits for before somebody may act.
    Missing {
        /// The tenant's answer.
        Answer = "answer",
        /// Another address: the email that asked the tenant came back.
        CameBack = "came_back",
        /// The organisation looks at the paper that came.
        Check = "check",
        /// A paper, or the tenant's answer.
        Paper = "paper",
    }
}

/// Everybody on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the REST answer")]
pub struct CasePeople {
    pub reference: String,
    /// The number of who asks.
    pub me: u8,
    /// Whether they may say what others may do.
    pub may_manage: bool,
    /// Whether they may have the tenant asked again.
    pub may_ask: bool,
    /// Whether they may make a code for somebody else.
    pub may_hand_over: bool,
    /// Whether they may add a signed paper that shows their right to act.
    pub may_add_paper: bool,
    /// What the case waits for, if it waits for somebody's authority.
    pub missing: Option<Missing>,
    /// Every claim to act for the tenant that waits, with whom it waits for.
    #[cfg(feature = "ssr")]
    pub claims: Vec<ClaimView>,
    /// By when.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub by: Option<Date>,
    pub people: Vec<CasePerson>,
}

/// Somebody on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CasePerson {
    /// Their number on the case, from 1.
    pub number: u8,
    pub role: ActorRole,
    pub name: String,
    /// By what right they act for the tenant.
    pub basis: Option<Basis>,
    pub state: AuthorityState,
    /// What they may do, or asked for.
    pub scopes: Vec<Scope>,
    /// The last day of it.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// Whether they have a way in of their own.
    pub is_here: bool,
    /// Whether the caller may say what this person may do.
    pub may_change: bool,
    /// Whether the caller may end what this person may do, or refuse what they ask.
    pub may_end: bool,
}

/// A claim to act for the tenant that waits for proof.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimView {
    /// The number of the person who claims to act.
    pub person: u8,
    pub name: String,
    /// What it waits for.
    pub wait: Wait,
    /// Who acts next on it.
    pub who_acts: Actor,
    /// The last day of this wait.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub by: Option<Date>,
    /// The document that shows this right to act; `null` where none can.
    pub document: Option<Document>,
}

/// Why a person may do nothing on a case that they have a code for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAccess {
    /// The tenant, or the organisation for them, has to say yes first.
    Waiting,
    /// The answer was no.
    Refused,
    /// The authority was ended, or passed on to another person.
    Ended,
    /// The last day has gone by.
    RunOut(Date),
}

impl NoAccess {
    /// The stable code: the sentence at `errors.<code>` says it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "authority_waiting",
            Self::Refused => "authority_refused",
            Self::Ended => "authority_ended",
            Self::RunOut(_) => "authority_run_out",
        }
    }
}

/// What a tenant is asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ConsentRequest {
    /// The name that the person who asks has given. Nothing has shown that it is theirs.
    pub name: String,
    /// The organisation that the person says they are from.
    pub organisation: Option<String>,
    pub basis: Option<Basis>,
    /// Whom they want to act for.
    pub tenant: String,
    pub scopes: Vec<Scope>,
    /// The last day asked for.
    #[serde(with = "iso_date::option")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// When the request stops working.
    pub answer_by: Moment,
    /// To be read out by whoever would rather answer on the phone.
    pub code: String,
}

/// Never names and codes.
impl std::fmt::Debug for ConsentRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsentRequest")
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// A way into a case. Shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WayIn {
    pub reference: String,
    pub access_code: String,
}

/// Never the code: a debug line must not open a case.
impl std::fmt::Debug for WayIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WayIn(..)")
    }
}

/// Somebody has come onto a case by a hand-over code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Joined {
    pub reference: String,
    /// Shown this once.
    pub access_code: String,
    /// Whether the right to act has to be shown first. Until then the case cannot be seen.
    pub waits: bool,
    /// What that waits for.
    #[cfg(feature = "ssr")]
    pub wait: Option<Wait>,
}

/// Never the code.
impl std::fmt::Debug for Joined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joined").field("waits", &self.waits).finish_non_exhaustive()
    }
}
