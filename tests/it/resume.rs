use std::sync::Arc;

use crate::answers::{RESIDENT, create_full_draft, key, save};
use crate::mail::{delivered, link};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};
use ::evidence::{FileStore, Scanner};
use bytes::Bytes;
use complaint::fields::return_code::ResumeCode;
use complaint::questionnaire::question::Purpose;
use record::{clock::FixedClock, entropy::SeededEntropy, store::Store};
use rstest::rstest;
use service::access::token::{DraftToken, Token};
use service::drafts::SaveError;
use service::drafts::resume::{self, ResumeError, ResumeSecret, ResumingDevice};
use service::files::{self, Incoming};
use service::record::housekeeping::{self, CleanupReport};
use service::{Dependencies as Parts, Secret, Services, Settings, cases::submission, drafts};
use text::Language;
use time::Duration;

async fn send(world: &World, token: &DraftToken, to: &str) -> Result<(), ResumeError> {
    resume::send_link(&world.services, token, to, Language::default()).await
}

/// Returns the newest resume link that was delivered.
async fn newest_link(world: &World) -> ResumeSecret {
    let messages = delivered(&world.services, world.folder.path()).await;
    let path = link(messages.last().expect("a message"));
    ResumeSecret::Link(Token::parse(path.trim_start_matches("/return/")).expect("a token"))
}

