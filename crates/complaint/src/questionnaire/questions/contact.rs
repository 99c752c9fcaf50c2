//! How to reach the person, and which contact methods are safe.
//!
//! Revealing a survivor's new address, or a message on a shared phone, has put people in danger (the Information Commissioner's
//! reprimands of 2022 and 2023). So each contact method has its own questions: whether it is safe, and who else sees it.

use crate::fields::form::FieldError;
use crate::questionnaire::answers::{Answer, Answers};
use crate::questionnaire::question::Context;
use crate::questionnaire::question::{Body, Field, Question, Section, Width, yes_no, yes_no_unsure};
use crate::questionnaire::steps::StepId;

const WAYS: fn(&Answers, u8) -> &'static [&'static str] = |answers, _| {
    match (
        answers.has_value_once(StepId::Contact, "email"),
        answers.has_value_once(StepId::Contact, "phone"),
    ) {
        (true, false) => &["email", "post", "online"],
        (false, true) => &["phone", "text", "post", "online"],
        // Both were given, or the contact question is not answered yet: all contact methods.
        (true, true) | (false, false) => &["email", "phone", "text", "post", "online"],
    }
};

const TIMES: fn(&Answers, u8) -> &'static [&'static str] = |_, _| &["morning", "afternoon", "evening", "any"];

fn one_of_both(answer: &Answer, _: &Context<'_>, errors: &mut Vec<FieldError>) {
    let given = |name| answer.value(name).is_some() || errors.iter().any(|e| e.field == name);
    if !given("email") && !given("phone") {
        errors.push(FieldError::new("email", "contact_missing"));
    }
}

pub(crate) const QUESTIONS: [Question; 5] = [
    Question::new(
        StepId::Contact,
        "contact",
        Section::Contact,
        Body::Fields(&[Field::email("email"), Field::phone("phone")]),
    )
    .needed()
    .rule(one_of_both),
    Question::new(
        StepId::EmailSafety,
        "about-email",
        Section::Contact,
        Body::Fields(&[
            Field::one("safe", yes_no_unsure)
                .required("email_safe_missing")
                .named_beside("email_safe"),
            Field::line("who_else", "off", Width::Full).named_beside("email_who_else"),
        ]),
    )
    .follows(StepId::Contact, |answers, _| answers.has_value_once(StepId::Contact, "email"))
    .needed_to_continue()
    .beside(StepId::Contact),
    Question::new(
        StepId::PhoneSafety,
        "about-phone",
        Section::Contact,
        Body::Fields(&[
            Field::one("safe", yes_no_unsure)
                .required("phone_safe_missing")
                .named_beside("phone_safe"),
            Field::one("message", yes_no).required("phone_message_missing"),
            Field::line("who_else", "off", Width::Full).named_beside("phone_who_else"),
        ]),
    )
    .follows(StepId::Contact, |answers, _| answers.has_value_once(StepId::Contact, "phone"))
    .needed_to_continue()
    .beside(StepId::Contact),
    Question::new(
        StepId::PostSafety,
        "about-post",
        Section::Contact,
        Body::Fields(&[
            Field::one("safe", yes_no_unsure).required("post_safe_missing"),
            Field::block("other_address"),
        ]),
    )
    .extra(),
    Question::new(
        StepId::ContactChoice,
        "best-way",
        Section::Contact,
        Body::Fields(&[
            Field::one("way", WAYS).required("contact_way_missing"),
            Field::many("times", TIMES),
            Field::line("times_note", "off", Width::Full),
        ]),
    )
    .extra(),
];
