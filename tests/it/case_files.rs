//! Files added to a case after it was sent, and case actions that name such files; on both databases.

use ::evidence::{ReceiveError, resumable::Part};
use ::record::verification::VerificationResult;
use bytes::Bytes;
use complaint::case::actions::CaseAction;
use complaint::case::desk_task::DeskTaskKind;
use complaint::case::event::EventBody;
use complaint::case::person_number::{PersonNumber, SENDER, TENANT_BEHIND};
use complaint::case::representation::{Basis, ProofKind, Rights, Scope};
use complaint::fields::form::Choice;
use complaint::questionnaire::question::Purpose;
use contract::FileState;
use contract::desk::DeskCase;
use contract::people::Missing;
use rstest::rstest;
use service::access::sessions::{self, Session};
use service::cases::actions::{self, CaseActionError, RecordedAction};
use service::cases::desk::{self, Caller};
use service::files::{self, FileError, FileTarget, Holder, Incoming, add_file, remove_file, resumable};
use service::{
    Services, cases,
    record::{housekeeping, verification},
    representation,
};
use time::Duration;
use uuid::Uuid;

use crate::answers::{key, send_complaint};
use crate::representatives::{RepresentedCase, representative};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, find_viewer, viewer,
};

const LETTER: &[u8] = b"The landlord wrote that nothing was wrong.";

fn incoming(filename: &str, purpose: Purpose) -> Incoming {
    Incoming {
        filename: filename.into(),
        purpose,
        declared_len: Some(LETTER.len() as u64),
    }
}

async fn session(services: &Services, token: &str) -> Session {
    sessions::session(services, token).await.unwrap().expect("a session")
}

/// A case with Wren, the tenant, and Robin, a representative who may speak for her. Both are signed in.
async fn tenant_and_representative(world: &World) -> (RepresentedCase, Session, Session) {
    let made = representative(world, "Wren Example", Some(Rights::full()), false).await;
    let robin = session(&world.services, &made.representative_session).await;
    let wren = session(&world.services, made.tenant.as_deref().unwrap()).await;
    (made, wren, robin)
}

async fn announced(services: &Services, by: &Session, reference: &str, filename: &str) -> Result<Uuid, FileError> {
    let file = incoming(filename, Purpose::Evidence);
    let viewer = find_viewer(services, by, reference).await.ok_or(FileError::NotFound)?;
    let standing = resumable::announce(services, &viewer, file, String::new()).await?;
    Ok(standing.file.id.parse().unwrap())
}

fn held(by: &Session) -> Holder {
    Holder {
        draft: None,
        session: Some(by.clone()),
    }
}

async fn bring(services: &Services, by: &Session, upload: Uuid, from: usize, bytes: &'static [u8]) -> Result<u64, FileError> {
    let part = Part {
        upload,
        offset: from as u64,
        length: None,
        checksum: None,
    };
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(bytes))]);
    let appended = resumable::append(services, held(by), part, stream).await;
    appended.result.map(|standing| standing.offset)
}

/// Sends a file in one request. `form` is the idempotency key of the form.
async fn add_file_with_key(
    services: &Services,
    by: &Session,
    reference: &str,
    form: &str,
    bytes: &'static [u8],
) -> Result<String, FileError> {
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(bytes))]);
    let file = Incoming {
        declared_len: None,
        ..incoming("letter.txt", Purpose::Evidence)
    };
    let viewer = find_viewer(services, by, reference).await.ok_or(FileError::NotFound)?;
    let added = add_file(services, FileTarget::Case(&viewer, Some(&key(form))), file, stream).await?;
    Ok(added.id)
}

async fn case(services: &Services, reference: &str) -> DeskCase {
    let finding = verification::verify(services, reference).await.unwrap().unwrap();
    assert!(matches!(finding.verdict, VerificationResult::Intact { .. }), "{finding:?}");
    desk::case(services, &Caller::at_command_line("ash"), reference)
        .await
        .unwrap()
        .unwrap()
}

