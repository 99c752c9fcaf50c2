//! What somebody on a case can do there, whether they may, and what happens then. Each act is one event; the rules are here,
//! and what is on the record is the business of `service`.

mod check;
mod promises;

use serde::Serialize;
use time::Date;

use super::authority::Scope;
use super::case_file::{CaseFile, PersonOnCase};
use super::event::EventBody;
use super::fields::DateInput;
use super::form::{Choice, FieldError, choices};
use super::outcome::{Done, ReviewGround};
use super::place::ISSUES_MAX;
use super::questions::CategoryKind;
use super::status::Status;

pub use promises::{NextWord, Promises};

/// The fields of the answers to a request, in the order of its questions. A request has no more than these.
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

choices! {
    /// A kind of act, in the order in which the case page offers them. Its page's address ends in the code, with dashes.
    ActKind {
        /// Answers what the organisation asked.
        Answer = "answer",
        /// Writes to the organisation.
        Message = "message",
        /// Writes down what happened at the home.
        Diary = "diary",
        /// Adds files.
        Files = "files",
        /// Says whether the landlord has done what it was told to do.
        Orders = "orders",
        /// Asks for the decision to be looked at again.
        Review = "review",
        /// Adds one more thing that is complained of.
        Issue = "add_issue",
        /// Takes the complaint back.
        Withdraw = "withdraw",
        /// Lets it go on after all.
        UndoWithdrawal = "undo_withdrawal",
    }
}

impl ActKind {
    /// What somebody acting for the tenant must be allowed to do for it.
    #[must_use]
    pub fn scope(self) -> Scope {
        match self {
            Self::Answer | Self::Message | Self::Diary | Self::Files | Self::Orders => Scope::Speak,
            Self::Review | Self::Issue | Self::Withdraw | Self::UndoWithdrawal => Scope::Decide,
        }
    }

    /// Whether files can come with it.
    #[must_use]
    pub fn takes_files(self) -> bool {
        matches!(self, Self::Answer | Self::Message | Self::Diary | Self::Files | Self::Review)
    }

    /// The end of its page's address.
    #[must_use]
    pub fn slug(self) -> String {
        self.code().replace('_', "-")
    }

    /// The kind whose page's address ends so.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// Whether it can be done as the case stands.
    #[must_use]
    pub fn is_open(self, file: &CaseFile, today: Date) -> bool {
        let status = file.standing.status;
        match self {
            // Also on a case that is closed: what happens at the home does not stop with it.
            Self::Message | Self::Diary | Self::Files => true,
            Self::Answer => status != Status::Closed && file.open_request().is_some(),
            Self::Orders => status != Status::Closed && !file.orders.is_empty(),
            Self::Review => file.can_ask_for_review(today),
            Self::Issue => file.can_add_issue(),
            Self::Withdraw => file.can_withdraw(),
            Self::UndoWithdrawal => file.can_undo_withdrawal(today),
        }
    }

    /// What somebody can do on a case today.
    #[must_use]
    pub fn open_to(person: &PersonOnCase, file: &CaseFile, today: Date) -> Vec<Self> {
        let can = |kind: &Self| person.may(kind.scope(), today) && kind.is_open(file, today);
        Self::ALL.iter().copied().filter(can).collect()
    }
}

/// An act as it was asked for: nothing of it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    Message {
        message: String,
        /// Ids of files that are on the case already. The same in the other acts that have some.
        files: Vec<String>,
    },
    Diary {
        on: DateInput,
        what: String,
        files: Vec<String>,
    },
    Answer {
        /// The request's place among those of the case, from 1.
        request: u16,
        answers: Vec<String>,
        files: Vec<String>,
    },
    Orders {
        /// From 1, among all orders of the case.
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
        /// Empty when none was chosen.
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

/// Why an act does not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The case is not where this can be done, or it is too late.
    #[error("not possible as the case stands")]
    NotNow,
    /// What was written will not do.
    #[error("what was written will not do")]
    Wrong(Vec<FieldError>),
}

impl Act {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ActKind {
        match self {
            Self::Message { .. } => ActKind::Message,
            Self::Diary { .. } => ActKind::Diary,
            Self::Answer { .. } => ActKind::Answer,
            Self::Orders { .. } => ActKind::Orders,
            Self::Review { .. } => ActKind::Review,
            Self::Issue { .. } => ActKind::Issue,
            Self::Withdraw { .. } => ActKind::Withdraw,
            Self::UndoWithdrawal => ActKind::UndoWithdrawal,
        }
    }

    /// The files it names. Whether they are there and may be named is known to the record alone.
    #[must_use]
    pub fn files(&self) -> &[String] {
        match self {
            Self::Message { files, .. } | Self::Diary { files, .. } | Self::Answer { files, .. } | Self::Review { files, .. } => files,
            Self::Orders { .. } | Self::Issue { .. } | Self::Withdraw { .. } | Self::UndoWithdrawal => &[],
        }
    }

    /// The event that comes of it.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn decide(&self, file: &CaseFile, today: Date, promises: &Promises<'_>) -> Result<EventBody, Refused> {
        if !self.kind().is_open(file, today) {
            return Err(Refused::NotNow);
        }
        check::event(self, file, today, promises)
    }
}

impl CaseFile {
    /// Whether one more thing can be complained of: nothing is decided yet, and there are not too many.
    #[must_use]
    pub fn can_add_issue(&self) -> bool {
        let decided = matches!(
            self.standing.status,
            Status::DecisionMade | Status::UnderReview | Status::OrdersOpen | Status::Closed
        );
        !decided && usize::from(self.issues_sent) + self.added_issues.len() < usize::from(ISSUES_MAX)
    }
}

#[cfg(test)]
mod tests;
