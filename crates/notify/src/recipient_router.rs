//! The interface through which the delivery worker asks how to reach a person, just before a message leaves.
//!
//! This module knows nothing of cases; the `service` module implements the interface.

use std::fmt::Debug;

use futures::future::BoxFuture;

use record::{Instant, RecordError, outbox::Model};

/// How to reach a message's recipient now.
#[derive(Clone, PartialEq, Eq)]
pub enum Route {
    /// By email; the address is safe.
    Email {
        to: String,
        /// Whether others who see the email may learn which organisation it is from.
        named: bool,
    },
    /// At the address that the message was written for.
    OriginalAddress,
    /// By text message; texts to the number are safe, and the recipient accepts them at this hour.
    Text {
        to: String,
        /// Whether the message may be left on voicemail, where other people could hear it.
        voicemail: bool,
    },
    /// Not before this moment, because of the recipient's contact hours.
    NotBefore(Instant),
    /// Not at all, for one of the reasons in [`record::outbox::case_messages::NOT_SENT`].
    DoNotSend(&'static str),
}

/// Never prints an address or number: the log must not reveal how a person is reached.
impl Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Email { .. } => "Email(..)",
            Self::Text { .. } => "Text(..)",
            Self::OriginalAddress => "AsWritten",
            Self::NotBefore(_) => "Later",
            Self::DoNotSend(why) => why,
        })
    }
}

/// Decides how messages reach their recipients, and records on the case what became of them.
pub trait RecipientRouter: Send + Sync {
    /// Decides how the message can reach its recipient now. `texts` says whether a text message gateway is
    /// configured.
    fn route<'a>(&'a self, message: &'a Model, texts: bool) -> BoxFuture<'a, Result<Route, RecordError>>;

    /// Ends a message that is not sent, for one of the reasons in [`record::outbox::case_messages::NOT_SENT`].
    ///
    /// If the organisation has to reach the person instead, this becomes a task on the case.
    fn not_sent<'a>(&'a self, message: &'a Model, about: &'a str, why: &'static str) -> BoxFuture<'a, Result<(), RecordError>>;

    /// Ends a message that the contact method `way` has refused for good, and records that on the case.
    ///
    /// A notice is written again, to be sent by another contact method if there is one.
    fn refused<'a>(
        &'a self,
        message: &'a Model,
        about: &'a str,
        way: &'static str,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), RecordError>>;

    /// Ends a message that is given up although its contact method may work. The organisation gets a task on the
    /// case.
    fn given_up<'a>(&'a self, message: &'a Model, about: &'a str, reason: &'a str) -> BoxFuture<'a, Result<(), RecordError>>;
}
