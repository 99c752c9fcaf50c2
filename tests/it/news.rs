//! News of a case for its open pages, on both databases.

use std::time::Duration;

use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::{Rights, Scope};
use rstest::rstest;
use service::Services;
use service::access::sessions::{self, Session};
use service::cases::desk::{self, Caller};
use service::cases::news::{self, Follower};

use crate::representatives::representative;
use crate::visibility::brings;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};

/// Long enough for everything that a stream does at a change, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// Long enough for a wrong item to come.
const A_MOMENT: Duration = Duration::from_millis(500);

struct Page {
    token: String,
    session: Session,
    reference: String,
    follower: Follower,
}

impl Page {
    async fn open(services: &Services, token: &str, reference: &str) -> Self {
        let session = sessions::session(services, token).await.unwrap().expect("a session");
        let viewer = viewer(services, &session, reference).await;
        Self {
            token: token.to_owned(),
            session,
            reference: reference.to_owned(),
            follower: Follower::new(services, &viewer, token.to_owned()),
        }
    }

    async fn next(&mut self) -> Option<String> {
        tokio::time::timeout(SOON, self.follower.next()).await.expect("soon").unwrap()
    }

    async fn has_no_news(&mut self) -> bool {
        tokio::time::timeout(A_MOMENT, self.follower.next()).await.is_err()
    }

    async fn version(&self, services: &Services) -> Option<String> {
        let viewer = viewer(services, &self.session, &self.reference).await;
        Some(news::version(services, &viewer).await.unwrap())
    }
}

async fn at_the_desk(services: &Services, reference: &str, event: RecordableEvent) {
    let caller = Caller::at_command_line("ash");
    desk::add_event(services, &caller, reference, event, None).await.unwrap();
}

fn message(text: &str) -> RecordableEvent {
    RecordableEvent::MessageSent { message: text.into() }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn an_open_page_learns_of_what_its_person_sees_and_of_nothing_else(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let rights = Rights {
        scopes: vec![Scope::Speak],
        until: None,
    };
    let made = representative(&world, "Wren Example", Some(rights), false).await;
    let at = made.reference.as_str();
    let mut tenant = Page::open(services, made.tenant.as_deref().unwrap(), at).await;
    let mut other = Page::open(services, &made.representative_session, at).await;
    for page in [&mut tenant, &mut other] {
        let version = page.version(services).await;
        assert_eq!(page.next().await, version);
    }
    assert!(news::look(services).await.unwrap());
    assert!(tenant.has_no_news().await && other.has_no_news().await, "nothing has changed");

    at_the_desk(
        services,
        at,
        RecordableEvent::Note {
            note: "Rang at noon.".into(),
        },
    )
    .await;
    news::look(services).await.unwrap();
    assert!(tenant.has_no_news().await, "an internal note is no news");

    brings(services, &tenant.session, at).await;
    news::look(services).await.unwrap();
    let with_file = tenant.version(services).await;
    assert_eq!(tenant.next().await, with_file);
    assert!(other.has_no_news().await, "without the scope `see`, the tenant's file is no news");

    at_the_desk(services, at, message("We have rung your landlord.")).await;
    news::look(services).await.unwrap();
    for page in [&mut tenant, &mut other] {
        let version = page.version(services).await;
        assert_ne!(version, with_file);
        assert_eq!(page.next().await, version);
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn news_end_with_the_session_and_with_the_server(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let made = representative(&world, "Wren Example", Some(Rights::full()), false).await;
    let at = made.reference.as_str();
    let mut tenant = Page::open(services, made.tenant.as_deref().unwrap(), at).await;
    let mut other = Page::open(services, &made.representative_session, at).await;
    tenant.next().await;
    other.next().await;
    sessions::sign_out(services, &tenant.token).await.unwrap();
    at_the_desk(services, at, message("We have rung your landlord.")).await;
    news::look(services).await.unwrap();
    assert_eq!(tenant.next().await, None);
    assert!(other.next().await.is_some());
    news::close(services);
    assert_eq!(other.next().await, None);
    drop((tenant, other));
    assert!(!news::look(services).await.unwrap(), "without an open page the record is not asked");
}
