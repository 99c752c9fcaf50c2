//! Where somebody is signed in.

use serde::{Deserialize, Serialize};

use super::Moment;

/// One sign-in that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(as = SignedInDevice))]
pub struct SignIn {
    /// Names it; opens nothing.
    #[cfg_attr(feature = "ssr", schema(format = Uuid))]
    pub id: String,
    /// What kind of device, in few words; `null` when it did not say.
    pub device: Option<String>,
    /// Whether this very session it is that asks.
    pub here: bool,
    /// Whether the device is remembered.
    pub remembered: bool,
    pub begun: Moment,
    /// When it was last used, to a quarter of an hour.
    pub used: Moment,
    /// When it ends by itself.
    pub ends: Moment,
}
