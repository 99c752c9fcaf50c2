//! The devices on which a draft is open, and what a resume link or code shows about it.

use serde::{Deserialize, Serialize};

use crate::Moment;
use complaint::fields::form::choices;

choices! {
    /// How a device got its draft key.
    OpenedBy {
        /// The draft was started on the device.
        First = "first",
        /// By a resume link in an email.
        Link = "link",
        /// By a resume code.
        Code = "code",
    }
}

/// A device on which a draft is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftDevice {
    /// Identifies the device; it opens nothing.
    #[cfg_attr(feature = "openapi", schema(format = Uuid))]
    pub id: String,
    /// Browser and operating system in few words, such as `Chrome, Android`; `null` if the browser did not report them.
    pub device: Option<String>,
    /// Whether the request comes from this device.
    pub here: bool,
    pub opened_by: OpenedBy,
    /// When the draft was first opened there.
    pub begun: Moment,
    /// When it was last used there, to a quarter of an hour.
    pub used: Moment,
}

/// What the page of a resume link or code shows about a draft before opening it.
///
/// It is enough for a person to recognise their own draft, and little for anyone else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftSummary {
    pub id: String,
    pub begun: Moment,
    /// The landlord's name, if answered.
    pub landlord: Option<String>,
    /// The town of the home, if the landlord was not answered.
    pub town: Option<String>,
}
