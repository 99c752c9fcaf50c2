//! Visibility for a representative: every call shows what the tenant ticked, and no more.

use bytes::Bytes;
use complaint::case::actions::CaseAction;
use complaint::case::person_number::SENDER;
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::{Rights, Scope};
use complaint::fields::{DateInput, iso_date};
use complaint::questionnaire::question::Purpose;
use complaint::{Answers, Status};
use contract::CaseView;
use rstest::rstest;
use service::access::sessions::{self, Session};
use service::cases::actions;
use service::cases::desk::{self, Caller};
use service::files::download::{self, ReadError};
use service::files::{self, FileTarget, Holder, Incoming, add_file, unfinished};
use service::representation;
use service::{Services, cases};
use uuid::Uuid;

use crate::answers::key;
use crate::representatives::representative;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};

/// Texts of which the first is the tenant's and the others are the organisation's.
const TENANTS: &str = "My sister has the key.";
const ASKED: &str = "Who has a key?";
const DECIDED: &str = "We found no fault.";

async fn session(services: &Services, token: &str) -> Session {
    sessions::session(services, token).await.unwrap().expect("a session")
}

async fn does(services: &Services, who: &Session, reference: &str, act: CaseAction) {
    actions::perform(services, &viewer(services, who, reference).await, &act, None)
        .await
        .unwrap();
}

pub async fn brings(services: &Services, who: &Session, reference: &str) -> Uuid {
    let file = Incoming {
        filename: "letter.txt".into(),
        purpose: Purpose::Evidence,
        declared_len: None,
    };
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"Dear tenant"))]);
    let brought = add_file(
        services,
        FileTarget::Case(&viewer(services, who, reference).await, Some(&key("form"))),
        file,
        stream,
    )
    .await
    .unwrap();
    brought.id.parse().unwrap()
}

fn message(text: &str) -> CaseAction {
    CaseAction::Message {
        message: text.into(),
        files: Vec::new(),
    }
}

/// Makes a case on which Wren, the organisation and Robin have all acted, and on which Robin has these scopes. Returns Wren's
/// file and Robin's.
async fn case(world: &World, scopes: &[Scope]) -> (String, Session, [Uuid; 2]) {
    let services = &world.services;
    let made = representative(world, "Wren Example", Some(Rights::full()), false).await;
    let at = made.reference.clone();
    let robin = session(services, &made.representative_session).await;
    let wren = session(services, made.tenant.as_deref().unwrap()).await;
    let files = [brings(services, &wren, &at).await, brings(services, &robin, &at).await];
    does(services, &wren, &at, message(TENANTS)).await;
    let diary = CaseAction::Diary {
        on: DateInput {
            day: "3".into(),
            month: "5".into(),
            year: "2026".into(),
            unknown: false,
        },
        what: TENANTS.into(),
        files: Vec::new(),
    };
    does(services, &wren, &at, diary).await;
    does(services, &robin, &at, message("I am the adviser.")).await;
    let due = iso_date::parse("2026-12-20").unwrap();
    let assessed = RecordableEvent::StatusChanged {
        status: Status::Assessment,
        due: None,
        reason: None,
        message: None,
    };
    let asked = RecordableEvent::InformationRequested {
        questions: vec![ASKED.into()],
        due,
    };
    for event in [assessed, asked] {
        desk::add_event(services, &Caller::at_command_line("ash"), &at, event, None)
            .await
            .unwrap();
    }
    let answered = CaseAction::Answer {
        request: 1,
        answers: vec![TENANTS.into()],
        files: Vec::new(),
    };
    does(services, &wren, &at, answered).await;
    let decided = RecordableEvent::DecisionMade {
        message: DECIDED.into(),
        findings: Vec::new(),
        review_until: due,
    };
    desk::add_event(services, &Caller::at_command_line("ash"), &at, decided, None)
        .await
        .unwrap();
    let rights = Rights {
        scopes: scopes.to_vec(),
        until: None,
    };
    representation::set_rights(services, &viewer(services, &wren, &at).await, SENDER, rights)
        .await
        .unwrap();
    (at, robin, files)
}

