//! Who is on a case: showing them, what the tenant says they may do, asking the tenant again, handing the case over.

pub mod ask_again;
pub mod end;
pub mod hand_over;
pub mod set_rights;
pub mod show;
pub mod take_over;

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use super::problem::{Fault, Kind, Problem};
use crate::complaint::authority::{Rights, Scope};
use crate::complaint::fields::iso_date;
use crate::service::consent::{ConsentError, NewCode};
use crate::service::london::moment;

/// What somebody may do, and until when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    #[schema(min_items = 1)]
    scopes: Vec<Scope>,
    /// The last day of it; left out for no end.
    #[serde(with = "iso_date::option", default)]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Date>,
}

impl From<Allowed> for Rights {
    fn from(allowed: Allowed) -> Self {
        Self {
            scopes: allowed.scopes,
            until: allowed.until,
        }
    }
}

/// A code. Shown this once.
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
    /// Why nothing was done about authority; `kind` is what it is when there is nothing there.
    #[must_use]
    pub fn of_consent(error: ConsentError, kind: Kind) -> Self {
        match error {
            ConsentError::NotFound => Self::new(kind),
            ConsentError::NotAllowed => Self::new(Kind::ActNotAllowed),
            ConsentError::Decided => Self::new(Kind::AlreadyDecided),
            ConsentError::Wrong(errors) => Self::new(Kind::BodyNotAccepted).because(errors.into_iter().map(Fault::rule)),
            ConsentError::Service(e) => Self::service(&e),
        }
    }
}