/// Lists the received files and who sent each, as the case's events record it.
async fn received_files(services: &Services, reference: &str) -> Vec<(String, Option<PersonNumber>, Option<String>)> {
    let events = case(services, reference).await.events.into_iter();
    let one = |event: contract::desk::DeskEvent| match event.body {
        EventBody::FileReceived { file, person, .. } => Some((file, person, event.actor_name)),
        _ => None,
    };
    events.filter_map(one).collect()
}

async fn writes(services: &Services, by: &Session, reference: &str, files: &[&str]) -> Result<RecordedAction, CaseActionError> {
    let act = CaseAction::Message {
        message: "See the letter.".into(),
        files: files.iter().map(|id| (*id).to_owned()).collect(),
    };
    actions::perform(services, &viewer(services, by, reference).await, &act, None).await
}

fn wrong(done: Result<RecordedAction, CaseActionError>) -> Vec<(String, String)> {
    match done {
        Err(CaseActionError::Invalid(errors)) => errors
            .into_iter()
            .map(|error| (error.pointer.into_owned(), error.code.into_owned()))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_file_that_comes_with_breaks_joins_with_its_last_byte(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (made, wren, robin) = tenant_and_representative(&world).await;
    let letter = announced(services, &robin, &made.reference, "letter.txt").await.unwrap();
    assert_eq!(bring(services, &robin, letter, 0, &LETTER[..7]).await.unwrap(), 7);
    assert_eq!(received_files(services, &made.reference).await, []);
    assert_eq!(resumable::progress(services, held(&robin), letter).await.unwrap().offset, 7);
    bring(services, &robin, letter, 7, &LETTER[7..]).await.unwrap();
    let robins = (letter.to_string(), Some(SENDER), Some("Robin Example".to_owned()));
    assert_eq!(received_files(services, &made.reference).await, [robins]);
    let feed = desk::feed(services, &Caller::at_command_line("ash"), None, None).await.unwrap();
    assert!(
        feed.events
            .iter()
            .any(|e| matches!(&e.event.body, EventBody::FileReceived { file, .. } if *file == letter.to_string()))
    );
    // Both people see the file. A file that has been received can no longer be removed.
    let seen = cases::view(services, &viewer(services, &wren, &made.reference).await)
        .await
        .unwrap();
    assert!(seen.files.iter().any(|file| file.id == letter.to_string()));
    let stays = remove_file(services, held(&robin), letter).await;
    assert!(matches!(stays, Err(FileError::AlreadySent { .. })), "{stays:?}");

    // A file that is still incomplete can be removed, and an abandoned upload expires. The case records both.
    let mistake = announced(services, &wren, &made.reference, "mistake.txt").await.unwrap();
    remove_file(services, held(&wren), mistake).await.unwrap();
    let forgotten = announced(services, &wren, &made.reference, "forgotten.txt").await.unwrap();
    world.clock.advance(Duration::hours(25));
    assert_eq!(housekeeping::clean_up(services).await.unwrap().uploads, 1);
    let events = case(services, &made.reference).await.events;
    let missing: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::FileNotReceived { file, reason, .. } => Some((file.clone(), reason.as_str(), event.actor_role.code())),
            _ => None,
        })
        .collect();
    let expected = [
        (mistake.to_string(), "withdrawn", "resident"),
        (forgotten.to_string(), "expired", "system"),
    ];
    assert_eq!(missing, expected);
}

