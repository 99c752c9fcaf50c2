//! Files that were announced before Send and arrive after it, or never.

use ::record::uploads::{self, Owner};
use ::record::verification::VerificationResult;
use bytes::Bytes;
use complaint::case::event::EventBody;
use complaint::case::person_number::SENDER;
use complaint::questionnaire::question::Purpose;
use contract::{FilesProgress, PendingFile};
use evidence::{ReceiveError, resumable::Part};
use rstest::rstest;
use service::access::sessions::{self, Session};
use service::access::token::DraftToken;
use service::cases::desk::{self, Caller};
use service::files::unfinished;
use service::files::{FileError, Holder, Incoming, remove_file, resumable};
use service::{
    Services,
    cases::submission,
    drafts,
    record::{housekeeping, verification},
};
use time::Duration;
use uuid::Uuid;

use super::killed::{announce, call, head, patch, show};
use super::{photo, sha256};
use crate::answers::{create_full_draft, key, send_complaint};
use crate::pages::phone::site;
use crate::pages::program::{Program, command, fill_in, post, reference, run_successfully};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};

const LETTER: &[u8] = b"The landlord wrote that nothing was wrong.";

async fn announced(services: &Services, token: &DraftToken, filename: &str) -> Result<Uuid, FileError> {
    let file = Incoming {
        filename: filename.into(),
        purpose: Purpose::Evidence,
        declared_len: Some(LETTER.len() as u64),
    };
    let standing = resumable::announce(services, token, file, String::new()).await?;
    Ok(standing.file.id.parse().expect("an id"))
}

async fn bring(services: &Services, holder: impl Into<Holder>, upload: Uuid, from: usize, bytes: &'static [u8]) -> Result<u64, FileError> {
    let part = Part {
        upload,
        offset: from as u64,
        length: None,
        checksum: None,
    };
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(bytes))]);
    let appended = resumable::append(services, holder, part, stream).await;
    appended.result.map(|standing| standing.offset)
}

/// Returns the case's events about files, oldest first, after checking the chain.
async fn file_events(services: &Services, reference: &str) -> Vec<(EventBody, String)> {
    let case = desk::case(services, &Caller::at_command_line("ash"), reference)
        .await
        .unwrap()
        .unwrap();
    let finding = verification::verify(services, reference).await.unwrap().unwrap();
    assert!(matches!(finding.verdict, VerificationResult::Intact { .. }), "{finding:?}");
    let actor = |role| serde_json::to_value(role).unwrap().as_str().unwrap().to_owned();
    case.events
        .into_iter()
        .skip(1)
        .map(|event| (event.body, actor(event.actor_role)))
        .collect()
}

fn not_received(file: Uuid, filename: &str, reason: &str) -> EventBody {
    EventBody::FileNotReceived {
        file: file.to_string(),
        filename: filename.into(),
        reason: reason.into(),
    }
}

fn coming(file: Uuid, filename: &str) -> PendingFile {
    PendingFile {
        id: file.to_string(),
        filename: filename.into(),
    }
}

async fn signed_in(services: &Services, receipt: &contract::Receipt) -> Session {
    let opened = sessions::sign_in(services, &receipt.reference, &receipt.access_code)
        .await
        .unwrap()
        .unwrap();
    sessions::session(services, &opened.token.to_string()).await.unwrap().unwrap()
}

