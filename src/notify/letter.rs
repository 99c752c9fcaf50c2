//! What messages say. Subject and sender give nothing away: somebody else may see them on the person's screen.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{Address, error::Error};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::complaint::fields::email;
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
        /// The name that the person who asks has given, as [`in_a_sentence`] has it.
        #[serde(default)]
        asks: Option<String>,
        /// The organisation they say they are from, as [`in_a_sentence`] has it.
        #[serde(default)]
        organisation: Option<String>,
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
        /// What the person calls the case in their own papers, as [`in_a_sentence`] has it.
        #[serde(default)]
        own_reference: Option<String>,
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
    /// The organisation that runs the portal, where a message says so.
    organisation: Option<String>,
    /// Where people can ask by telephone whether a message is real.
    phone: Option<String>,
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
            organisation: None,
            phone: None,
        })
    }

    /// The same sender, for this organisation, which can be called at this number.
    #[must_use]
    pub fn of(self, organisation: Option<&str>, phone: Option<&str>) -> Self {
        Self {
            organisation: organisation.map(ToOwned::to_owned),
            phone: phone.map(ToOwned::to_owned),
            ..self
        }
    }

    /// Who the message is from and how to check that, a sentence for each that is known.
    fn check(&self, language: Language) -> String {
        let from = self
            .organisation
            .as_deref()
            .map(|name| language.say_with("message.consent.from", &[("organisation", name)]));
        let call = self
            .phone
            .as_deref()
            .map(|phone| language.say_with("message.consent.call", &[("phone", phone)]));
        let known: Vec<String> = from.into_iter().chain(call).collect();
        if known.is_empty() {
            language.say("message.consent.ask")
        } else {
            known.join(" ")
        }
    }
}

/// Whether mail can be addressed to this at all.
#[must_use]
pub fn is_address(text: &str) -> bool {
    address(text).is_some()
}

/// The address that mail to this travels to.
fn address(text: &str) -> Option<Address> {
    email::to_send(text)?.parse().ok()
}

/// The longest name in a message.
const NAME_MAX: usize = 60;

/// A name or reference that a person typed, as it may stand in a message that the portal sends to an address that person also typed: letters, digits and
/// what names and references have besides, on one line and not long. A mail program makes no link of it. `None` when nothing is left.
#[must_use]
pub fn in_a_sentence(typed: &str) -> Option<String> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '\'' | '’' | '-' | '&' | ',' | '(' | ')' | '/');
    let words: String = typed.chars().map(|c| if allowed(c) { c } else { ' ' }).collect();
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(NAME_MAX).collect();
    Some(short.trim().to_owned()).filter(|name| !name.is_empty())
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
            Text::ConsentLink {
                path,
                until,
                asks,
                organisation,
            } => {
                let who = match (asks, organisation) {
                    (Some(name), Some(from)) => {
                        let typed = [("name", name.as_str()), ("organisation", from.as_str())];
                        language.say_with("message.consent.who_from", &typed)
                    }
                    (Some(name), None) => language.say_with("message.consent.who", &[("name", name.as_str())]),
                    (None, _) => language.say("message.consent.someone"),
                };
                let values = [
                    ("who", who),
                    ("check", sender.check(language)),
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
            Text::Notice { own_reference, .. } => {
                let notice = language.say_with("message.notice", &[("link", sign_in(origin))]);
                let own = own_reference.as_deref();
                let own = own.map(|own| language.say_with("message.own_reference", &[("reference", own)]));
                (language.say("message.subject"), notice + &own.unwrap_or_default())
            }
        };
        let name = sender.name.clone().unwrap_or_else(|| language.say("message.sender"));
        let to = address(&self.to).ok_or(Error::MissingTo)?;
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
    fn a_typed_name_brings_no_link_and_no_second_line_into_a_message() {
        assert_eq!(in_a_sentence("Robin O'Example-Smith"), Some("Robin O'Example-Smith".to_owned()));
        let typed = "Win at https://evil.example.org/now\r\n\r\nBcc: wren@example.org";
        let line = in_a_sentence(typed).unwrap();
        assert!(!line.contains(['.', ':', '@', '\r', '\n']), "{line}");
        assert_eq!(in_a_sentence(&"a".repeat(500)).unwrap().len(), NAME_MAX);
        assert_eq!(in_a_sentence(" .: "), None);
    }

    #[test]
    fn the_question_to_a_tenant_says_who_asks_and_how_to_check_it() {
        let body = |sender: &Sender, organisation: Option<&str>| {
            let letter = Letter {
                to: "wren@example.org".into(),
                language: "en".into(),
                text: Text::ConsentLink {
                    path: "/consent/secret".into(),
                    until: Moment {
                        at: "2026-11-30T09:30:00.000000Z".into(),
                        date: time::macros::date!(2026 - 11 - 30),
                        time: "09:30".into(),
                    },
                    asks: in_a_sentence("Robin Example"),
                    organisation: organisation.and_then(in_a_sentence),
                },
            };
            let at = Instant::from_micros(1_795_276_800_000_000);
            let message = letter.written(Uuid::nil(), "http://portal.test", sender, at).unwrap();
            let text = String::from_utf8(message.formatted()).unwrap().replace("=\r\n", "");
            text.split_once("\r\n\r\n").unwrap().1.to_owned()
        };
        let plain = Sender::new("post@example.com", None).unwrap();
        let named = plain.clone().of(Some("Example Ombudsman"), Some("01632 960100"));
        let text = body(&named, Some("Example Advice"));
        for part in [
            "Robin Example",
            "Example Advice",
            "Example Ombudsman",
            "01632 960100",
            "not checked",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("complain") && !text.contains("landlord"), "{text}");
        let text = body(&plain, None);
        assert!(text.contains("Robin Example") && !text.contains("Example Advice"), "{text}");
    }

    #[test]
    fn a_sender_has_an_address() {
        assert!(Sender::new("post", None).is_err());
        assert_eq!(Sender::new("post@example.com", Some("  ")), Sender::new("post@example.com", None));
    }
}
