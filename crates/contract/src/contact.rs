//! A person's contact plan, as that person sees it and as the organisation sees it.

use serde::{Deserialize, Serialize};

use complaint::case::contact_plan::ContactPlan;
use complaint::case::contact_plan::change::ConfirmBy;
use complaint::case::state::{Participant, RequestedContactChange};
use complaint::fields::form::choices;

choices! {
    /// The result of a requested contact change.
    Saved {
        /// The change is in force.
        Changed = "changed",
        /// A code was sent by a contact method that was safe before. New contact methods are in force once the code is entered.
        Code = "code",
        /// As `code`, but no new code was sent: six were sent in the last hour. Codes of the last ten minutes work.
        NoMoreCodes = "no_more_codes",
        /// New contact methods are in force once the organisation has asked the person.
        Organisation = "organisation",
        /// Nothing changed.
        Same = "same",
    }
}

/// A contact change that waits for confirmation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingContact {
    /// The id of the change: the event number of its request.
    pub change: i32,
    /// The complete requested contact plan.
    pub contact: ContactPlan,
    /// How it is confirmed.
    pub confirm: ConfirmBy,
}

/// The caller's own contact change that waits for confirmation. It has no id: an event number would reveal how many events are
/// hidden from the caller.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnWaitingContact {
    /// The complete requested contact plan.
    pub contact: ContactPlan,
    /// How it is confirmed.
    pub confirm: ConfirmBy,
}

/// The caller's contact plan on a case. No other person on the case may see it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactView {
    pub reference: String,
    /// The contact plan in force.
    pub contact: ContactPlan,
    /// The contact change that waits for confirmation.
    pub waiting: Option<OwnWaitingContact>,
    /// The organisation's message about the last contact change, if it could not confirm that change.
    pub not_confirmed: Option<String>,
}

impl From<&RequestedContactChange> for WaitingContact {
    fn from(wanted: &RequestedContactChange) -> Self {
        Self {
            change: wanted.change,
            contact: wanted.contact.clone(),
            confirm: wanted.confirm,
        }
    }
}

impl ContactView {
    pub fn of(reference: &str, person: &Participant) -> Self {
        Self {
            reference: reference.to_owned(),
            contact: person.contact.clone(),
            waiting: person.requested_contact.as_ref().map(|wanted| OwnWaitingContact {
                contact: wanted.contact.clone(),
                confirm: wanted.confirm,
            }),
            not_confirmed: person.not_confirmed.clone(),
        }
    }
}

/// Hides the addresses.
impl std::fmt::Debug for WaitingContact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitingContact")
            .field("change", &self.change)
            .finish_non_exhaustive()
    }
}

/// Hides the addresses.
impl std::fmt::Debug for OwnWaitingContact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnWaitingContact")
            .field("confirm", &self.confirm)
            .finish_non_exhaustive()
    }
}

/// Hides the addresses.
impl std::fmt::Debug for ContactView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactView")
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}