/// A resident can send before the last byte has arrived. Files that arrive later are recorded like those before.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_was_announced_before_send_joins_the_case_with_an_event_of_its_own(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    let early = announced(services, &token, "early.txt").await.unwrap();
    bring(services, &token, early, 0, LETTER).await.unwrap();
    let begun = announced(services, &token, "begun.txt").await.unwrap();
    bring(services, &token, begun, 0, &LETTER[..10]).await.unwrap();
    // Files are listed in the order in which they were announced.
    world.clock.advance(Duration::seconds(1));
    let later = announced(services, &token, "later.txt").await.unwrap();
    let receipt = submission::submit(services, &token, &key("first")).await.unwrap();
    let mut expected = FilesProgress {
        here: 1,
        coming: vec![coming(begun, "begun.txt"), coming(later, "later.txt")],
        missing: vec![],
    };
    assert_eq!(unfinished::of_sent(services, &token).await.unwrap(), Some(expected.clone()));
    assert_eq!(
        file_events(services, &receipt.reference).await,
        [],
        "a file that arrived before sending needs no event"
    );

    // After Send the draft cannot announce another file.
    let late = announced(services, &token, "new.txt").await;
    assert!(matches!(late, Err(FileError::AlreadySent { .. })), "{late:?}");

    world.clock.advance(Duration::minutes(3));
    assert_eq!(
        bring(services, &token, begun, 10, &LETTER[10..]).await.unwrap(),
        LETTER.len() as u64
    );
    let received = |file: Uuid, filename: &str| EventBody::FileReceived {
        file: file.to_string(),
        filename: filename.into(),
        sha256: sha256(LETTER),
        bytes: LETTER.len() as u64,
        person: Some(SENDER),
    };
    let mut events = vec![(received(begun, "begun.txt"), "resident".to_owned())];
    assert_eq!(file_events(services, &receipt.reference).await, events);

    // The holder of another draft or case cannot bring the file. A person signed in to this case can, also when the draft is
    // deleted.
    let (other, elsewhere) = send_complaint(services).await;
    let stranger = Holder {
        draft: Some(other),
        session: Some(signed_in(services, &elsewhere).await),
    };
    let refused = bring(services, &stranger, later, 0, LETTER).await;
    assert!(matches!(refused, Err(FileError::NotFound)), "{refused:?}");
    let session = signed_in(services, &receipt).await;
    drafts::forget(services, &token).await.unwrap();
    let refused = bring(services, &token, later, 0, LETTER).await;
    assert!(matches!(refused, Err(FileError::NotFound)), "{refused:?}");
    let own = Holder {
        draft: None,
        session: Some(session.clone()),
    };
    assert_eq!(resumable::progress(services, &own, later).await.unwrap().offset, 0);
    bring(services, &own, later, 0, LETTER).await.unwrap();
    events.push((received(later, "later.txt"), "resident".to_owned()));
    assert_eq!(file_events(services, &receipt.reference).await, events);
    expected.here = 3;
    expected.coming.clear();
    assert_eq!(
        unfinished::for_viewer(services, &viewer(services, &session, &receipt.reference).await)
            .await
            .unwrap(),
        expected
    );

    let db = &services.store().read;
    let row = uploads::lookup(db, later).await.unwrap().unwrap();
    assert_eq!(uploads::list(db, Owner::Case(row.case_id.unwrap())).await.unwrap().len(), 3);
}

/// A file that will not arrive is recorded too: expired, refused or removed.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_does_not_come_after_send_is_on_the_record_too(#[case] on: TestDatabase) {
    const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0@\0\0\0\0\0";
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    let file = Incoming {
        filename: "photo.jpg".into(),
        purpose: Purpose::Evidence,
        declared_len: Some(PROGRAM.len() as u64),
    };
    let program = resumable::announce(services, &token, file, String::new()).await.unwrap();
    let program: Uuid = program.file.id.parse().unwrap();
    let withdrawn = announced(services, &token, "mistake.txt").await.unwrap();
    let forgotten = announced(services, &token, "forgotten.txt").await.unwrap();
    bring(services, &token, forgotten, 0, &LETTER[..5]).await.unwrap();
    let here = announced(services, &token, "here.txt").await.unwrap();
    let receipt = submission::submit(services, &token, &key("first")).await.unwrap();
    bring(services, &token, here, 0, LETTER).await.unwrap();

    let refused = bring(services, &token, program, 0, PROGRAM).await;
    assert!(matches!(refused, Err(FileError::Receive(ReceiveError::Mislabelled))), "{refused:?}");
    remove_file(services, &token, withdrawn).await.unwrap();
    let stays = remove_file(services, &token, here).await;
    assert!(
        matches!(stays, Err(FileError::AlreadySent { .. })),
        "a received file belongs to the case: {stays:?}"
    );
    // By then the receipt has expired and the upload has no holder; the case records the missing file all the same.
    world.clock.advance(Duration::hours(25));
    assert_eq!(housekeeping::clean_up(services).await.unwrap().uploads, 1);
    let told = file_events(services, &receipt.reference).await;
    assert_eq!(
        told[1..],
        [
            (not_received(program, "photo.jpg", "file_mislabelled"), "system".to_owned()),
            (not_received(withdrawn, "mistake.txt", "withdrawn"), "resident".to_owned()),
            (not_received(forgotten, "forgotten.txt", "expired"), "system".to_owned()),
        ]
    );
    let session = signed_in(services, &receipt).await;
    let expected = FilesProgress {
        here: 1,
        coming: vec![],
        missing: vec!["photo.jpg".into(), "forgotten.txt".into()],
    };
    assert_eq!(
        unfinished::for_viewer(services, &viewer(services, &session, &receipt.reference).await)
            .await
            .unwrap(),
        expected
    );
    assert_eq!(world.stored(), [here.to_string()], "the other uploads must leave no bytes");
    assert_eq!(housekeeping::clean_up(services).await.unwrap().uploads, 0);
}

