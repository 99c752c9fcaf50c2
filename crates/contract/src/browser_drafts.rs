//! The details that tell the drafts of one browser apart.

use crate::Moment;

/// A draft in the list of drafts of its browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftLine {
    pub begun: Moment,
    /// The resident's name, if answered.
    pub for_whom: Option<String>,
    /// The landlord's name, if answered.
    pub landlord: Option<String>,
    /// The town of the home, if the landlord was not answered.
    pub town: Option<String>,
    /// Whether the draft was sent. Its receipt may still be available.
    pub is_sent: bool,
}

/// A representative's own details, as given in another draft of the same browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnDetails {
    pub name: String,
    pub organisation: String,
    pub email: String,
    pub phone: String,
}
