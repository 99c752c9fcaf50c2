//! Case actions: what a person may do on a case, when each action is allowed, and the event it produces.
//!
//! Each action becomes exactly one event. Only the rules are here; `service` reads and writes the database.

mod check;
mod promises;

use serde::Serialize;
use time::Date;

use crate::case::event::EventBody;
use crate::case::outcome::{Done, ReviewGround};
use crate::case::representation::Scope;
use crate::case::state::{CaseProjection, Participant};
use crate::case::status::Status;
use crate::fields::DateInput;
use crate::fields::form::{Choice, FieldError, Fields, choices};
use crate::questionnaire::question_ref::ISSUES_MAX;
use crate::questionnaire::questions::CategoryKind;

pub use promises::{NextContactDays, Promises};

/// Form field names for the answers to an information request, in the order of its questions. A request has at most 20 questions.
pub const ANSWER_FIELDS: [&str; 20] = [
    "answer-1",
    "answer-2",
    "answer-3",
    "answer-4",
    "answer-5",
    "answer-6",
    "answer-7",
    "answer-8",
    "answer-9",
    "answer-10",
    "answer-11",
    "answer-12",
    "answer-13",
    "answer-14",
    "answer-15",
    "answer-16",
    "answer-17",
    "answer-18",
    "answer-19",
    "answer-20",
];

/// The form field with the id of a file that an earlier post of the form has added to the case.
pub const FILE_FIELD: &str = "file";

choices! {
    /// The kind of a case action, in the order of the case page. The URL of an action's page ends in the kind's code, with
    /// dashes.
    CaseActionKind as ActKind {
        /// Answers an information request from the organisation.
        Answer = "answer",
        /// Writes to the organisation.
        Message = "message",
        /// Records what happened at the home, and when.
        Diary = "diary",
        /// Adds files.
        Files = "files",
        /// Reports whether the landlord has complied with an order.
        Orders = "orders",
        /// Requests a review of the decision.
        Review = "review",
        /// Adds an issue to the complaint.
        Issue = "add_issue",
        /// Answers a question under "Add more if you want to".
        AddMore = "add_more",
        /// Withdraws the complaint.
        Withdraw = "withdraw",
        /// Undoes a withdrawal.
        UndoWithdrawal = "undo_withdrawal",
    }
}

impl CaseActionKind {
    /// Returns the scope that a representative needs for this action.
    pub fn scope(self) -> Scope {
        match self {
            Self::Answer | Self::Message | Self::Diary | Self::Files | Self::Orders | Self::AddMore => Scope::Speak,
            Self::Review | Self::Issue | Self::Withdraw | Self::UndoWithdrawal => Scope::Decide,
        }
    }

    pub fn takes_files(self) -> bool {
        matches!(self, Self::Answer | Self::Message | Self::Diary | Self::Files | Self::Review)
    }

    /// Returns the last segment of the URL of the action's page.
    pub fn slug(self) -> String {
        self.code().replace('_', "-")
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// Returns whether the case's current state allows this action.
    pub fn is_open(self, file: &CaseProjection, today: Date) -> bool {
        let status = file.state.status;
        match self {
            // Allowed on a closed case too: what happens at the home does not end with the case.
            Self::Message | Self::Diary | Self::Files => true,
            Self::Answer => status != Status::Closed && file.open_request().is_some(),
            Self::Orders => status != Status::Closed && !file.orders.is_empty(),
            Self::Review => file.can_ask_for_review(today),
            Self::Issue => file.can_add_issue(),
            Self::AddMore => status != Status::Closed,
            Self::Withdraw => file.can_withdraw(),
            Self::UndoWithdrawal => file.can_undo_withdrawal(today),
        }
    }

    /// Returns whether a person may take this action on a case today.
    pub fn is_open_to(self, person: &Participant, file: &CaseProjection, today: Date) -> bool {
        // Without the answers, a person would replace what they cannot read.
        let reads = self != Self::AddMore || person.sees_answers(today);
        person.has_scope(self.scope(), today) && self.is_open(file, today) && reads
    }

    /// Returns the actions that a person may take on a case today.
    pub fn open_to(person: &Participant, file: &CaseProjection, today: Date) -> Vec<Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(|kind| kind.is_open_to(person, file, today))
            .collect()
    }
}

/// A requested case action whose content has not been checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum CaseAction {
    Message {
        message: String,
        /// Ids of files that are already on the case. `files` means the same in the other variants.
        files: Vec<String>,
    },
    Diary {
        on: DateInput,
        what: String,
        files: Vec<String>,
    },
    Answer {
        /// The request's number among the requests of the case, from 1.
        request: u16,
        answers: Vec<String>,
        files: Vec<String>,
    },
    Orders {
        /// The order's number among all orders of the case, from 1.
        order: u8,
        done: Option<Done>,
        note: String,
    },
    Review {
        ground: Option<ReviewGround>,
        why: String,
        files: Vec<String>,
    },
    Issue {
        category: Option<CategoryKind>,
        /// Empty when no subcategory was chosen.
        subcategory: String,
        what_happened: String,
        put_right: String,
    },
    Withdraw {
        /// May be empty.
        reason: String,
    },
    UndoWithdrawal,
}

