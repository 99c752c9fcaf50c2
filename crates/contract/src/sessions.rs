//! The sessions of a person.

use serde::{Deserialize, Serialize};

use crate::Moment;

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SignedInDevice))]
pub struct SignIn {
    /// Identifies the session; it opens nothing.
    #[cfg_attr(feature = "openapi", schema(format = Uuid))]
    pub id: String,
    /// The kind of device, in few words; `null` if the device did not report it.
    pub device: Option<String>,
    /// Whether this is the session that sends the request.
    pub here: bool,
    /// Whether the device is remembered.
    pub remembered: bool,
    pub begun: Moment,
    /// When it was last used, to a quarter of an hour.
    pub used: Moment,
    /// When the session expires.
    pub ends: Moment,
}
