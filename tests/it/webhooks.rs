//! The event feed that systems poll, and webhook deliveries.

mod delivered;
mod event_feed;
mod paused;
pub mod receiver;
mod webhook_queues;

use complaint::{Status, case::recordable_event::RecordableEvent};
pub use delivered::deliver;
use service::{
    Services,
    access::api_keys::{self, Key, Scope},
    cases::desk::{self, Caller},
};

/// A caller with the scope `desk`. Its key is not in the database.
fn caller() -> Caller {
    Caller::from_key(&Key {
        name: "casework".into(),
        scopes: vec![Scope::Desk],
    })
    .expect("a desk key")
}

/// A caller with a new key of this name that may register webhooks.
pub async fn webhook_caller(services: &Services, name: &str) -> Caller {
    let secret = api_keys::add(services, name, &[Scope::Read, Scope::Webhooks]).await.unwrap();
    let key = api_keys::authenticate(services, &secret).await.unwrap().unwrap();
    Caller::for_webhooks(&key).unwrap()
}

/// Adds an internal note to a case.
pub async fn note(services: &Services, reference: &str, text: &str) {
    let event = RecordableEvent::Note { note: text.to_owned() };
    desk::add_event(services, &caller(), reference, event, None).await.unwrap();
}

/// Changes the status of a case.
async fn moved(services: &Services, reference: &str, status: Status) {
    let event = RecordableEvent::StatusChanged {
        status,
        due: None,
        reason: None,
        message: None,
    };
    desk::add_event(services, &caller(), reference, event, None).await.unwrap();
}
