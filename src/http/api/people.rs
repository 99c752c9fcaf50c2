//! The people on a case: show them, change their rights, ask the tenant again, hand the case over.

pub mod ask_again;
pub mod end;
pub mod hand_over;
pub mod set_rights;
pub mod show;
pub mod take_over;

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::api::problem::{Kind, Problem};
use complaint::case::representation::{Rights, Scope};
use complaint::fields::iso_date;
use service::london::moment;
use service::representation::{ConsentError, NewCode};

/// The rights of a representative, and their last day.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Allowed)]
pub struct RightsInput {
    #[schema(min_items = 1)]
    #[validate(length(min = 1, code = "consent_scope_missing"))]
    scopes: Vec<Scope>,
    /// The last day; unlimited when left out.
    #[serde(with = "iso_date::option", default)]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Date>,
}

impl From<RightsInput> for Rights {
    fn from(allowed: RightsInput) -> Self {
        Self {
            scopes: allowed.scopes,
            until: allowed.until,
        }
    }
}

/// A code, shown only once.
#[derive(Serialize, ToSchema)]
pub struct ShownCode {
    #[schema(example = "7K3-M92-QFM")]
    code: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<NewCode> for ShownCode {
    fn from(new: NewCode) -> Self {
        Self {
            code: new.code.as_str().to_owned(),
            expires_at: moment(new.expires_at.into()).at,
        }
    }
}

impl Problem {
    /// The problem for an error about representation; `kind` stands for [`ConsentError::NotFound`].
    pub fn of_consent(error: ConsentError, kind: Kind) -> Self {
        match error {
            ConsentError::NotFound => Self::new(kind),
            ConsentError::NotAllowed => Self::new(Kind::CaseActionNotAllowed),
            ConsentError::Decided => Self::new(Kind::AlreadyDecided),
            ConsentError::Wrong(errors) => Self::rules(errors),
            ConsentError::Service(e) => Self::service(&e),
        }
    }
}
