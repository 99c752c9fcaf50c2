use std::sync::Arc;

use crate::answers::{RESIDENT, filled, key, save};
use crate::mail::{delivered, link};
use crate::world::{
    On::{self, Postgres, Sqlite},
    World,
};
use ::evidence::{Files, Scanner};
use bytes::Bytes;
use complaint::fields::return_code::ReturnCode;
use complaint::question::Purpose;
use record::{clock::FixedClock, entropy::SeededEntropy, store::Store};
use rstest::rstest;
use service::drafts::SaveError;
use service::evidence::{self, Incoming};
use service::housekeeping::{self, Swept};
use service::returning::{self, Opener, ReturnError, Ticket};
use service::token::{DraftToken, Token};
use service::{Secret, Services, Settings, World as Parts, drafts, submission};
use text::Language;
use time::Duration;

async fn send(world: &World, token: &DraftToken, to: &str) -> Result<(), ReturnError> {
    returning::send_link(&world.services, token, to, Language::default()).await
}

/// Returns the newest resume link that was delivered.
async fn newest_link(world: &World) -> Ticket {
    let messages = delivered(&world.services, world.folder.path()).await;
    let path = link(messages.last().expect("a message"));
    Ticket::Link(Token::parse(path.trim_start_matches("/return/")).expect("a token"))
}

async fn opens(world: &World, ticket: &Ticket) -> Option<DraftToken> {
    let opened = returning::open(&world.services, ticket, Opener::default()).await.unwrap();
    opened.map(|opened| opened.token)
}

