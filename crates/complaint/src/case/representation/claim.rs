//! The progress of a claim to represent the tenant: how the tenant was asked, and how long the claim waits.

use time::Date;

use crate::fields::form::choices;

choices! {
    /// How the tenant was asked.
    AskedBy {
        /// A link in an email.
        Email = "email",
        /// The organisation asks the tenant by phone or letter.
        Organisation = "organisation",
        /// On the case page, when the tenant is signed in.
        SignedIn = "signed_in",
    }
}

/// The progress of a claim: how the tenant was asked, and the days that limit the wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// How the tenant was last asked.
    pub asked: Option<AskedBy>,
    /// The last day for the organisation to ask the tenant by phone or letter.
    pub ask_by: Option<Date>,
    /// The last day of the wait for proof.
    pub until: Option<Date>,
    /// Whether the wait has ended without proof.
    pub has_expired: bool,
    /// By when the organisation decides about the case, once the wait has ended without proof.
    pub decide_by: Option<Date>,
}

impl Claim {
    /// Returns the claim after the tenant was asked again. It starts over: an ended wait no longer counts.
    pub fn asked(by: AskedBy, ask_by: Option<Date>, until: Option<Date>) -> Self {
        Self {
            asked: Some(by),
            ask_by,
            until,
            ..Self::default()
        }
    }
}