async fn opens(world: &World, ticket: &ResumeSecret) -> Option<DraftToken> {
    let opened = resume::open(&world.services, ticket, ResumingDevice::default()).await.unwrap();
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
    files::add_file(&world.services, token, file, stream).await.unwrap().id
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_link_opens_the_answers_and_the_files_as_often_as_it_is_used(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let token = create_full_draft(&world.services).await;
    let file = photo(&world, &token).await;
    send(&world, &token, "wren@example.org").await.unwrap();
    let ticket = newest_link(&world).await;
    for _ in 0..3 {
        let opened = opens(&world, &ticket).await.expect("the link must open the draft");
        assert!(
            opened.id == token.id && opened.secret != token.secret,
            "each device has its own key"
        );
        let told = resume::preview_draft(&world.services, &ticket)
            .await
            .unwrap()
            .expect("the link must be valid");
        assert_eq!((told.landlord.as_deref(), told.town), (Some("Example Homes"), None));
        assert_eq!((told.begun.time.as_str(), told.id), ("09:30", token.id.to_string()));
    }
    assert_eq!(world.count("draft_devices").await, 4, "viewing the link must not add a device");
    let there = drafts::open(&world.services, &opens(&world, &ticket).await.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(there.revision, 12);
    assert_eq!(there.files.iter().map(|f| f.id.clone()).collect::<Vec<_>>(), [file]);

    world.clock.advance(Duration::days(7) - Duration::seconds(1));
    assert!(opens(&world, &ticket).await.is_some());
    world.clock.advance(Duration::seconds(1));
    assert_eq!(opens(&world, &ticket).await, None, "a link must expire");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_code_is_typed_as_people_type_and_the_newest_counts(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    let first = resume::make_code(services, &token).await.unwrap();
    assert_eq!(first.expires_at, services.now() + Duration::hours(24));
    let sloppy = first
        .code
        .as_str()
        .to_lowercase()
        .replace('0', "o")
        .replace('1', "l")
        .replace('-', " ");
    let typed = ResumeSecret::Code(ResumeCode::parse(&sloppy).unwrap());
    assert!(opens(&world, &typed).await.is_some());
    let second = resume::make_code(services, &token).await.unwrap();
    assert_eq!(opens(&world, &typed).await, None, "a new code must replace the earlier one");
    let typed = ResumeSecret::Code(second.code);
    assert!(opens(&world, &typed).await.is_some_and(|opened| opened.id == token.id));
    world.clock.advance(Duration::hours(24));
    assert_eq!(opens(&world, &typed).await, None, "a code must expire");
    for nobody in [
        ResumeSecret::Code(ResumeCode::from_draw([0; 8])),
        ResumeSecret::Link(Token::parse(&"A".repeat(43)).unwrap()),
    ] {
        assert_eq!(opens(&world, &nobody).await, None);
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn ways_back_end_when_the_draft_is_sent_forgotten_or_they_are_stopped(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    for how in ["sent", "forgotten", "stopped", "expired"] {
        let token = create_full_draft(services).await;
        send(&world, &token, "wren@example.org").await.unwrap();
        let tickets = [
            newest_link(&world).await,
            ResumeSecret::Code(resume::make_code(services, &token).await.unwrap().code),
        ];
        assert!(resume::any_open(services, &token).await.unwrap());
        match how {
            "sent" => drop(submission::submit(services, &token, &key("first")).await.unwrap()),
            "forgotten" => assert!(drafts::forget(services, &token).await.unwrap()),
            "stopped" => resume::end_links(services, &token).await.unwrap(),
            _ => {
                world.sql("UPDATE drafts SET expires_at = 1").await.unwrap();
            }
        }
        for ticket in &tickets {
            assert_eq!(opens(&world, ticket).await, None, "{how}");
        }
        assert!(!resume::any_open(services, &token).await.unwrap(), "{how}");
        let again = send(&world, &token, "wren@example.org").await;
        match how {
            "sent" => assert!(matches!(again, Err(ResumeError::AlreadySent { .. }))),
            "stopped" => again.unwrap(),
            _ => assert!(matches!(again, Err(ResumeError::NotFound)), "{how}"),
        }
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_database_alone_opens_nothing(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    send(&world, &token, "wren@example.org").await.unwrap();
    let link = newest_link(&world).await;
    let code = ResumeSecret::Code(resume::make_code(services, &token).await.unwrap().code);
    // The same database with the key of another server.
    let thief = Parts {
        store: Store::connect(&world.url).await.unwrap(),
        files: FileStore::local(&world.folder.path().join("files")).unwrap(),
        confined: services.sandbox().clone(),
        scanner: Scanner::NotConfigured,
        clock: Arc::new(FixedClock::at(services.now())),
        entropy: Arc::new(SeededEntropy::new(8)),
        secret: Secret::new([10; 32]),
        log_keys: services.log_keys().clone(),
    };
    let thief = Services::new(thief, Settings::default()).unwrap();
    for ticket in [&link, &code] {
        assert!(resume::preview_draft(&thief, ticket).await.unwrap().is_none());
        assert!(resume::open(&thief, ticket, ResumingDevice::default()).await.unwrap().is_none());
        assert!(resume::open(services, ticket, ResumingDevice::default()).await.unwrap().is_some());
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn nobody_can_fill_somebody_elses_letter_box(#[case] on: TestDatabase) {
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
    assert_eq!(
        delivered(&world.services, world.folder.path()).await.len(),
        11,
        "another address still gets messages"
    );
    world.clock.advance(Duration::days(1) + Duration::seconds(1));
    send(&world, &token, "wren@example.org").await.unwrap();
    assert_eq!(
        delivered(&world.services, world.folder.path()).await.len(),
        12,
        "the limit is per day"
    );
    for wrong in ["", "wren", "wren@", "wren@example.org\r\nBcc: robin@example.org", "a b@example.org"] {
        assert!(
            matches!(send(&world, &token, wrong).await, Err(ResumeError::NotAnAddress)),
            "{wrong:?}"
        );
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_draft_is_kept_as_long_again_when_asked(#[case] on: TestDatabase) {
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
        "an expired draft cannot be extended"
    );
    let sent = create_full_draft(services).await;
    submission::submit(services, &sent, &key("first")).await.unwrap();
    assert!(matches!(drafts::extend(services, &sent).await, Err(SaveError::AlreadySent { .. })));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_has_expired_goes_with_its_files_and_nothing_else_does(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let sent = create_full_draft(services).await;
    photo(&world, &sent).await;
    submission::submit(services, &sent, &key("first")).await.unwrap();
    for _ in 0..3 {
        let gone = create_full_draft(services).await;
        photo(&world, &gone).await;
        send(&world, &gone, "wren@example.org").await.unwrap();
        resume::make_code(services, &gone).await.unwrap();
    }
    world.clock.advance(Duration::days(20));
    let alive = create_full_draft(services).await;
    photo(&world, &alive).await;
    assert_eq!(housekeeping::clean_up(services).await.unwrap(), CleanupReport::default());
    world.clock.advance(Duration::days(8));
    // Two servers clean up at the same time.
    let clean_up = || Box::pin(housekeeping::clean_up(services));
    let (one, two) = futures::future::join(clean_up(), clean_up()).await;
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.drafts + two.drafts, one.files + two.files), (3, 3));
    assert_eq!(
        (world.count("drafts").await, world.count("uploads").await),
        (2, 2),
        "only the sent and the current draft stay"
    );
    assert_eq!(world.stored().len(), 2);
    assert_eq!(world.count("return_tickets").await, 0);
    assert!(drafts::open(services, &alive).await.unwrap().is_some());
    assert_eq!(world.count("cases").await, 1);
    assert_eq!(housekeeping::clean_up(services).await.unwrap(), CleanupReport::default());
}
