//! Cases, for the people on them: reading and case actions.

pub mod add_diary_entry;
pub mod add_issue;
pub mod answer_order;
pub mod answer_request;
pub mod ask_for_review;
pub mod list;
pub mod send_message;
pub mod show;
pub mod timeline;
pub mod undo_withdrawal;
pub mod withdraw;

use crate::api::problem::{Fault, Kind, Problem};
use service::acting::ActError;

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::NotFound => Self::new(Kind::CaseNotFound),
            ActError::NotAllowed => Self::new(Kind::ActNotAllowed),
            ActError::NotNow => Self::new(Kind::ActNotNow),
            ActError::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            ActError::Wrong(errors) => Self::new(Kind::BodyNotAccepted).because(errors.into_iter().map(Fault::rule)),
            ActError::Service(e) => Self::service(&e),
        }
    }
}
