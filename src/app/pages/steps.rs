//! The questions, one file each: what stands above the form and the fields in it.

mod category;
mod contact;
mod dates;
mod declaration;
mod evidence;
mod home_address;
mod landlord;
mod long_text;
mod representative;
mod resident_name;
mod role;
mod stage;

use leptos::prelude::*;

use super::journey::DraftStore;
use crate::app::components::errors::Errors;
use crate::app::components::radios::Item;
use crate::complaint::form::Choice;
use crate::complaint::steps::role::RoleKind;
use crate::complaint::{Answers, Fields, Step, StepId, Valid};

/// What a question is drawn from.
pub struct StepCx {
    pub answers: Answers,
    /// What was typed, when the form came back.
    pub typed: Option<Fields>,
    pub errors: Errors,
    pub store: DraftStore,
}

impl StepCx {
    /// What the fields hold when the page opens: what was typed when the form came back, else the stored answer.
    fn given<T: Step>(&self, stored: Option<&Valid<T>>) -> T {
        match &self.typed {
            Some(fields) => T::from_fields(fields),
            None => stored.map(|valid| (**valid).clone()).unwrap_or_default(),
        }
    }

    /// Whether someone acts for the resident: sentences then say "the resident" rather than "you".
    fn for_another(&self) -> bool {
        self.answers.role_kind() == Some(RoleKind::Representative)
    }
}

/// A question as a page puts it together.
pub struct Parts {
    /// The question, for the document's title.
    pub title: String,
    /// What stands before the form.
    pub before: AnyView,
    pub fields: AnyView,
}

impl Parts {
    fn new(title: String, fields: AnyView) -> Self {
        Self {
            title,
            before: ().into_any(),
            fields,
        }
    }
}

/// The parts of a question.
pub fn body(step: StepId, cx: &StepCx) -> Parts {
    match step {
        StepId::Role => role::parts(cx),
        StepId::Representative => representative::parts(cx),
        StepId::ResidentName => resident_name::parts(cx),
        StepId::HomeAddress => home_address::parts(cx),
        StepId::Contact => contact::parts(cx),
        StepId::Landlord => landlord::parts(cx),
        StepId::Stage => stage::parts(cx),
        StepId::Dates => dates::parts(cx),
        StepId::Category => category::parts(cx),
        StepId::WhatHappened => long_text::what_happened(cx),
        StepId::PutRight => long_text::put_right(cx),
        StepId::Evidence => evidence::parts(cx),
        StepId::Declaration => declaration::parts(cx),
    }
}

/// The choices of a list with their texts, `<key>.<code>.text` and, where there is one, `<key>.<code>.hint`.
fn items<T: Choice>(key: &str) -> Vec<Item> {
    let language = crate::app::words::language();
    T::ALL
        .iter()
        .map(|choice| {
            let code = choice.code();
            Item {
                code,
                text: language.say(&format!("{key}.{code}.text")),
                hint: language.say_if_any(&format!("{key}.{code}.hint")),
            }
        })
        .collect()
}
