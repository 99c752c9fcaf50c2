//! The text of messages. Subject and sender reveal nothing: other people may see them on the recipient's screen.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{Address, error::Error};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use complaint::fields::email;
use contract::Moment;
use record::Instant;
use text::Language;

/// A message to one recipient, as it is sealed in the outbox until delivery.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageContent {
    /// The email address; empty for a message to a person on a case until it is delivered.
    pub to: String,
    /// The tag of the language of the message.
    pub language: String,
    pub text: MessageKind,
}

/// Never prints content or address: the log must not contain a link or code that works.
impl std::fmt::Debug for MessageContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// The content of a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MessageKind {
    /// A link that opens a draft on another device.
    ReturnLink {
        /// The path of the page that the link opens.
        path: String,
        /// When the link expires.
        until: Moment,
    },
    /// A link to a consent request: a person asks to represent the recipient.
    ConsentLink {
        /// The path of the page that the link opens.
        path: String,
        /// When the link expires.
        until: Moment,
        /// The name that this person gave, cleaned by [`clean_typed_name`].
        #[serde(default)]
        asks: Option<String>,
        /// The organisation that this person claims to be from, cleaned by [`clean_typed_name`].
        #[serde(default)]
        organisation: Option<String>,
    },
    /// A code to sign in with.
    SignInCode {
        /// The code as people read and type it.
        code: String,
    },
    /// A code that confirms a change of contact details.
    ConfirmCode {
        /// The code as people read and type it.
        code: String,
    },
    /// The confirmation that what the person sent has arrived. It never has the access code.
    Confirmation {
        reference: String,
        /// The day by which the organisation promised to contact the person, if it waits for nothing else first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<time::Date>,
    },
    /// A notice that a case has news. The recipient reads the news after signing in.
    Notice {
        /// The kind of event. It is shown to the organisation and never part of the message.
        about: String,
        /// The person's own reference for the case, cleaned by [`clean_typed_name`].
        #[serde(default)]
        own_reference: Option<String>,
    },
}

impl std::fmt::Debug for MessageKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(..)")
    }
}

/// The sender of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    address: Address,
    name: Option<String>,
    /// The organisation that runs the portal, named in consent requests.
    organisation: Option<String>,
    /// A telephone number where people can ask whether a message is genuine.
    phone: Option<String>,
    /// Whether messages name the organisation, which others may see who look at the mailbox.
    shows_organisation: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an email address")]
pub struct SenderError(String);

impl Sender {
    /// Returns a sender. Without `name`, messages show the neutral sender name of their language.
    ///
    /// # Errors
    /// [`SenderError`] if `address` is not an email address.
    pub fn new(address: &str, name: Option<&str>) -> Result<Self, SenderError> {
        Ok(Self {
            address: address.parse().map_err(|_| SenderError(address.to_owned()))?,
            name: name.map(str::trim).filter(|name| !name.is_empty()).map(ToOwned::to_owned),
            organisation: None,
            phone: None,
            shows_organisation: false,
        })
    }

    /// Sets the organisation and the telephone number that consent requests name.
    pub fn with_contact(self, organisation: Option<&str>, phone: Option<&str>) -> Self {
        Self {
            organisation: organisation.map(ToOwned::to_owned),
            phone: phone.map(ToOwned::to_owned),
            ..self
        }
    }

    /// Returns the sender for a person who said that emails may show the organisation. Its name is that of the sender, and the
    /// signature. Without a configured organisation nothing changes.
    pub fn named(&self) -> Self {
        Self {
            name: self.organisation.clone().or_else(|| self.name.clone()),
            shows_organisation: self.organisation.is_some(),
            ..self.clone()
        }
    }

    /// Returns the signature of a message that shows the organisation, else nothing.
    fn signature(&self, language: Language) -> String {
        let Some(name) = self.organisation.as_deref().filter(|_| self.shows_organisation) else {
            return String::new();
        };
        let phone = self.phone.as_deref();
        let call = phone.map(|phone| language.say_with("message.consent.call", &[("phone", phone)]));
        format!("\n-- \n{name}\n{}", call.map(|call| call + "\n").unwrap_or_default())
    }

