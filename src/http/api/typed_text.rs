//! Text that is being typed into a form and is not submitted yet.

pub mod list;
pub mod store_for_case;
pub mod store_for_draft;

use serde::Deserialize;
use time::Duration;
use utoipa::ToSchema;

use crate::http::api::problem::{Kind, Problem};
use service::typed_text::{TypedFields, TypedTextError};

/// The longest time since text was typed, in seconds. Older text counts as this old.
const LONGEST_AGO: u32 = 31 * 24 * 3600;

/// The page in the path.
#[derive(Debug, Deserialize)]
pub struct OnPage {
    page: String,
}

/// The page of a draft in the path.
#[derive(Debug, Deserialize)]
pub struct OnDraftPage {
    step: String,
}

/// Text typed into the form of a page.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypedPage {
    /// The fields that changed, by the names that they have in the page's form, with all their values. Other fields keep their text.
    #[schema(value_type = Object)]
    fields: TypedFields,
    /// How many seconds ago the text was typed. Of two texts for one field, the later is kept.
    #[serde(default)]
    #[schema(format = Int64, maximum = 4_294_967_295_u32)]
    seconds_ago: u32,
}

impl TypedPage {
    fn ago(&self) -> Duration {
        Duration::seconds(self.seconds_ago.min(LONGEST_AGO).into())
    }
}

impl From<TypedTextError> for Problem {
    fn from(error: TypedTextError) -> Self {
        match error {
            TypedTextError::NotFound => Self::new(Kind::NotFound),
            TypedTextError::AlreadySent => Self::new(Kind::AlreadySent),
            TypedTextError::TooLong => Self::new(Kind::BodyTooLarge),
            TypedTextError::Service(failure) => Self::service(&failure),
        }
    }
}
