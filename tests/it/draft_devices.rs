//! A draft that is open on several devices, each with a token of its own.

use std::sync::Arc;

use crate::answers::{RESIDENT, checked, create_full_draft, key, save};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, database,
};
use ::evidence::resumable::Part;
use bytes::Bytes;
use complaint::questionnaire::question::Purpose;
use complaint::{Answers, StepId};
use contract::FileState;
use contract::draft_devices::{DraftDevice, OpenedBy};
use record::entropy::SeededEntropy;
use record::migrations::Migrator;
use record::store::Store;
use rstest::rstest;
use sea_orm::{ConnectionTrait, Database};
use sea_orm_migration::MigratorTrait;
use service::access::token::DraftToken;
use service::cases::submission::{self, SubmitError};
use service::drafts::resume::{self, ResumeError, ResumeSecret, ResumingDevice};
use service::drafts::{
    self, SaveError,
    devices::{self, Ended},
};
use service::files::{self, FileError, Incoming, resumable};
use service::{
    Services, Settings,
    cases::{complaint_clock, equality},
    files::download,
    record::housekeeping,
};
use sha2::{Digest, Sha256};
use time::Duration;
use uuid::Uuid;

/// Opens the draft on another device, with a new resume code.
async fn elsewhere(services: &Services, token: &DraftToken) -> DraftToken {
    let code = resume::make_code(services, token).await.unwrap().code;
    open(services, &ResumeSecret::Code(code)).await.expect("the code opens")
}

async fn open(services: &Services, ticket: &ResumeSecret) -> Option<DraftToken> {
    let on = ResumingDevice {
        device: Some("Firefox, Linux".into()),
        held: Vec::new(),
    };
    resume::open(services, ticket, on).await.unwrap().map(|opened| opened.token)
}

async fn listed(services: &Services, token: &DraftToken) -> Vec<DraftDevice> {
    devices::list(services, token).await.unwrap()
}

/// Returns the id of the device that holds this token.
async fn id(services: &Services, token: &DraftToken) -> Uuid {
    let here = listed(services, token).await.into_iter().find(|device| device.here);
    here.expect("its own device").id.parse().unwrap()
}

fn letter(length: u64) -> Incoming {
    Incoming {
        filename: "letter.txt".into(),
        purpose: Purpose::Evidence,
        declared_len: Some(length),
    }
}

/// Sends these bytes of an upload.
async fn bring(services: &Services, token: &DraftToken, upload: Uuid, offset: u64, bytes: &'static [u8]) -> Result<u64, FileError> {
    let part = Part {
        upload,
        offset,
        length: Some(bytes.len() as u64),
        checksum: None,
    };
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(bytes))]);
    resumable::append(services, token, part, stream)
        .await
        .result
        .map(|standing| standing.offset)
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn each_device_has_a_key_of_its_own_and_is_listed(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let first = create_full_draft(services).await;
    world.clock.advance(Duration::hours(1));
    let second = elsewhere(services, &first).await;
    assert_eq!(second.id, first.id);
    assert_ne!(second.secret, first.secret);
    let there = listed(services, &second).await;
    let shown: Vec<_> = there.iter().map(|d| (d.here, d.opened_by, d.device.as_deref())).collect();
    assert_eq!(
        shown,
        [(true, OpenedBy::Code, Some("Firefox, Linux")), (false, OpenedBy::First, None)],
        "the device used last is listed first"
    );
    assert_eq!((there[0].begun.time.as_str(), there[1].begun.time.as_str()), ("10:30", "09:30"));
    // A device that opens the draft again with its token keeps that token.
    let code = resume::make_code(services, &second).await.unwrap().code;
    let held = ResumingDevice {
        device: None,
        held: vec![second.clone()],
    };
    let again = resume::open(services, &ResumeSecret::Code(code), held).await.unwrap().unwrap();
    assert_eq!(again.token, second);
    assert_eq!(listed(services, &first).await.len(), 2);
    // The time of last use is recorded to a quarter of an hour.
    world.clock.advance(Duration::minutes(20));
    drafts::open(services, &first).await.unwrap().unwrap();
    let used = listed(services, &second).await.into_iter().find(|device| !device.here).unwrap();
    assert_eq!(used.used.time, "10:50");
}

