//! How somebody on a case is reached, as they see it themselves and as the organisation does.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::complaint::case_file::{PersonOnCase, WantedContact};
use crate::complaint::contact_plan::ContactPlan;
use crate::complaint::contact_plan::change::ConfirmBy;
use crate::complaint::form::choices;

choices! {
    /// What came of a change that somebody asked for.
    Saved {
        /// It holds.
        Changed = "changed",
        /// A code was sent by a way that was safe before; what opens a way holds when it is typed in.
        Code = "code",
        /// The same, and no code was sent this time: six were in the last hour, and those of the last ten minutes work.
        NoMoreCodes = "no_more_codes",
        /// What opens a way holds when the organisation has asked the person.
        Organisation = "organisation",
        /// It is as it was.
        Same = "same",
    }
}

/// A change that waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingContact {
    /// Names the change: its place among the case's events.
    pub change: i32,
    /// The whole plan as it is to be.
    pub contact: ContactPlan,
    /// How it is confirmed.
    pub confirm: ConfirmBy,
}

/// A change of one's own that waits. It has no name: a place among the case's events would tell how much happened that is not shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnWaitingContact {
    /// The whole plan as it is to be.
    pub contact: ContactPlan,
    /// How it is confirmed.
    pub confirm: ConfirmBy,
}

/// How the person who asks is reached on a case. Nobody else on the case is told any of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactView {
    pub reference: String,
    /// What holds now.
    pub contact: ContactPlan,
    /// What waits to be confirmed.
    pub waiting: Option<OwnWaitingContact>,
    /// What the organisation said when it could not confirm the last change.
    pub not_confirmed: Option<String>,
}

impl From<&WantedContact> for WaitingContact {
    fn from(wanted: &WantedContact) -> Self {
        Self {
            change: wanted.change,
            contact: wanted.contact.clone(),
            confirm: wanted.confirm,
        }
    }
}

impl ContactView {
    /// As it stands.
    #[must_use]
    pub fn of(reference: &str, person: &PersonOnCase) -> Self {
        Self {
            reference: reference.to_owned(),
            contact: person.contact.clone(),
            waiting: person.wanted.as_ref().map(|wanted| OwnWaitingContact {
                contact: wanted.contact.clone(),
                confirm: wanted.confirm,
            }),
            not_confirmed: person.not_confirmed.clone(),
        }
    }
}

/// Never an address.
impl std::fmt::Debug for WaitingContact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitingContact")
            .field("change", &self.change)
            .finish_non_exhaustive()
    }
}

/// Never an address.
impl std::fmt::Debug for OwnWaitingContact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnWaitingContact")
            .field("confirm", &self.confirm)
            .finish_non_exhaustive()
    }
}

/// Never an address.
impl std::fmt::Debug for ContactView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactView")
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}
