//! Where somebody on a case can be reached at this moment. The courier asks for it just before a message leaves; who knows about
//! cases answers.

use std::fmt::Debug;

use futures::future::BoxFuture;

use crate::record::{Instant, RecordError, outbox::Model};

/// A way to somebody, now.
#[derive(Clone, PartialEq, Eq)]
pub enum Route {
    /// This address is safe.
    Email { to: String },
    /// The address that it was written to.
    AsWritten,
    /// Texts to this number are safe, and welcome at this hour.
    Text {
        to: String,
        /// Whether a message may be left where others could hear it.
        voicemail: bool,
    },
    /// Not at this hour.
    Later(Instant),
    /// Nobody is to be written to: a code of [`crate::record::outbox::people::NOT_SENT`].
    None(&'static str),
}

/// Never an address: a debug line must not tell where somebody is reached.
impl Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Email { .. } => "Email(..)",
            Self::Text { .. } => "Text(..)",
            Self::AsWritten => "AsWritten",
            Self::Later(_) => "Later",
            Self::None(why) => why,
        })
    }
}

/// Who knows where people are reached.
pub trait Addressing: Send + Sync {
    /// How the message can reach its person now. `texts` says whether text messages can be sent at all.
    fn route<'a>(&'a self, message: &'a Model, texts: bool) -> BoxFuture<'a, Result<Route, RecordError>>;

    /// Ends a message that is not sent, for one of the reasons of [`crate::record::outbox::people::NOT_SENT`], and notes on the
    /// case what the organisation has to do about it.
    fn not_sent<'a>(&'a self, message: &'a Model, about: &'a str, why: &'static str) -> BoxFuture<'a, Result<(), RecordError>>;

    /// Ends a message that was refused for good on its way, and notes that on the case. The person is told by another way, if
    /// there is one.
    fn refused<'a>(
        &'a self,
        message: &'a Model,
        about: &'a str,
        way: &'static str,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), RecordError>>;

    /// Ends a message that is given up although nothing is known to be wrong with the way, and notes on its case what the
    /// organisation has to do about it.
    fn given_up<'a>(&'a self, message: &'a Model, about: &'a str, reason: &'a str) -> BoxFuture<'a, Result<(), RecordError>>;
}
