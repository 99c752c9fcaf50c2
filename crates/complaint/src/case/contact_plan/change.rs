//! Changing a contact plan after the complaint was sent.
//!
//! A change that only restricts contact is in force at once: a method that is no longer safe, an address that is gone, fewer
//! hours. A change that opens a contact method must first be confirmed by a method that was safe before. Otherwise a thief of an
//! access code could redirect all mail. Until then nothing is sent to the new address.

use serde::{Deserialize, Serialize};

use crate::case::contact_plan::ContactPlan;
use crate::fields::form::choices;

#[cfg(feature = "server")]
mod applied;

#[cfg(feature = "server")]
pub use applied::{SplitChange, split_change};

choices! {
    /// A contact method to stop at once, even if another address or number replaces it.
    Stop {
        Email = "email",
        Phone = "phone",
        Post = "post",
    }
}

choices! {
    /// What a change opens, and what therefore has to be confirmed.
    Opening {
        Email = "email",
        Phone = "phone",
        Voicemail = "voicemail",
        Post = "post",
        /// Receiving notifications at all, for a person who had chosen online only.
        ContactMethod = "way",
        Times = "times",
    }
}

choices! {
    /// How a waiting change is confirmed.
    ConfirmBy {
        /// By a code, sent by a contact method that was safe before.
        Code = "code",
        /// By the organisation, which asks the person: no such contact method exists.
        Organisation = "organisation",
    }
}

/// A requested change of a contact plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedContactPlan {
    /// The complete requested plan.
    pub contact: ContactPlan,
    /// Addresses and numbers in force that must not be used again, not even to confirm.
    pub stop: Vec<Stop>,
}

choices! {
    /// A part of the day at which calls and texts are welcome.
    Times {
        Morning = "morning",
        Afternoon = "afternoon",
        Evening = "evening",
        Any = "any",
    }
}
