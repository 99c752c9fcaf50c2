//! Cases, for the people on them: reading and case actions.

pub mod add_answer;
pub mod add_diary_entry;
pub mod add_issue;
pub mod answer_order;
pub mod answer_request;
pub mod ask_for_review;
pub mod list;
pub mod news;
pub mod receipt;
pub mod send_message;
pub mod show;
pub mod timeline;
pub mod undo_withdrawal;
pub mod withdraw;

use crate::http::api::problem::{Kind, Problem};
use service::cases::actions::CaseActionError;

impl From<CaseActionError> for Problem {
    fn from(error: CaseActionError) -> Self {
        match error {
            CaseActionError::NotFound => Self::new(Kind::CaseNotFound),
            CaseActionError::NotAllowed => Self::new(Kind::CaseActionNotAllowed),
            CaseActionError::NotNow => Self::new(Kind::CaseActionNotPossible),
            CaseActionError::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            CaseActionError::Invalid(errors) => Self::rules(errors),
            CaseActionError::Service(e) => Self::service(&e),
        }
    }
}