/// The resident makes a resume code that a second device uses once. The resident then ends all links, changes the address to
/// that of a refuge, and sends. The second device must not see the receipt.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_device_that_opened_a_code_once_never_gets_the_receipt(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let person = create_full_draft(services).await;
    let other = elsewhere(services, &person).await;
    resume::end_links(services, &person).await.unwrap();
    let refuge = r#"{"line_1":"1 Safe Street","town":"Elsewhere","postcode":"ZZ9 9ZZ"}"#;
    save(services, &person, StepId::HomeAddress, refuge).await;
    let receipt = submission::submit(services, &person, &key("first")).await.unwrap();

    assert_eq!(submission::receipt(services, &other).await.unwrap(), None);
    for same in ["first", "other"] {
        let again = submission::submit(services, &other, &key(same)).await;
        assert!(matches!(again, Err(SubmitError::SentElsewhere)), "{again:?}");
    }
    let seen = drafts::open(services, &other).await.unwrap().unwrap();
    assert!(seen.is_sent_elsewhere());
    assert_eq!((seen.answers, seen.files), (Answers::default(), vec![]));
    assert_eq!(complaint_clock::of_sent(services, &other).await.unwrap(), None);
    assert_eq!(complaint_clock::days_ahead(services, &other).await.unwrap(), None);
    assert_eq!(files::list(services, &other).await.unwrap(), None);
    assert!(files::unfinished::of_sent(services, &other).await.unwrap().is_none());
    assert!(!equality::is_open(services, &other).await.unwrap());
    assert!(!equality::answer(services, &other, &[("sex", "female")]).await.unwrap());
    assert!(matches!(devices::list(services, &other).await, Err(SaveError::AlreadySent { .. })));
    let sender = "no device of a draft that was sent can be ended";
    assert!(
        matches!(devices::end_others(services, &other).await, Err(SaveError::AlreadySent { .. })),
        "{sender}"
    );
    // Deleting the draft on the other device takes nothing from the sender.
    assert!(drafts::forget(services, &other).await.unwrap());
    assert_eq!(drafts::open(services, &other).await.unwrap(), None);

    assert_eq!(submission::submit(services, &person, &key("later")).await.unwrap(), receipt);
    assert_eq!(submission::receipt(services, &person).await.unwrap(), Some(receipt));
    assert!(equality::is_open(services, &person).await.unwrap());
    // Once the receipt has expired, nothing about the devices is kept.
    world.clock.advance(Duration::hours(24));
    housekeeping::clean_up(services).await.unwrap();
    assert_eq!(world.count("draft_devices").await, 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_device_that_was_ended_opens_nothing_and_cannot_come_back_by_itself(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let person = create_full_draft(services).await;
    let other = elsewhere(services, &person).await;
    let spare = ResumeSecret::Code(resume::make_code(services, &other).await.unwrap().code);
    let upload = resumable::announce(services, &other, letter(5), String::new()).await.unwrap();
    let upload: Uuid = upload.file.id.parse().unwrap();
    let before = drafts::open(services, &person).await.unwrap().unwrap();

    let ended = devices::end(services, &person, id(services, &other).await).await.unwrap();
    assert_eq!(ended, Ended::Other);
    assert!(devices::was_ended(services, &other).await.unwrap() && !devices::was_ended(services, &person).await.unwrap());
    assert_eq!(drafts::open(services, &other).await.unwrap(), None);
    let answer = checked(services, &before.answers, StepId::PutRight, r#"{"put_right":"Nothing."}"#);
    assert!(matches!(
        drafts::save_step(services, &other, answer, None).await,
        Err(SaveError::NotFound)
    ));
    assert!(matches!(
        submission::submit(services, &other, &key("x")).await,
        Err(SubmitError::NotFound)
    ));
    assert!(matches!(resume::make_code(services, &other).await, Err(ResumeError::NotFound)));
    assert!(matches!(devices::end_others(services, &other).await, Err(SaveError::NotFound)));
    assert!(
        !drafts::forget(services, &other).await.unwrap(),
        "an ended device cannot delete the draft"
    );
    assert!(matches!(
        bring(services, &other, upload, 0, b"Hello").await,
        Err(FileError::NotFound)
    ));
    assert_eq!(
        open(services, &spare).await,
        None,
        "the resume code made by the ended device has ended too"
    );
    // Saved answers stay, and another resume code gives the device a new token.
    assert_eq!(drafts::open(services, &person).await.unwrap().unwrap(), before);
    let back = elsewhere(services, &person).await;
    assert!(drafts::open(services, &back).await.unwrap().is_some());
    assert!(
        drafts::open(services, &other).await.unwrap().is_none(),
        "the old draft key stays ended"
    );

    assert_eq!(devices::end(services, &person, Uuid::from_u128(1)).await.unwrap(), Ended::NotThere);
    let strange = create_full_draft(services).await;
    let own = id(services, &person).await;
    assert_eq!(
        devices::end(services, &strange, own).await.unwrap(),
        Ended::NotThere,
        "a device of another draft cannot be ended"
    );
    assert_eq!(devices::end_others(services, &person).await.unwrap(), 1);
    assert!(devices::was_ended(services, &back).await.unwrap());
    assert_eq!(devices::end(services, &person, own).await.unwrap(), Ended::This);
    assert_eq!(drafts::open(services, &person).await.unwrap(), None);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_devices_that_send_at_once_one_has_the_receipt(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let one = create_full_draft(services).await;
    let two = elsewhere(services, &one).await;
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let (services, token) = (services.clone(), if n % 2 == 0 { one.clone() } else { two.clone() });
            tokio::spawn(async move { (n % 2, submission::submit(&services, &token, &key(&n.to_string())).await) })
        })
        .collect();
    let mut receipts = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            (device, Ok(receipt)) => receipts.push((device, receipt)),
            (_, Err(SubmitError::SentElsewhere)) => {}
            (_, Err(other)) => panic!("{other}"),
        }
    }
    assert_eq!(
        receipts.len(),
        4,
        "all attempts of one device get the receipt, and none of the other device"
    );
    assert!(receipts.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(world.count("cases").await, 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn files_of_another_device_that_are_on_their_way_still_arrive(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let person = create_full_draft(services).await;
    let other = elsewhere(services, &person).await;
    let own = resumable::announce(services, &person, letter(5), String::new()).await.unwrap();
    let own: Uuid = own.file.id.parse().unwrap();
    bring(services, &person, own, 0, b"Hello").await.unwrap();
    let late = resumable::announce(services, &other, letter(5), String::new()).await.unwrap();
    let late: Uuid = late.file.id.parse().unwrap();
    bring(services, &other, late, 0, b"He").await.unwrap();
    world.clock.advance(Duration::minutes(1));
    submission::submit(services, &person, &key("first")).await.unwrap();
    world.clock.advance(Duration::minutes(1));
    assert_eq!(bring(services, &other, late, 2, b"llo").await.unwrap(), 5);
    // The response was lost in transit: a repeated request returns the same offset.
    assert_eq!(resumable::progress(services, &other, late).await.unwrap().offset, 5);
    let files = files::list(services, &person).await.unwrap().unwrap();
    assert_eq!(files.len(), 2);
    assert!(files.iter().all(|file| file.state != FileState::Receiving));
    // That device reaches nothing else of the case.
    assert!(files::lookup(services, &other, own).await.unwrap().is_none());
    assert!(download::for_holder(services, &other, late).await.is_err());
    assert!(resumable::announce(services, &other, letter(5), String::new()).await.is_err());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_link_that_is_opened_again_and_again_does_not_fill_the_list(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let first = create_full_draft(services).await;
    let code = ResumeSecret::Code(resume::make_code(services, &first).await.unwrap().code);
    let mut opened = Vec::new();
    for _ in 0..25 {
        world.clock.advance(Duration::minutes(20));
        opened.push(open(services, &code).await.unwrap());
        drafts::open(services, &first).await.unwrap().expect("the device in use stays");
    }
    assert_eq!(listed(services, &first).await.len(), 20);
    assert!(
        devices::was_ended(services, &opened[0]).await.unwrap(),
        "the device used least recently is ended"
    );
    assert!(drafts::open(services, &opened[24]).await.unwrap().is_some());
}

/// Drafts made by the previous version have a single token.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_cookie_of_before_still_opens_its_draft(#[case] on: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let Some(url) = database(on, folder.path()).await else { return };
    let store = Store::connect(&url).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    Migrator::up(&db, Some(14)).await.unwrap();
    let (draft, secret) = (Uuid::from_u128(0x0193_f5a0_0000_7000_8000_0000_0000_0001), [7; 32]);
    let hash = hex::encode(Sha256::digest(secret));
    let (id, hash) = match on {
        Sqlite => (format!("X'{}'", hex::encode(draft.as_bytes())), format!("X'{hash}'")),
        Postgres => (format!("'{draft}'"), format!("'\\x{hash}'")),
    };
    let far = i64::MAX / 2;
    let sql = format!("INSERT INTO drafts VALUES ({id}, {hash}, '{{}}', 3, 1000000, 2000000, {far}, NULL)");
    db.execute_unprepared(&sql).await.unwrap();
    let ticket = format!("INSERT INTO return_tickets VALUES ({id}, {id}, 'code', {hash}, {hash}, 1, {far})");
    db.execute_unprepared(&ticket).await.unwrap();
    db.close().await.unwrap();
    store.migrate().await.unwrap();
    let entropy = Arc::new(SeededEntropy::new(7));
    let world = World::on_store(store, folder, url, Settings::default(), entropy);
    let services = &world.services;
    let cookie = format!("{draft}.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
    let token: DraftToken = cookie.parse().unwrap();
    assert_eq!(drafts::open(services, &token).await.unwrap().unwrap().revision, 3);
    assert_eq!(listed(services, &token).await[0].opened_by, OpenedBy::First);
    assert!(
        resume::any_open(services, &token).await.unwrap(),
        "the resume code of the migrated draft still works"
    );
    // From here on the migrated draft behaves like any other.
    for (step, json) in RESIDENT {
        save(services, &token, step, json).await;
    }
    let other = elsewhere(services, &token).await;
    let receipt = submission::submit(services, &token, &key("first")).await.unwrap();
    assert_eq!(submission::receipt(services, &token).await.unwrap(), Some(receipt));
    assert_eq!(submission::receipt(services, &other).await.unwrap(), None);
}