/// Why a case action is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseActionCheckError {
    /// The case's state does not allow the action, or its last day has passed.
    #[error("the state of the case does not permit this action")]
    NotNow,
    /// The content of the action is invalid.
    #[error("the content of the action is invalid")]
    Wrong(Vec<FieldError>),
}

impl CaseAction {
    pub fn kind(&self) -> CaseActionKind {
        match self {
            Self::Message { .. } => CaseActionKind::Message,
            Self::Diary { .. } => CaseActionKind::Diary,
            Self::Answer { .. } => CaseActionKind::Answer,
            Self::Orders { .. } => CaseActionKind::Orders,
            Self::Review { .. } => CaseActionKind::Review,
            Self::Issue { .. } => CaseActionKind::Issue,
            Self::Withdraw { .. } => CaseActionKind::Withdraw,
            Self::UndoWithdrawal => CaseActionKind::UndoWithdrawal,
        }
    }

    /// Reads the action of a submitted form; `None` if the form only adds files, which are stored by then.
    pub fn from_fields(kind: CaseActionKind, fields: &Fields) -> Option<Self> {
        let text = |name: &str| fields.raw(name).to_owned();
        let files = || fields.all(FILE_FIELD).map(ToOwned::to_owned).collect();
        Some(match kind {
            CaseActionKind::Files | CaseActionKind::AddMore => return None,
            CaseActionKind::Message => Self::Message {
                message: text("message"),
                files: files(),
            },
            CaseActionKind::Diary => Self::Diary {
                on: DateInput {
                    day: fields.line("on-day"),
                    month: fields.line("on-month"),
                    year: fields.line("on-year"),
                    unknown: false,
                },
                what: text("what"),
                files: files(),
            },
            CaseActionKind::Answer => Self::Answer {
                request: fields.raw("request").parse().unwrap_or_default(),
                answers: ANSWER_FIELDS.iter().map(|field| text(field)).collect(),
                files: files(),
            },
            CaseActionKind::Orders => Self::Orders {
                order: fields.raw("order").parse().unwrap_or_default(),
                done: Done::parse(fields.raw("done")),
                note: text("note"),
            },
            CaseActionKind::Review => Self::Review {
                ground: ReviewGround::parse(fields.raw("ground")),
                why: text("why"),
                files: files(),
            },
            CaseActionKind::Issue => Self::Issue {
                category: CategoryKind::parse(fields.raw("category")),
                subcategory: fields.line("subcategory"),
                what_happened: text("what_happened"),
                put_right: text("put_right"),
            },
            CaseActionKind::Withdraw => Self::Withdraw { reason: text("reason") },
            CaseActionKind::UndoWithdrawal => Self::UndoWithdrawal,
        })
    }

    /// Returns the errors of the content, as far as they are known without the case: `questions` is how many questions the answered request
    /// has. A form can be checked with this before it is submitted.
    pub fn content_errors(&self, questions: usize, today: Date) -> Vec<FieldError> {
        // The number of the order is in the form; only the case knows how many there are.
        check::content_errors(self, questions, usize::MAX, today)
    }

    /// Returns the ids of the attached files. The caller must check in the database that they exist and may be attached.
    pub fn files(&self) -> &[String] {
        match self {
            Self::Message { files, .. } | Self::Diary { files, .. } | Self::Answer { files, .. } | Self::Review { files, .. } => files,
            Self::Orders { .. } | Self::Issue { .. } | Self::Withdraw { .. } | Self::UndoWithdrawal => &[],
        }
    }

    /// Checks the action against the case and returns the event it produces.
    ///
    /// # Errors
    /// - [`CaseActionCheckError::NotNow`]: the case's state does not allow the action.
    /// - [`CaseActionCheckError::Wrong`]: the content is invalid. Contains an error for each invalid field.
    pub fn decide(&self, file: &CaseProjection, today: Date, promises: &Promises<'_>) -> Result<EventBody, CaseActionCheckError> {
        if !self.kind().is_open(file, today) {
            return Err(CaseActionCheckError::NotNow);
        }
        check::event(self, file, today, promises)
    }
}

impl CaseProjection {
    /// Returns whether an issue can be added: the case is undecided, open, and has fewer than [`ISSUES_MAX`] issues.
    pub fn can_add_issue(&self) -> bool {
        let decided = matches!(
            self.state.status,
            Status::DecisionMade | Status::UnderReview | Status::OrdersOpen | Status::Closed
        );
        !decided && usize::from(self.issues_sent) + self.added_issues.len() < usize::from(ISSUES_MAX)
    }
}

#[cfg(test)]
mod tests;
