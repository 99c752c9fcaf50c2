//! Where a draft is open, and what the page of a link or code says about the draft it opens.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::complaint::form::choices;

choices! {
    /// How a device got its key to a draft.
    OpenedBy {
        /// The draft was begun there.
        First = "first",
        /// By the link of an email.
        Link = "link",
        /// By a code.
        Code = "code",
    }
}

/// One device a draft is open on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DraftDevice {
    /// Names the device; opens nothing.
    #[cfg_attr(feature = "ssr", schema(format = Uuid))]
    pub id: String,
    /// Browser and system in few words, such as `Chrome, Android`; `null` when the browser did not say.
    pub device: Option<String>,
    /// Whether the call comes from this device.
    pub here: bool,
    pub opened_by: OpenedBy,
    /// When the draft was first opened there.
    pub begun: Moment,
    /// When it was last used there, to a quarter of an hour.
    pub used: Moment,
}

/// What is told about a draft before it is opened: enough to recognise one's own, and little for anyone else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftSummary {
    /// The draft's id.
    pub id: String,
    pub begun: Moment,
    /// The landlord's name, when it was answered.
    pub landlord: Option<String>,
    /// The town of the home, when no landlord was answered.
    pub town: Option<String>,
}
