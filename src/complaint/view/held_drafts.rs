//! What tells the drafts of one browser apart.

use super::Moment;

/// A draft in the list of its browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftLine {
    pub begun: Moment,
    /// The resident's name, when it was answered.
    pub for_whom: Option<String>,
    /// The landlord's name, when it was answered.
    pub landlord: Option<String>,
    /// The town of the home, when no landlord was answered.
    pub town: Option<String>,
    /// Whether it was sent. Its receipt may still be shown.
    pub is_sent: bool,
}

/// A representative's own details, as they were given in another draft of the same browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnDetails {
    pub name: String,
    pub organisation: String,
    pub email: String,
    pub phone: String,
}
