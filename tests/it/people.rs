//! People with different contact methods.

use crate::answers::{create_full_draft, key, save};
use crate::world::viewer;
use complaint::case::person_number::SENDER;
use complaint::{
    StepId,
    case::{actions::CaseAction, contact_plan::ContactPlan, event::EventBody},
};
use contract::Receipt;
use record::outbox::{self, State, case_messages::CONFIRMATION};
use service::{
    Services,
    access::sessions::{self, Session},
    cases::{actions, submission},
};
use text::Language;

/// A mobile number that is reserved for fiction.
pub const MOBILE: &str = "07700 900123";

/// A person's answers about contact methods.
#[derive(Clone, Copy)]
pub struct ContactAnswers<'a> {
    pub email: &'a str,
    pub email_safe: &'a str,
    pub phone: &'a str,
    pub phone_safe: &'a str,
    pub way: &'a str,
    pub language: &'a str,
}

/// By email, which is safe.
pub const BY_MAIL: ContactAnswers = ContactAnswers {
    email: "wren@example.org",
    email_safe: "yes",
    phone: "",
    phone_safe: "no",
    way: "email",
    language: "en",
};

/// Sends a complaint by a person with these contact methods. Its confirmation counts as delivered.
pub async fn sent(services: &Services, how: ContactAnswers<'_>) -> Receipt {
    let receipt = sent_unconfirmed(services, how).await;
    let write = services.store().begin().await.unwrap();
    for message in outbox::list(&services.store().read).await.unwrap() {
        if message.channel == CONFIRMATION {
            outbox::end(&write, &message, State::Delivered, message.created_at, None)
                .await
                .unwrap();
        }
    }
    write.commit().await.unwrap();
    receipt
}

/// Sends a complaint by a person with these contact methods, whose confirmation waits in the outbox.
pub async fn sent_unconfirmed(services: &Services, how: ContactAnswers<'_>) -> Receipt {
    let token = create_full_draft(services).await;
    let contact = serde_json::json!({ "email": how.email, "phone": how.phone });
    let contact = contact.as_object().unwrap().clone().into_iter().filter(|(_, v)| v != "");
    let contact = serde_json::Value::Object(contact.collect()).to_string();
    save(services, &token, StepId::Contact, &contact).await;
    if !how.email.is_empty() {
        let safe = format!(r#"{{"safe":"{}"}}"#, how.email_safe);
        save(services, &token, StepId::EmailSafety, &safe).await;
    }
    if !how.phone.is_empty() {
        let safe = format!(r#"{{"safe":"{}","message":"no"}}"#, how.phone_safe);
        save(services, &token, StepId::PhoneSafety, &safe).await;
    }
    let way = format!(r#"{{"way":"{}","times":["morning"]}}"#, how.way);
    save(services, &token, StepId::ContactChoice, &way).await;
    save(services, &token, StepId::Declaration, r#"{"agreed":true}"#).await;
    let language = Language::of_tag(how.language).unwrap();
    submission::submit_in(services, &token, &key("k"), language).await.unwrap()
}

/// Signs in with the access code of the receipt.
pub async fn signed_in(services: &Services, receipt: &Receipt) -> (String, Session) {
    let opened = sessions::sign_in(services, &receipt.reference, &receipt.access_code).await;
    let token = opened.unwrap().unwrap().token.to_string();
    let session = sessions::session(services, &token).await.unwrap().unwrap();
    (token, session)
}

/// Sends a message to the organisation.
pub async fn send_message(services: &Services, receipt: &Receipt, session: &Session) {
    let message = "It is worse.".to_owned();
    actions::perform(
        services,
        &viewer(services, session, &receipt.reference).await,
        &CaseAction::Message {
            message,
            files: Vec::new(),
        },
        None,
    )
    .await
    .unwrap();
}

/// The event that changes the contact plan to this address, safe or not.
pub fn contact_changed_event(email: &str, email_safe: bool) -> EventBody {
    EventBody::ContactChanged {
        person: SENDER,
        contact: ContactPlan {
            email: Some(email.to_owned()),
            email_safe,
            ..ContactPlan::default()
        },
    }
}
