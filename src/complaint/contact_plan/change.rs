//! Changing how somebody is reached, after the complaint was sent.
//!
//! Whatever only makes it quieter holds at once: a way that is not safe any more, an address that is gone, fewer hours. Whatever
//! opens a way waits until it is confirmed over one that was safe before: otherwise whoever got hold of an access code could have
//! all mail sent to themselves. Until then the new address is not trusted, and nothing is sent to it.

use serde::{Deserialize, Serialize};

use super::ContactPlan;
use crate::complaint::form::choices;

#[cfg(feature = "ssr")]
mod applied;

#[cfg(feature = "ssr")]
pub use applied::{Change, change};

choices! {
    /// A way that is to stop at once, although another address or number takes its place.
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
        /// Hearing anything at all, for somebody who wanted to look for themselves.
        Way = "way",
        Times = "times",
    }
}

choices! {
    /// How a change that waits is confirmed.
    ConfirmBy {
        /// A code that was sent by a way that was safe before.
        Code = "code",
        /// There is no such way: the organisation asks the person.
        Organisation = "organisation",
    }
}

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The whole plan as it is to be.
    pub contact: ContactPlan,
    /// Addresses and numbers in force that are not to be used one more time, not even to confirm.
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
