//! What messages say. Subject and sender give nothing away: somebody else may see them on the person's screen.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{Address, error::Error};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::complaint::view::Moment;
use crate::record::Instant;
use crate::text::Language;

/// A message to one person, as it is kept until it is delivered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// The tag of the language to write in.
    pub language: String,
    pub text: Text,
}

/// Never what it says, nor to whom: a debug line must not open anything.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// What there is to be said.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Text {
    /// A link to go on with a draft on another device.
    ReturnLink {
        /// The path of the page it leads to.
        path: String,
        /// When it stops working.
        until: Moment,
    },
    /// A link to a request to act for whoever reads it.
    ConsentLink {
        /// The path of the page it leads to.
        path: String,
        /// When it stops working.
        until: Moment,
    },
    /// A code to sign in with.
    SignInCode {
        /// As it is read and typed.
        code: String,
    },
    /// A code to confirm a change with.
    ConfirmCode {
        /// As it is read and typed.
        code: String,
    },
    /// There is something new on a case. What, one reads after signing in.
    Notice {
        /// The kind of event; for the organisation, never for the message.
        about: String,
    },
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(..)")
    }
}

/// Who messages are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    address: Address,
    name: Option<String>,
}

/// A sender's address that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an email address")]
pub struct SenderError(String);

impl Sender {
    /// A sender. Without a name of its own it has the neutral one of the language.
    ///
    /// # Errors
    /// [`SenderError`] when the address is none.
    pub fn new(address: &str, name: Option<&str>) -> Result<Self, SenderError> {
        Ok(Self {
            address: address.parse().map_err(|_| SenderError(address.to_owned()))?,
            name: name.map(str::trim).filter(|name| !name.is_empty()).map(ToOwned::to_owned),
        })
    }
}

/// Whether mail can be addressed to this at all.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// The language of a tag that was written down earlier; the first one when it is no longer spoken here.
fn language(tag: &str) -> Language {
    Language::of_tag(tag).unwrap_or_default()
}

/// Where one signs in. No link in a message leads further: a program that opens every link changes nothing.
fn sign_in(origin: &str) -> String {
    format!("{origin}/sign-in")
}

impl Letter {
    /// What it says in a text message; `None` for what only mail is made for.
    pub(super) fn in_short(&self, origin: &str) -> Option<String> {
        let language = language(&self.language);
        match &self.text {
            Text::Notice { .. } => Some(language.say_with("message.notice_text", &[("link", sign_in(origin))])),
            Text::ConfirmCode { code } => Some(language.say_with("message.confirm_code_text", &[("code", code)])),
            Text::ReturnLink { .. } | Text::ConsentLink { .. } | Text::SignInCode { .. } => None,
        }
    }

    /// The message as it travels. `origin` is how people reach the portal; `id` makes a repeated delivery the same message.
    pub(super) fn written(&self, id: Uuid, origin: &str, sender: &Sender, at: Instant) -> Result<Message, Error> {
        let language = language(&self.language);
        let (subject, body) = match &self.text {
            Text::ReturnLink { path, until } => {
                let values = [
                    ("link", format!("{origin}{path}")),
                    ("time", until.time.clone()),
                    ("date", language.date(until.date)),
                ];
                (language.say("message.subject"), language.say_with("message.return_link", &values))
            }
            Text::ConsentLink { path, until } => {
                let values = [
                    ("link", format!("{origin}{path}")),
                    ("time", until.time.clone()),
                    ("date", language.date(until.date)),
                ];
                (language.say("message.subject"), language.say_with("message.consent_link", &values))
            }
            Text::SignInCode { code } => (
                language.say("message.subject"),
                language.say_with("message.sign_in_code", &[("code", code)]),
            ),
            Text::ConfirmCode { code } => (
                language.say("message.subject"),
                language.say_with("message.confirm_code", &[("code", code)]),
            ),
            Text::Notice { .. } => (
                language.say("message.subject"),
                language.say_with("message.notice", &[("link", sign_in(origin))]),
            ),
        };
        let name = sender.name.clone().unwrap_or_else(|| language.say("message.sender"));
        let to: Address = self.to.parse().map_err(|_| Error::MissingTo)?;
        let sent = UNIX_EPOCH + Duration::from_micros(at.micros().unsigned_abs());
        // No machine should answer this, and none should tell that somebody is away (RFC 3834).
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(Mailbox::new(Some(name), sender.address.clone()))
            .to(Mailbox::new(None, to))
            .subject(subject)
            .date(sent)
            .message_id(Some(format!("<{id}@{}>", sender.address.domain())))
            .raw_header(automatic)
            .header(ContentType::TEXT_PLAIN)
            .body(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_what_it_is_about_before_it_is_opened() {
        let letter = Letter {
            to: "wren@example.org".into(),
            language: "en".into(),
            text: Text::ReturnLink {
                path: "/return/secret".into(),
                until: Moment {
                    at: "2026-11-30T09:30:00.000000Z".into(),
                    date: time::macros::date!(2026 - 11 - 30),
                    time: "09:30".into(),
                },
            },
        };
        let sender = Sender::new("post@example.com", None).unwrap();
        let at = Instant::from_micros(1_795_276_800_000_000);
        let message = letter.written(Uuid::nil(), "http://portal.test", &sender, at).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let id = "00000000-0000-0000-0000-000000000000";
        for line in [
            "From: \"Message service\" <post@example.com>",
            "To: wren@example.org",
            "Subject: You have a message",
            "Date: Sat, 21 Nov 2026 16:00:00 +0000",
            "Auto-Submitted: auto-generated",
            &format!("Message-ID: <{id}@example.com>"),
        ] {
            assert!(head.lines().any(|there| there == line), "{line} in {head}");
        }
        for telling in ["complain", "landlord", "housing", "secret"] {
            assert!(!head.to_lowercase().contains(telling), "{telling} in {head}");
        }
        for telling in ["complain", "landlord", "housing"] {
            assert!(!body.to_lowercase().contains(telling), "{telling} in {body}");
        }
        assert!(
            body.contains("http://portal.test/return/secret") && body.contains("30 November 2026"),
            "{body}"
        );
        assert!(!format!("{letter:?}").contains("secret"));
    }

    #[test]
    fn a_sender_has_an_address() {
        assert!(Sender::new("post", None).is_err());
        assert_eq!(Sender::new("post@example.com", Some("  ")), Sender::new("post@example.com", None));
    }
}
