//! Test complaints: the answers to fill in and helpers that save and send them.

use complaint::{Answers, Context, QuestionRef, StepId, check, fields::form::Choice, questionnaire::json_body};
use contract::{DraftView, Receipt};
use service::{Services, access::token::DraftToken, cases::submission, drafts, idempotency::IdempotencyKey};

/// A resident's answers, in the order of the questions. All people and places are made up.
pub const RESIDENT: [(StepId, &str); 12] = [
    (StepId::Role, r#"{"role":"resident"}"#),
    (StepId::ResidentName, r#"{"full_name":"Siân O'Neill"}"#),
    (
        StepId::HomeAddress,
        r#"{"line_1":"4 Test Court","town":"Anytown","postcode":"ZZ1 1AA"}"#,
    ),
    (StepId::Contact, r#"{"email":"sian@example.org","phone":"01632 960123"}"#),
    (StepId::Landlord, r#"{"name":"Example Homes"}"#),
    (StepId::Stage, r#"{"stage":"waiting_stage_1"}"#),
    (StepId::Dates, r#"{"complained_on":{"year":2026,"month":9}}"#),
    (StepId::Category, r#"{"category":"property_condition"}"#),
    (StepId::WhatHappened, r#"{"what_happened":"Mould in the bedroom since March."}"#),
    (StepId::PutRight, r#"{"put_right":"Treat the mould and mend the window."}"#),
    (StepId::Evidence, "{}"),
    (StepId::Declaration, r#"{"agreed":true}"#),
];

/// Saves one answer as the HTTP layer does: parse, check, save.
pub async fn save(services: &Services, token: &DraftToken, step: StepId, json: &str) -> DraftView {
    let before = drafts::open(services, token).await.expect("opened").expect("a draft");
    drafts::save_step(services, token, checked(services, &before.answers, step, json), None)
        .await
        .expect("saved")
}

/// Returns one checked answer, or panics.
pub fn checked(services: &Services, answers: &Answers, step: StepId, json: &str) -> complaint::CheckedAnswer {
    // As REST checks it.
    let answers = if step == StepId::ContactChoice {
        answers.without_contact_safety()
    } else {
        answers.clone()
    };
    let context = Context {
        today: services.today(),
        answers: &answers,
    };
    let place = QuestionRef::first(step);
    let members = serde_json::from_str(json).unwrap_or_else(|e| panic!("{}: {e}", step.code()));
    let fields = json_body::fields(place, &members).unwrap_or_else(|e| panic!("{}: {e}", step.code()));
    check(place, &fields, &context).unwrap_or_else(|e| panic!("{}: {e:?}", step.code()))
}

/// Creates a draft with every answer in [`RESIDENT`].
pub async fn create_full_draft(services: &Services) -> DraftToken {
    let token = drafts::create(services).await.expect("made").token;
    for (step, json) in RESIDENT {
        save(services, &token, step, json).await;
    }
    token
}

/// An idempotency key of a client.
pub fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).expect("a usable key")
}

/// Sends a complaint with the answers in [`RESIDENT`].
pub async fn send_complaint(services: &Services) -> (DraftToken, Receipt) {
    let token = create_full_draft(services).await;
    let receipt = submission::submit(services, &token, &key("first")).await.expect("sent");
    (token, receipt)
}

/// Returns the answers that only a representative gives. They come before the resident's own questions. `how` is the kind of
/// proof: how the representative will show that they may act for the tenant.
pub fn representative_answers(how: &str, person: &str, tenant: &str) -> Vec<(StepId, String)> {
    let mut answers = vec![
        (StepId::Role, r#"{"role":"representative"}"#.to_owned()),
        (StepId::RepresentativeWhy, r#"{"why":"permission"}"#.to_owned()),
        (
            StepId::Representative,
            format!(r#"{{"full_name":"{person}","connection":"family"}}"#),
        ),
        (StepId::Authority, format!(r#"{{"how":"{how}"}}"#)),
        (StepId::AuthorityScope, r#"{"scope":["see","speak","decide"]}"#.to_owned()),
        (StepId::ResidentName, format!(r#"{{"full_name":"{tenant}"}}"#)),
        (
            StepId::Contact,
            r#"{"email":"robin@example.org","phone":"07700 900456"}"#.to_owned(),
        ),
    ];
    if how == "ask_resident" {
        let asked = r#"{"email":"wren@example.org","phone":"07700 900123"}"#.to_owned();
        answers.insert(5, (StepId::AskResident, asked));
    }
    answers
}

/// Sends a complaint that a representative makes for a tenant.
pub async fn send_as_representative(services: &Services, how: &str, person: &str, tenant: &str) -> (DraftToken, Receipt) {
    let token = drafts::create(services).await.expect("made").token;
    let special = representative_answers(how, person, tenant);
    for (step, json) in &special {
        save(services, &token, *step, json).await;
    }
    for (step, json) in RESIDENT {
        if special.iter().all(|(there, _)| *there != step) {
            save(services, &token, step, json).await;
        }
    }
    let receipt = submission::submit(services, &token, &key("first")).await.expect("sent");
    (token, receipt)
}
