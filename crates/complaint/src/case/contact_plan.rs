//! Contact plans: how a person on a case may be reached, and which contact methods are safe.
//!
//! A contact method that the person did not call safe is never used. The Information Commissioner's reprimands of 2022 and 2023
//! were about letters and messages that reached the wrong person.

pub mod change;
pub mod wanted;

use serde::{Deserialize, Serialize};

use crate::fields::form::{Choice, choices};
use crate::questionnaire::answers::Answers;
use crate::questionnaire::steps::StepId;

choices! {
    /// A contact method.
    ContactMethod as Way {
        Email = "email",
        Phone = "phone",
        Text = "text",
        Post = "post",
        /// Only in the portal, by signing in.
        Online = "online",
    }
}

/// How a person may be reached. Empty texts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(clippy::struct_excessive_bools, reason = "each field answers a separate question")]
pub struct ContactPlan {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the person said that email is safe. "Not sure" counts as no.
    #[serde(default)]
    pub email_safe: bool,
    /// Whether emails may show the name of the organisation to others who see them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub email_named: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default)]
    pub phone_safe: bool,
    /// Whether a voicemail may be left.
    #[serde(default)]
    pub voicemail_safe: bool,
    #[serde(default)]
    pub post_safe: bool,
    /// Where letters go, if not to the home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_to: Option<String>,
    /// The preferred contact method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<ContactMethod>,
    /// When calls and texts are welcome: `morning`, `afternoon`, `evening`, `any`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<String>,
}

impl ContactPlan {
    /// Returns the contact plan that the sender gave in the answers.
    pub fn of_sender(answers: &Answers) -> Self {
        let text = |step, field| {
            let text = answers.text(step, field);
            (!text.is_empty()).then(|| text.to_owned())
        };
        let yes = |step, field| answers.text(step, field) == "yes";
        Self {
            email: text(StepId::Contact, "email"),
            email_safe: yes(StepId::EmailSafety, "safe"),
            email_named: yes(StepId::EmailSafety, "named"),
            phone: text(StepId::Contact, "phone"),
            phone_safe: yes(StepId::PhoneSafety, "safe"),
            voicemail_safe: yes(StepId::PhoneSafety, "message"),
            post_safe: yes(StepId::PostSafety, "safe"),
            post_to: text(StepId::PostSafety, "other_address"),
            way: ContactMethod::ALL
                .iter()
                .copied()
                .find(|way| answers.has_choice_once(StepId::ContactChoice, "way", way.code())),
            times: ["morning", "afternoon", "evening", "any"]
                .into_iter()
                .filter(|time| answers.has_choice_once(StepId::ContactChoice, "times", time))
                .map(ToOwned::to_owned)
                .collect(),
        }
    }

    /// Returns whether a contact method may be used: the person gave it and called it safe.
    pub fn is_safe(&self, way: ContactMethod) -> bool {
        match way {
            ContactMethod::Email => self.email.is_some() && self.email_safe,
            ContactMethod::Phone | ContactMethod::Text => self.phone.is_some() && self.phone_safe,
            ContactMethod::Post => self.post_safe || self.post_to.is_some(),
            ContactMethod::Online => true,
        }
    }

    /// Returns the address for email, if the person called it safe and did not choose online only.
    pub fn safe_email(&self) -> Option<&str> {
        self.email
            .as_deref()
            .filter(|_| self.email_safe && self.way != Some(ContactMethod::Online))
    }

    /// Returns the number for texts, if the person called it safe and did not choose online only.
    pub fn safe_phone(&self) -> Option<&str> {
        self.phone
            .as_deref()
            .filter(|_| self.phone_safe && self.way != Some(ContactMethod::Online))
    }
}
