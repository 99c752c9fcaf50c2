//! Checks the page on which a person changes their contact plan. Rules and error texts are those of the complaint's own
//! questions.

use time::Date;

use crate::case::contact_plan::change::{RequestedContactPlan, Stop};
use crate::case::contact_plan::{ContactMethod, ContactPlan};
use crate::fields::form::{Choice, FieldError, Fields};
use crate::questionnaire::answers::Answers;
use crate::questionnaire::question::Context;
use crate::questionnaire::question_ref::QuestionRef;
use crate::questionnaire::steps::StepId;

/// The fields of the page, named like the members of [`ContactPlan`], each with its question and its field name there.
const FIELDS: [(&str, StepId, &str); 10] = [
    ("email", StepId::Contact, "email"),
    ("phone", StepId::Contact, "phone"),
    ("email_safe", StepId::EmailSafety, "safe"),
    ("email_named", StepId::EmailSafety, "named"),
    ("phone_safe", StepId::PhoneSafety, "safe"),
    ("voicemail_safe", StepId::PhoneSafety, "message"),
    ("post_safe", StepId::PostSafety, "safe"),
    ("post_to", StepId::PostSafety, "other_address"),
    ("way", StepId::ContactChoice, "way"),
    ("times", StepId::ContactChoice, "times"),
];

/// The field that lists what must stop at once.
pub const STOP: &str = "stop";

/// Returns whether the page offers a contact method as the best one, with what was typed so far: not one that is not safe.
pub fn is_offered(way: ContactMethod, typed: &Fields) -> bool {
    let may_be_safe = |field| matches!(typed.raw(field), "" | "yes");
    match way {
        ContactMethod::Email => may_be_safe("email_safe"),
        ContactMethod::Phone | ContactMethod::Text => may_be_safe("phone_safe"),
        ContactMethod::Post => may_be_safe("post_safe") || !typed.line("post_to").is_empty(),
        ContactMethod::Online => true,
    }
}

/// Like [`check`], but refuses a best way that the page does not offer. REST always accepted it; it is not used.
pub fn check_page(posted: &Fields, today: Date) -> Result<RequestedContactPlan, Vec<FieldError>> {
    let checked = check(posted, today);
    let is_unsafe = ContactMethod::parse(posted.raw("way")).is_some_and(|way| !is_offered(way, posted));
    if !is_unsafe {
        return checked;
    }
    let mut errors = checked.err().unwrap_or_default();
    errors.retain(|error| error.field != "way");
    errors.push(FieldError::new("way", "contact_way_unsafe"));
    Err(errors)
}

/// Reads and checks the fields. On failure returns every error, in the order of the page.
pub fn check(posted: &Fields, today: Date) -> Result<RequestedContactPlan, Vec<FieldError>> {
    let mut answers = Answers::default();
    let mut errors = Vec::new();
    // A person on a case may choose neither email nor phone. Only the sender of a new complaint needs one of them.
    let typed = |name| !posted.line(name).is_empty();
    let reached = typed("email") || typed("phone");
    let asked = [
        (StepId::Contact, reached),
        (StepId::EmailSafety, typed("email")),
        (StepId::PhoneSafety, typed("phone")),
        (StepId::PostSafety, true),
        (StepId::ContactChoice, true),
    ];
    for (step, _) in asked.into_iter().filter(|(_, asked)| *asked) {
        let answers_before = if step == StepId::ContactChoice {
            answers.without_contact_safety()
        } else {
            answers.clone()
        };
        let context = Context {
            today,
            answers: &answers_before,
        };
        match crate::check(QuestionRef::from(step), &of_step(step, posted), &context) {
            Ok(answer) => answers.set(answer.place(), answer.answer().clone()),
            Err(found) => errors.extend(found.into_iter().map(|error| on_the_page(step, error))),
        }
    }
    let way = posted.raw("way");
    if !reached && ["email", "phone", "text"].contains(&way) {
        errors.push(FieldError::new("way", "contact_way_missing"));
    }
    if errors.is_empty() {
        Ok(RequestedContactPlan {
            contact: ContactPlan::of_sender(&answers),
            stop: posted.all(STOP).filter_map(Stop::parse).collect(),
        })
    } else {
        Err(errors)
    }
}

/// Returns what the page's fields contain for a plan, before the person types.
pub fn fields(plan: &ContactPlan) -> Fields {
    let yes = |is_safe: bool| if is_safe { "yes" } else { "no" }.to_owned();
    let mut fields = vec![
        ("email".to_owned(), plan.email.clone().unwrap_or_default()),
        ("phone".to_owned(), plan.phone.clone().unwrap_or_default()),
        ("post_safe".to_owned(), yes(plan.post_safe)),
        ("post_to".to_owned(), plan.post_to.clone().unwrap_or_default()),
    ];
    if plan.email.is_some() {
        fields.push(("email_safe".to_owned(), yes(plan.email_safe)));
        fields.push(("email_named".to_owned(), yes(plan.email_named)));
    }
    if plan.phone.is_some() {
        fields.push(("phone_safe".to_owned(), yes(plan.phone_safe)));
        fields.push(("voicemail_safe".to_owned(), yes(plan.voicemail_safe)));
    }
    fields.extend(plan.way.map(|way| ("way".to_owned(), way.code().to_owned())));
    fields.extend(plan.times.iter().map(|time| ("times".to_owned(), time.clone())));
    Fields(fields)
}

/// Returns the fields of one question, under that question's names.
fn of_step(step: StepId, posted: &Fields) -> Fields {
    let named = |(name, value): &(String, String)| {
        let (_, _, called) = FIELDS.iter().find(|(field, at, _)| field == name && *at == step)?;
        Some(((*called).to_owned(), value.clone()))
    };
    Fields(posted.0.iter().filter_map(named).collect())
}

/// Returns the error with the name and pointer of the page's field.
fn on_the_page(step: StepId, error: FieldError) -> FieldError {
    let found = FIELDS.iter().find(|(_, at, called)| *at == step && error.field == *called);
    let Some((name, ..)) = found else { return error };
    FieldError {
        field: (*name).into(),
        pointer: format!("/{name}").into(),
        ..error
    }
}

#[cfg(test)]
mod tests;