    /// Returns the sentences that say who the message is from and how to check it, as far as known.
    fn authenticity_note(&self, language: Language) -> String {
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

/// Returns true if mail can be sent to this address.
pub fn is_address(text: &str) -> bool {
    address(text).is_some()
}

/// Parses an address into the form in which mail is sent to it.
fn address(text: &str) -> Option<Address> {
    email::to_send(text)?.parse().ok()
}

/// The maximum length of a typed name in a message, in characters.
const NAME_MAX: usize = 60;

/// Cleans a name or reference that a person typed, for use in a message. Returns `None` if nothing is left.
///
/// The person may also have typed the address, so the text could be used for spam. Only letters, digits, and what
/// names and references contain besides are kept, on one short line. A mail program makes no link of it.
pub fn clean_typed_name(typed: &str) -> Option<String> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '\'' | '’' | '-' | '&' | ',' | '(' | ')' | '/');
    let words: String = typed.chars().map(|c| if allowed(c) { c } else { ' ' }).collect();
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(NAME_MAX).collect();
    Some(short.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Returns the language of a stored tag, or the default language if the portal no longer offers it.
fn language(tag: &str) -> Language {
    Language::of_tag(tag).unwrap_or_default()
}

/// Returns the address of the sign-in page. Notices link only to it: a program that opens every link changes nothing.
fn sign_in(origin: &str) -> String {
    format!("{origin}/sign-in")
}

impl MessageContent {
    /// Returns the content as a text message; `None` for content that is sent by mail only.
    pub(crate) fn to_sms(&self, origin: &str) -> Option<String> {
        let language = language(&self.language);
        match &self.text {
            MessageKind::Notice { .. } => Some(language.say_with("message.notice_text", &[("link", sign_in(origin))])),
            MessageKind::Confirmation { reference, .. } => {
                let values = [("reference", reference.clone()), ("link", sign_in(origin))];
                Some(language.say_with("message.confirmation_text", &values))
            }
            MessageKind::ConfirmCode { code } => Some(language.say_with("message.confirm_code_text", &[("code", code)])),
            MessageKind::ReturnLink { .. } | MessageKind::ConsentLink { .. } | MessageKind::SignInCode { .. } => None,
        }
    }

    /// Builds the email. `origin` is the public URL of the portal; `id` gives a repeated delivery the same
    /// `Message-ID`.
    pub(crate) fn to_email(&self, id: Uuid, origin: &str, sender: &Sender, at: Instant) -> Result<Message, Error> {
        let language = language(&self.language);
        let (subject, body) = match &self.text {
            MessageKind::ReturnLink { path, until } => {
                let values = [
                    ("link", format!("{origin}{path}")),
                    ("time", until.time.clone()),
                    ("date", language.date(until.date)),
                ];
                (language.say("message.subject"), language.say_with("message.return_link", &values))
            }
            MessageKind::ConsentLink {
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
                    ("check", sender.authenticity_note(language)),
                    ("link", format!("{origin}{path}")),
                    ("time", until.time.clone()),
                    ("date", language.date(until.date)),
                ];
                (language.say("message.subject"), language.say_with("message.consent_link", &values))
            }
            MessageKind::SignInCode { code } => (
                language.say("message.subject"),
                language.say_with("message.sign_in_code", &[("code", code)]),
            ),
            MessageKind::ConfirmCode { code } => (
                language.say("message.subject"),
                language.say_with("message.confirm_code", &[("code", code)]),
            ),
            MessageKind::Confirmation { reference, due } => {
                let next = due.map_or_else(
                    || language.say("message.confirmation_next.sign_in"),
                    |due| language.say_with("message.confirmation_next.by", &[("date", language.date(due))]),
                );
                let values = [("reference", reference.clone()), ("next", next), ("link", sign_in(origin))];
                (language.say("message.subject"), language.say_with("message.confirmation", &values))
            }
            MessageKind::Notice { own_reference, .. } => {
                let notice = language.say_with("message.notice", &[("link", sign_in(origin))]);
                let own = own_reference.as_deref();
                let own = own.map(|own| language.say_with("message.own_reference", &[("reference", own)]));
                (language.say("message.subject"), notice + &own.unwrap_or_default())
            }
        };
        let body = body + &sender.signature(language);
        let name = sender.name.clone().unwrap_or_else(|| language.say("message.sender"));
        let to = address(&self.to).ok_or(Error::MissingTo)?;
        let sent = UNIX_EPOCH + Duration::from_micros(at.micros().unsigned_abs());
        // Asks machines not to reply, for example with out-of-office notes (RFC 3834).
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
    fn only_a_sender_that_may_show_the_organisation_names_it() {
        let letter = MessageContent {
            to: "wren@example.org".into(),
            language: "en".into(),
            text: MessageKind::Notice {
                about: "message_sent".into(),
                own_reference: None,
            },
        };
        let sender = Sender::new("post@example.com", None).unwrap();
        let sender = sender.with_contact(Some("Example Housing"), Some("01632 960 100"));
        let at = Instant::from_micros(1_795_276_800_000_000);
        let text = |sender: &Sender| {
            let message = letter.to_email(Uuid::nil(), "http://portal.test", sender, at).unwrap();
            String::from_utf8(message.formatted()).unwrap()
        };
        let neutral = text(&sender);
        assert!(neutral.contains("From: \"Message service\" <post@example.com>"), "{neutral}");
        assert!(!neutral.contains("Example Housing") && !neutral.contains("960 100"), "{neutral}");
        let named = text(&sender.named());
        assert!(named.contains("From: \"Example Housing\" <post@example.com>"), "{named}");
        assert!(named.contains("Subject: You have a message\r\n"), "the subject never says more");
        assert!(named.contains("Example Housing\r\n") && named.contains("01632 960 100"), "{named}");
        let without = Sender::new("post@example.com", None).unwrap();
        assert_eq!(text(&without.named()), text(&without), "no organisation is configured");
    }

    #[test]
    fn nothing_shows_what_it_is_about_before_it_is_opened() {
        let letter = MessageContent {
            to: "wren@example.org".into(),
            language: "en".into(),
            text: MessageKind::ReturnLink {
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
        let message = letter.to_email(Uuid::nil(), "http://portal.test", &sender, at).unwrap();
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
        assert_eq!(clean_typed_name("Robin O'Example-Smith"), Some("Robin O'Example-Smith".to_owned()));
        let typed = "Win at https://evil.example.org/now\r\n\r\nBcc: wren@example.org";
        let line = clean_typed_name(typed).unwrap();
        assert!(!line.contains(['.', ':', '@', '\r', '\n']), "{line}");
        assert_eq!(clean_typed_name(&"a".repeat(500)).unwrap().len(), NAME_MAX);
        assert_eq!(clean_typed_name(" .: "), None);
    }

    #[test]
    fn the_question_to_a_tenant_says_who_asks_and_how_to_check_it() {
        let body = |sender: &Sender, organisation: Option<&str>| {
            let letter = MessageContent {
                to: "wren@example.org".into(),
                language: "en".into(),
                text: MessageKind::ConsentLink {
                    path: "/consent/secret".into(),
                    until: Moment {
                        at: "2026-11-30T09:30:00.000000Z".into(),
                        date: time::macros::date!(2026 - 11 - 30),
                        time: "09:30".into(),
                    },
                    asks: clean_typed_name("Robin Example"),
                    organisation: organisation.and_then(clean_typed_name),
                },
            };
            let at = Instant::from_micros(1_795_276_800_000_000);
            let message = letter.to_email(Uuid::nil(), "http://portal.test", sender, at).unwrap();
            let text = String::from_utf8(message.formatted()).unwrap().replace("=\r\n", "");
            text.split_once("\r\n\r\n").unwrap().1.to_owned()
        };
        let plain = Sender::new("post@example.com", None).unwrap();
        let named = plain.clone().with_contact(Some("Example Ombudsman"), Some("01632 960100"));
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