/// A right that ends takes effect at once, even in the middle of an upload.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn whoever_may_not_speak_any_more_brings_nothing_and_learns_nothing(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (made, wren, robin) = tenant_and_representative(&world).await;
    let letter = announced(services, &robin, &made.reference, "letter.txt").await.unwrap();
    bring(services, &robin, letter, 0, &LETTER[..7]).await.unwrap();
    let (_, elsewhere) = send_complaint(services).await;
    let other = sessions::sign_in(services, &elsewhere.reference, &elsewhere.access_code)
        .await
        .unwrap()
        .unwrap();
    let other = session(services, &other.token.to_string()).await;
    let only_see = Rights {
        scopes: vec![Scope::See],
        until: None,
    };
    representation::set_rights(services, &viewer(services, &wren, &made.reference).await, SENDER, only_see)
        .await
        .unwrap();
    for round in ["may only see", "ended"] {
        for who in [&robin, &other] {
            let gone = [
                announced(services, who, &made.reference, "more.txt").await.map(|_| ()),
                resumable::progress(services, held(who), letter).await.map(|_| ()),
                bring(services, who, letter, 7, &LETTER[7..]).await.map(|_| ()),
                remove_file(services, held(who), letter).await,
                add_file_with_key(services, who, &made.reference, "form", LETTER).await.map(|_| ()),
            ];
            for result in gone {
                assert!(matches!(result, Err(FileError::NotFound)), "{round}: {result:?}");
            }
        }
        let seen = files::lookup(services, held(&robin), letter).await.unwrap();
        assert_eq!(seen.is_some(), round == "may only see");
        if round == "may only see" {
            representation::end(services, &viewer(services, &wren, &made.reference).await, SENDER)
                .await
                .unwrap();
        }
    }
    assert_eq!(received_files(services, &made.reference).await, []);
    // The tenant resumes the upload.
    bring(services, &wren, letter, 7, &LETTER[7..]).await.unwrap();
    assert_eq!(received_files(services, &made.reference).await[0].1, Some(TENANT_BEHIND));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn an_act_names_only_whole_files_of_this_case_that_this_person_brought(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (made, wren, robin) = tenant_and_representative(&world).await;
    let at = &made.reference;
    let mine = add_file_with_key(services, &wren, at, "form", LETTER).await.unwrap();
    let theirs = add_file_with_key(services, &robin, at, "form", LETTER).await.unwrap();
    let coming = announced(services, &wren, at, "coming.txt").await.unwrap().to_string();
    let (_, elsewhere) = send_complaint(services).await;
    let other = sessions::sign_in(services, &elsewhere.reference, &elsewhere.access_code)
        .await
        .unwrap()
        .unwrap();
    let other = session(services, &other.token.to_string()).await;
    let elsewhere = add_file_with_key(services, &other, &elsewhere.reference, "form", LETTER)
        .await
        .unwrap();
    let upper = mine.to_uppercase();
    let before = case(services, at).await.events.len();
    for unknown in [theirs.as_str(), &coming, &elsewhere, &upper, "", "letter.txt"] {
        let errors = wrong(writes(services, &wren, at, &[&mine, unknown]).await);
        assert_eq!(errors, [("/files/1".to_owned(), "act_file_unknown".to_owned())], "{unknown}");
    }
    let twice = wrong(writes(services, &wren, at, &[&mine, &mine]).await);
    assert_eq!(twice, [("/files/1".to_owned(), "act_file_unknown".to_owned())]);
    let many = vec![mine.as_str(); 51];
    let many = wrong(writes(services, &wren, at, &many).await);
    assert_eq!(many, [("/files".to_owned(), "act_files_too_many".to_owned())]);
    assert_eq!(case(services, at).await.events.len(), before);

    let acted = writes(services, &wren, at, &[&mine]).await.unwrap();
    let timeline = cases::details(services, &viewer(services, &robin, at).await)
        .await
        .unwrap()
        .timeline;
    let entry = timeline.entries.into_iter().find(|entry| entry.n == acted.n).unwrap();
    let shown: Vec<_> = entry.files.iter().map(|file| (file.id.as_str(), file.state)).collect();
    assert_eq!(shown, [(mine.as_str(), FileState::Scanning)]);
    let told = case(services, at).await.events.pop().unwrap().body;
    assert!(matches!(told, EventBody::MessageReceived { files, .. } if files == [mine]));
}