async fn photo(world: &World, token: &DraftToken) -> String {
    let file = Incoming {
        filename: "mould.jpg".into(),
        purpose: Purpose::Evidence,
        declared_len: None,
    };
    let bytes = Bytes::from_static(b"\xff\xd8\xff\xe0\0\x10JFIF\0 and so on");
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(bytes)]);
    evidence::add_file(&world.services, token, file, stream).await.unwrap().id
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_link_opens_the_answers_and_the_files_as_often_as_it_is_used(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let token = filled(&world.services).await;
    let file = photo(&world, &token).await;
    send(&world, &token, "wren@example.org").await.unwrap();
    let ticket = newest_link(&world).await;
    for _ in 0..3 {
        let opened = opens(&world, &ticket).await.expect("it opens");
        assert!(opened.id == token.id && opened.secret != token.secret, "with a key of its own");
        let told = returning::look(&world.services, &ticket).await.unwrap().expect("what it opens");
        assert_eq!((told.landlord.as_deref(), told.town), (Some("Example Homes"), None));
        assert_eq!((told.begun.time.as_str(), told.id), ("09:30", token.id.to_string()));
    }
    assert_eq!(world.count("draft_devices").await, 4, "looking opens nothing");
    let there = drafts::open(&world.services, &opens(&world, &ticket).await.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(there.revision, 12);
    assert_eq!(there.files.iter().map(|f| f.id.clone()).collect::<Vec<_>>(), [file]);

    world.clock.advance(Duration::days(7) - Duration::seconds(1));
    assert!(opens(&world, &ticket).await.is_some());
    world.clock.advance(Duration::seconds(1));
    assert_eq!(opens(&world, &ticket).await, None, "a link ends");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_code_is_typed_as_people_type_and_the_newest_counts(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = filled(services).await;
    let first = returning::make_code(services, &token).await.unwrap();
    assert_eq!(first.expires_at, services.now() + Duration::hours(24));
    let sloppy = first
        .code
        .as_str()
        .to_lowercase()
        .replace('0', "o")
        .replace('1', "l")
        .replace('-', " ");
    let typed = Ticket::Code(ReturnCode::parse(&sloppy).unwrap());
    assert!(opens(&world, &typed).await.is_some());
    let second = returning::make_code(services, &token).await.unwrap();
    assert_eq!(opens(&world, &typed).await, None, "what stands on the screen is the only one");
    let typed = Ticket::Code(second.code);
    assert!(opens(&world, &typed).await.is_some_and(|opened| opened.id == token.id));
    world.clock.advance(Duration::hours(24));
    assert_eq!(opens(&world, &typed).await, None, "a code ends");
    for nobody in [
        Ticket::Code(ReturnCode::from_draw([0; 8])),
        Ticket::Link(Token::parse(&"A".repeat(43)).unwrap()),
    ] {
        assert_eq!(opens(&world, &nobody).await, None);
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn ways_back_end_when_the_draft_is_sent_forgotten_or_they_are_stopped(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    for how in ["sent", "forgotten", "stopped", "expired"] {
        let token = filled(services).await;
        send(&world, &token, "wren@example.org").await.unwrap();
        let tickets = [
            newest_link(&world).await,
            Ticket::Code(returning::make_code(services, &token).await.unwrap().code),
        ];
        assert!(returning::any_open(services, &token).await.unwrap());
        match how {
            "sent" => drop(submission::submit(services, &token, &key("first")).await.unwrap()),
            "forgotten" => assert!(drafts::forget(services, &token).await.unwrap()),
            "stopped" => returning::end_all(services, &token).await.unwrap(),
            _ => {
                world.sql("UPDATE drafts SET expires_at = 1").await.unwrap();
            }
        }
        for ticket in &tickets {
            assert_eq!(opens(&world, ticket).await, None, "{how}");
        }
        assert!(!returning::any_open(services, &token).await.unwrap(), "{how}");
        let again = send(&world, &token, "wren@example.org").await;
        match how {
            "sent" => assert!(matches!(again, Err(ReturnError::AlreadySent { .. }))),
            "stopped" => again.unwrap(),
            _ => assert!(matches!(again, Err(ReturnError::NotFound)), "{how}"),
        }
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_database_alone_opens_nothing(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = filled(services).await;
    send(&world, &token, "wren@example.org").await.unwrap();
    let link = newest_link(&world).await;
    let code = Ticket::Code(returning::make_code(services, &token).await.unwrap().code);
    // The same database with the key of another server.
    let thief = Parts {
        store: Store::connect(&world.url).await.unwrap(),
        files: Files::local(&world.folder.path().join("files")).unwrap(),
        confined: services.confined().clone(),
        scanner: Scanner::Missing,
        clock: Arc::new(FixedClock::at(services.now())),
        entropy: Arc::new(SeededEntropy::new(8)),
        secret: Secret::new([10; 32]),
    };
    let thief = Services::new(thief, Settings::default()).unwrap();
    for ticket in [&link, &code] {
        assert!(returning::look(&thief, ticket).await.unwrap().is_none());
        assert!(returning::open(&thief, ticket, Opener::default()).await.unwrap().is_none());
        assert!(returning::open(services, ticket, Opener::default()).await.unwrap().is_some());
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn nobody_can_fill_somebody_elses_letter_box(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    for n in 0..12 {
        let token = drafts::create(&world.services).await.unwrap().token;
        let spelling = if n % 2 == 0 { "wren@example.org" } else { "Wren@Example.org" };
        send(&world, &token, spelling).await.unwrap();
        drafts::forget(&world.services, &token).await.unwrap();
        send(&world, &drafts::create(&world.services).await.unwrap().token, spelling)
            .await
            .unwrap();
    }
    assert_eq!(delivered(&world.services, world.folder.path()).await.len(), 10);
    let token = drafts::create(&world.services).await.unwrap().token;
    send(&world, &token, "robin@example.org").await.unwrap();
    assert_eq!(delivered(&world.services, world.folder.path()).await.len(), 11, "others get theirs");
    world.clock.advance(Duration::days(1) + Duration::seconds(1));
    send(&world, &token, "wren@example.org").await.unwrap();
    assert_eq!(
        delivered(&world.services, world.folder.path()).await.len(),
        12,
        "and tomorrow is another day"
    );
    for wrong in ["", "wren", "wren@", "wren@example.org\r\nBcc: robin@example.org", "a b@example.org"] {
        assert!(
            matches!(send(&world, &token, wrong).await, Err(ReturnError::NotAnAddress)),
            "{wrong:?}"
        );
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_draft_is_kept_as_long_again_when_asked(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let (step, json) = RESIDENT[0];
    let before = save(services, &token, step, json).await;
    world.clock.advance(Duration::days(25));
    let kept = drafts::extend(services, &token).await.unwrap();
    assert_eq!(kept.expires_at, "2027-01-15T09:30:00.000000Z");
    assert_eq!(
        (kept.revision, kept.saved_at, kept.answers),
        (before.revision, before.saved_at, before.answers)
    );
    world.clock.advance(Duration::days(27));
    assert!(drafts::open(services, &token).await.unwrap().is_some());
    world.clock.advance(Duration::days(1));
    assert!(
        matches!(drafts::extend(services, &token).await, Err(SaveError::NotFound)),
        "too late"
    );
    let sent = filled(services).await;
    submission::submit(services, &sent, &key("first")).await.unwrap();
    assert!(matches!(drafts::extend(services, &sent).await, Err(SaveError::AlreadySent { .. })));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_has_expired_goes_with_its_files_and_nothing_else_does(#[case] on: On) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let sent = filled(services).await;
    photo(&world, &sent).await;
    submission::submit(services, &sent, &key("first")).await.unwrap();
    for _ in 0..3 {
        let gone = filled(services).await;
        photo(&world, &gone).await;
        send(&world, &gone, "wren@example.org").await.unwrap();
        returning::make_code(services, &gone).await.unwrap();
    }
    world.clock.advance(Duration::days(20));
    let alive = filled(services).await;
    photo(&world, &alive).await;
    assert_eq!(housekeeping::sweep(services).await.unwrap(), Swept::default());
    world.clock.advance(Duration::days(8));
    // Two servers clean up at the same time.
    let (one, two) = futures::future::join(housekeeping::sweep(services), housekeeping::sweep(services)).await;
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.drafts + two.drafts, one.files + two.files), (3, 3));
    assert_eq!(
        (world.count("drafts").await, world.count("uploads").await),
        (2, 2),
        "the one sent, and the one alive"
    );
    assert_eq!(world.stored().len(), 2);
    assert_eq!(world.count("return_tickets").await, 0);
    assert!(drafts::open(services, &alive).await.unwrap().is_some());
    assert_eq!(world.count("cases").await, 1);
    assert_eq!(housekeeping::sweep(services).await.unwrap(), Swept::default());
}