/// Before Send there is no case, so an expired upload leaves no event.
#[tokio::test]
async fn an_unsent_draft_has_no_case_to_tell() {
    let world = World::new(Sqlite).await.unwrap();
    let token = create_full_draft(&world.services).await;
    announced(&world.services, &token, "forgotten.txt").await.unwrap();
    world.clock.advance(Duration::hours(25));
    assert_eq!(housekeeping::clean_up(&world.services).await.unwrap().uploads, 1);
    assert_eq!(world.count("case_events").await, 0);
}

/// Send and the last byte at the same moment: the file belongs to the case, and has an event exactly when it came second.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn send_and_the_last_byte_may_come_at_the_same_moment(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    for round in 0..8 {
        let token = create_full_draft(services).await;
        let file = announced(services, &token, "close.txt").await.unwrap();
        let send = async {
            tokio::time::sleep(std::time::Duration::from_millis(round % 4)).await;
            submission::submit(services, &token, &key("first")).await.unwrap()
        };
        let (receipt, brought) = tokio::join!(send, bring(services, &token, file, 0, LETTER));
        brought.unwrap();
        let row = uploads::lookup(&services.store().read, file).await.unwrap().unwrap();
        assert!(row.case_id.is_some() && row.draft_id.is_none(), "{row:?}");
        let told = file_events(services, &receipt.reference).await;
        let after = told.iter().filter(|(event, _)| event.kind() == "file_received").count();
        assert_eq!(told.len(), after);
        assert!(after <= 1, "{told:?}");
    }
}

/// The program dies between Send and the last byte. Nothing that was acknowledged is lost, and the file arrives.
#[test]
fn killed_after_send_the_file_arrives_and_the_record_says_so() {
    let folder = tempfile::tempdir().unwrap();
    site(&folder.path().join("site"));
    let program = Program::start(folder.path());
    let cookie = fill_in(&program);
    let token = cookie.split_once('=').unwrap().1.to_owned();
    let file = photo(3_000_000);
    let upload = announce(&program, &token, file.len());
    assert_eq!(patch(&program, &token, &upload, 0, &file[..1_000_000]).offset(), 1_000_000);
    let answer = program.request(&post("/complaint/declaration", &cookie, &[("agreed", "yes")]));
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    program.kill();

    let program = Program::start(folder.path());
    let page = call(&program, "GET /complaint/sent", &token, "", b"").body;
    let reference = reference(&page).unwrap_or_else(|| panic!("{page}")).to_owned();
    let stands = head(&program, &token, &upload).offset();
    assert_eq!(stands, 1_000_000);
    let done = patch(&program, &token, &upload, stands, &file[stands..]);
    assert_eq!(done.status, 204, "{done:?}");
    assert_eq!(show(&program, &token, &upload)["sha256"], sha256(&file));
    program.kill();

    let shown = run_successfully(folder.path(), &["case", "show", &reference]);
    assert!(shown.contains("file_received \"\"  (Siân O'Neill)"), "{shown}");
    let verified = command(folder.path(), &["record", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
}