async fn timeline(services: &Services, who: &Session, at: &str) -> String {
    let entries = cases::details(services, &viewer(services, who, at).await)
        .await
        .unwrap()
        .timeline
        .entries;
    serde_json::to_string(&entries).unwrap()
}

async fn view(services: &Services, who: &Session, at: &str) -> CaseView {
    cases::view(services, &viewer(services, who, at).await).await.unwrap()
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn each_scope_shows_what_it_is_about_and_no_more(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    // Whether each sees the tenant's words and file, the organisation's questions, and its decision.
    for (scopes, tenants, asked, decided) in [
        (&[Scope::See][..], true, true, true),
        (&[Scope::Speak], false, true, false),
        (&[Scope::Letters], false, true, true),
        (&[Scope::Decide], false, false, true),
        (&[Scope::See, Scope::Speak], true, true, true),
    ] {
        let (at, robin, [wrens, robins]) = case(&world, scopes).await;
        let told = timeline(services, &robin, &at).await;
        assert_eq!(told.contains(TENANTS), tenants, "{scopes:?}: {told}");
        assert_eq!(told.contains(ASKED), asked, "{scopes:?}: {told}");
        assert_eq!(told.contains(DECIDED), decided, "{scopes:?}: {told}");
        assert!(told.contains("I am the adviser."), "the person must see the own message: {told}");

        let case = view(services, &robin, &at).await;
        assert_eq!(case.partial, !tenants, "{scopes:?}");
        let shown: Vec<Uuid> = case.files.iter().map(|file| file.id.parse().unwrap()).collect();
        assert_eq!((shown.contains(&wrens), shown.contains(&robins)), (tenants, true), "{scopes:?}");
        for (file, opens) in [(wrens, tenants), (robins, true)] {
            let opened = [
                !matches!(download::for_session(services, &robin, file).await, Err(ReadError::NotFound)),
                files::lookup(
                    services,
                    Holder {
                        draft: None,
                        session: Some(robin.clone()),
                    },
                    file,
                )
                .await
                .unwrap()
                .is_some(),
            ];
            assert_eq!(opened, [opens; 2], "{scopes:?}");
        }
        assert!(tenants || case.needs.is_empty(), "{scopes:?}: {:?}", case.needs);
        assert_eq!(
            unfinished::for_viewer(services, &viewer(services, &robin, &at).await)
                .await
                .unwrap()
                .here,
            if tenants { 2 } else { 1 }
        );
        // Robin sent the complaint, so Robin sees the answers.
        assert_ne!(case.answers, Answers::default());
    }
}

#[tokio::test]
async fn a_colleague_who_may_only_speak_reads_nothing_of_what_was_sent() {
    use complaint::case::representation::Connection;
    use service::representation::handover;
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let made = representative(&world, "Wren Example", Some(Rights::full()), false).await;
    let wren = session(services, made.tenant.as_deref().unwrap()).await;
    let only = Rights {
        scopes: vec![Scope::Speak],
        until: None,
    };
    let code = handover::make_code(services, &viewer(services, &wren, &made.reference).await, only)
        .await
        .unwrap();
    let joined = handover::join(services, &code.code, "Sam Example", Some(Connection::Friend), None)
        .await
        .unwrap();
    let sam = sessions::sign_in(services, &joined.reference, &joined.access_code)
        .await
        .unwrap()
        .unwrap();
    let sam = session(services, &sam.token.to_string()).await;
    let case = view(services, &sam, &made.reference).await;
    assert_eq!((case.answers, case.issues.len(), case.files.len()), (Answers::default(), 0, 0));
    let names: Vec<&str> = case.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["Wren Example", "Sam Example"]);
    assert_eq!(
        cases::clock(services, &viewer(services, &sam, &made.reference).await).unwrap(),
        None
    );
    let people = representation::view(services, &viewer(services, &sam, &made.reference).await)
        .await
        .unwrap()
        .people;
    assert!(people.iter().all(|person| person.name != "Robin Example"), "{people:?}");
    does(services, &sam, &made.reference, message("Hello.")).await;
    assert!(timeline(services, &sam, &made.reference).await.contains("Hello."));
}