/// A form posted several times, also by two requests at once, adds one file and one event.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_same_form_brings_a_file_once(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (made, wren, robin) = tenant_and_representative(&world).await;
    let at = &made.reference;
    let (a, b) = tokio::join!(
        add_file_with_key(services, &wren, at, "form", LETTER),
        add_file_with_key(services, &wren, at, "form", LETTER)
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a, b);
    assert_eq!(add_file_with_key(services, &wren, at, "form", LETTER).await.unwrap(), a);
    let stored = world.stored().len();
    assert_eq!(received_files(services, at).await.len(), 1);
    // Another form, another file and another person each add one more file.
    let others = [
        add_file_with_key(services, &wren, at, "another", LETTER).await.unwrap(),
        add_file_with_key(services, &wren, at, "form", b"Another letter.").await.unwrap(),
        add_file_with_key(services, &robin, at, "form", LETTER).await.unwrap(),
    ];
    assert!(!others.contains(&a));
    assert_eq!(received_files(services, at).await.len(), 4);
    assert_eq!(world.stored().len(), stored + 3, "a repeated file leaves no bytes");
}

/// Two people upload at the same time, and the limits apply to the case as a whole.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn limits_hold_for_a_case_whoever_brings_the_files(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (made, wren, robin) = tenant_and_representative(&world).await;
    let limit = services.settings().evidence.files;
    let all = (0..limit + 6).map(|n| {
        let by = if n % 2 == 0 { &wren } else { &robin };
        announced(services, by, &made.reference, "letter.txt")
    });
    let all = futures::future::join_all(all).await;
    let taken = all.iter().filter(|result| result.is_ok()).count();
    assert_eq!(taken as u64, limit);
    assert!(
        all.iter()
            .all(|result| matches!(result, Ok(_) | Err(FileError::Receive(ReceiveError::TooManyFiles { .. }))))
    );
}

/// A signed paper is a task for the organisation until authority is given on the strength of it.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_signed_paper_is_a_task_until_authority_is_there(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let made = representative(&world, "Wren Example", None, false).await;
    let robin = session(services, &made.representative_session).await;
    let people = representation::view(services, &viewer(services, &robin, &made.reference).await)
        .await
        .unwrap();
    assert_eq!((people.may_add_paper, people.missing), (true, Some(Missing::Answer)));
    assert_eq!(case(services, &made.reference).await.tasks, []);
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(LETTER))]);
    let robins = viewer(services, &robin, &made.reference).await;
    let paper = add_file(services, &robins, incoming("signed.txt", Purpose::Authority), stream);
    let paper = paper.await.unwrap();
    let people = representation::view(services, &viewer(services, &robin, &made.reference).await)
        .await
        .unwrap();
    assert_eq!(people.missing, Some(Missing::Check));
    let told = case(services, &made.reference).await;
    let tasks: Vec<_> = told.tasks.iter().map(|task| (task.task, task.person, task.files.clone())).collect();
    assert_eq!(tasks, [(DeskTaskKind::AuthorityPaper, Some(SENDER), vec![paper.id.clone()])]);
    let shown = told.files.iter().find(|file| file.id == paper.id).unwrap();
    assert_eq!(shown.purpose, Purpose::Authority);
    let found = representation::desk::EstablishedAuthority {
        person: SENDER,
        basis: Basis::Permission,
        by: ProofKind::Paper,
        scopes: vec![Scope::Speak],
        until: None,
        code: None,
    };
    let given = representation::desk::give(services, &Caller::at_command_line("ash"), &made.reference, &found, None).await;
    given.unwrap();
    let told = case(services, &made.reference).await;
    assert_eq!(told.tasks, []);
    let people = representation::view(services, &viewer(services, &robin, &made.reference).await)
        .await
        .unwrap();
    assert_eq!((people.may_add_paper, people.missing), (false, None));
}
