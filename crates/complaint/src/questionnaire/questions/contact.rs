//! How to reach the person, and which contact methods are safe.
//!
//! Revealing a survivor's new address, or a message on a shared phone, has put people in danger (the Information Commissioner's
//! reprimands of 2022 and 2023). So each contact method has its own questions: whether it is safe, and who else sees it.

use crate::fields::form::FieldError;
use crate::questionnaire::answers::{Answer, Answers};
use crate::questionnaire::question::Context;
use crate::questionnaire::question::{Body, Field, Question, Section, Width, yes_no, yes_no_unsure};
use crate::questionnaire::steps::StepId;

/// Offers the contact methods that were given, without those that the person did not call safe: they are never used. A method
/// whose question is not answered yet is offered.
const WAYS: fn(&Answers, u8) -> &'static [&'static str] = |answers, _| {
    let is_given = |field| answers.has_value_once(StepId::Contact, field);
    let may_be_safe = |step| matches!(answers.text(step, "safe"), "" | "yes");
    let none = is_given("email") == is_given("phone");
    let email = (none || is_given("email")) && may_be_safe(StepId::EmailSafety);
    let phone = (none || is_given("phone")) && may_be_safe(StepId::PhoneSafety);
    let post = may_be_safe(StepId::PostSafety) || answers.has_value_once(StepId::PostSafety, "other_address");
    let all: &[&str] = match (phone, post) {
        (true, true) => &["email", "phone", "text", "post", "online"],
        (true, false) => &["email", "phone", "text", "online"],
        (false, true) => &["email", "post", "online"],
        (false, false) => &["email", "online"],
    };
    if email { all } else { &all[1..] }
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
            Field::one("named", yes_no).named_beside("email_named"),
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// What the person said about email, phone and letters, and the ways that are offered.
    #[rstest]
    #[case("", "", "", "email phone text post online")]
    #[case("yes", "yes", "yes", "email phone text post online")]
    #[case("no", "yes", "yes", "phone text post online")]
    #[case("not_sure", "", "", "phone text post online")]
    #[case("yes", "no", "", "email post online")]
    #[case("yes", "yes", "no", "email phone text online")]
    #[case("no", "no", "yes", "post online")]
    #[case("no", "no", "no", "online")]
    fn an_unsafe_way_is_not_offered_and_leaves_the_answer(
        #[case] email: &str,
        #[case] phone: &str,
        #[case] post: &str,
        #[case] offered: &str,
    ) {
        let said = |step: StepId, safe: &str| match safe {
            "" => String::new(),
            safe => format!(r#","{}":{{"safe":"{safe}"}}"#, crate::fields::form::Choice::code(step)),
        };
        let json = format!(
            r#"{{"contact":{{"email":"wren@example.org","phone":"01632 960123"}}{}{}{}}}"#,
            said(StepId::EmailSafety, email),
            said(StepId::PhoneSafety, phone),
            said(StepId::PostSafety, post)
        );
        let answers: Answers = serde_json::from_str(&json).unwrap();
        let offered: Vec<&str> = offered.split(' ').collect();
        assert_eq!(WAYS(&answers, 0), offered, "{json}");
        for way in WAYS(&Answers::default(), 0) {
            let chosen = format!(r#"{{"contact_choice":{{"way":"{way}","times":["evening"]}}}}"#);
            let mut chosen: Answers = serde_json::from_str(&chosen).unwrap();
            chosen.replace_with(&answers);
            crate::questionnaire::steps::prune(&mut chosen);
            let kept = chosen.text(StepId::ContactChoice, "way") == *way;
            assert_eq!(kept, offered.contains(way), "{way}: {json}");
            assert!(chosen.has_choice_once(StepId::ContactChoice, "times", "evening"));
        }
    }

    #[test]
    fn letters_to_another_address_are_offered() {
        let json = r#"{"post_safety":{"safe":"no","other_address":"5 Test Court"}}"#;
        assert!(WAYS(&serde_json::from_str(json).unwrap(), 0).contains(&"post"));
    }
}
