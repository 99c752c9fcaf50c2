//! A claim to act for the tenant: how the tenant was asked about it, and how long it waits.

use time::Date;

use crate::complaint::form::choices;

choices! {
    /// How the tenant was asked.
    AskedBy {
        /// A link in an email.
        Email = "email",
        /// The organisation asks the tenant by phone or letter.
        Organisation = "organisation",
        /// On the case, where the tenant is signed in.
        SignedIn = "signed_in",
    }
}

/// What is known of a claim besides what it asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// How the tenant was asked last.
    pub asked: Option<AskedBy>,
    /// The last day for the organisation to ask the tenant by phone or letter.
    pub ask_by: Option<Date>,
    /// The last day of the wait for proof.
    pub until: Option<Date>,
    /// Whether that wait has ended without proof.
    pub has_run_out: bool,
    /// By when the organisation decides how a case goes on whose wait has run out.
    pub decide_by: Option<Date>,
}

impl Claim {
    /// The claim after the tenant was asked anew.
    #[must_use]
    pub fn asked(by: AskedBy, ask_by: Option<Date>, until: Option<Date>) -> Self {
        Self {
            asked: Some(by),
            ask_by,
            until,
            ..Self::default()
        }
    }
}
