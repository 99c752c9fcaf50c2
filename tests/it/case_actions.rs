//! Case actions by residents and representatives, on both databases.

use complaint::case::actions::{CaseAction, CaseActionKind};
use complaint::case::outcome::{Done, Order, ReviewGround};
use complaint::case::recordable_event::RecordableEvent;
use complaint::{Status, fields::iso_date};
use contract::CaseView;
use rstest::rstest;
use service::access::sessions::{self, Session};
use service::cases::actions::{self, CaseActionError, RecordedAction};
use service::cases::desk::{self, Caller};
use service::{Services, cases};
use time::Duration;

use crate::answers::{key, send_complaint};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, find_viewer, viewer,
};

struct Person {
    world: World,
    session: Session,
    reference: String,
}

impl Person {
    async fn new(on: TestDatabase) -> Option<Self> {
        let world = World::new(on).await?;
        let (_, receipt) = send_complaint(&world.services).await;
        let opened = sessions::sign_in(&world.services, &receipt.reference, &receipt.access_code)
            .await
            .unwrap()
            .unwrap();
        let session = sessions::session(&world.services, &opened.token.to_string())
            .await
            .unwrap()
            .unwrap();
        Some(Self {
            world,
            session,
            reference: receipt.reference,
        })
    }

    fn services(&self) -> &Services {
        &self.world.services
    }

    async fn does(&self, act: &CaseAction) -> Result<RecordedAction, CaseActionError> {
        actions::perform(
            self.services(),
            &viewer(self.services(), &self.session, &self.reference).await,
            act,
            None,
        )
        .await
    }

    async fn desk(&self, event: RecordableEvent) {
        desk::add_event(self.services(), &Caller::at_command_line("ash"), &self.reference, event, None)
            .await
            .unwrap();
    }

    async fn sees(&self) -> CaseView {
        cases::view(self.services(), &viewer(self.services(), &self.session, &self.reference).await)
            .await
            .unwrap()
    }

    async fn story(&self) -> Vec<(String, Option<String>)> {
        let viewer = viewer(self.services(), &self.session, &self.reference).await;
        let timeline = cases::whole_timeline(self.services(), &viewer).await.unwrap();
        timeline.entries.into_iter().map(|entry| (entry.kind, entry.message)).collect()
    }
}

fn moved(status: Status) -> RecordableEvent {
    RecordableEvent::StatusChanged {
        status,
        due: None,
        reason: None,
        message: None,
    }
}

fn message(text: &str) -> CaseAction {
    CaseAction::Message {
        message: text.into(),
        files: Vec::new(),
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_message_sent_twice_is_one_message(#[case] on: TestDatabase) {
    let Some(person) = Person::new(on).await else { return };
    let send = async |text: &str, form: &str| {
        actions::perform(
            person.services(),
            &viewer(person.services(), &person.session, &person.reference).await,
            &message(text),
            Some(&key(form)),
        )
        .await
    };
    let first = send("No one came.", "form-1").await.unwrap();
    assert_eq!(send("No one came.", "form-1").await.unwrap(), first);
    assert!(matches!(send("Another.", "form-1").await, Err(CaseActionError::KeyReused)));
    assert_ne!(send("No one came.", "form-2").await.unwrap(), first);
    assert!(matches!(person.does(&message(" \n")).await, Err(CaseActionError::Invalid(_))));
    let story = person.story().await;
    assert_eq!(story.iter().filter(|(kind, _)| kind == "message_received").count(), 2);
    assert_eq!(story[1].1.as_deref(), Some("No one came."));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_request_is_answered_and_the_case_goes_on(#[case] on: TestDatabase) {
    let Some(person) = Person::new(on).await else { return };
    person.desk(moved(Status::Assessment)).await;
    let promised = person.sees().await.due;
    assert_eq!(
        promised,
        iso_date::parse("2026-12-14"),
        "without a day from the desk, the due day is in 15 working days"
    );
    person
        .desk(RecordableEvent::InformationRequested {
            questions: vec!["Which room?".into()],
            due: iso_date::parse("2026-12-01").unwrap(),
        })
        .await;
    let case = person.sees().await;
    let request = case.request.expect("a request");
    assert_eq!(
        (case.status, request.questions.len(), case.late),
        (Status::AwaitingResident, 1, false)
    );
    person.world.clock.advance(Duration::days(9));
    assert!(person.sees().await.late);
    let answers = vec!["The bedroom.".into()];
    let answer = CaseAction::Answer {
        request: request.n,
        answers,
        files: Vec::new(),
    };
    person.does(&answer).await.unwrap();
    let case = person.sees().await;
    assert_eq!((case.status, case.due, case.request), (Status::Assessment, promised, None));
    assert!(matches!(person.does(&answer).await, Err(CaseActionError::NotNow)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_complaint_is_taken_back_and_goes_on(#[case] on: TestDatabase) {
    let Some(person) = Person::new(on).await else { return };
    person.does(&CaseAction::Withdraw { reason: String::new() }).await.unwrap();
    let case = person.sees().await;
    assert_eq!((case.status, case.undo_until), (Status::Closed, iso_date::parse("2026-12-07")));
    assert!(case.can.contains(&CaseActionKind::UndoWithdrawal) && !case.can.contains(&CaseActionKind::Withdraw));
    person.does(&CaseAction::UndoWithdrawal).await.unwrap();
    assert_eq!(person.sees().await.status, Status::Received);
    person.does(&CaseAction::Withdraw { reason: "Mended.".into() }).await.unwrap();
    person.world.clock.advance(Duration::days(15));
    assert!(matches!(
        person.does(&CaseAction::UndoWithdrawal).await,
        Err(CaseActionError::NotNow)
    ));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn orders_are_answered_and_a_review_is_asked_for(#[case] on: TestDatabase) {
    let Some(person) = Person::new(on).await else { return };
    let due = iso_date::parse("2026-12-14").unwrap();
    person.desk(moved(Status::Assessment)).await;
    person
        .desk(RecordableEvent::DecisionMade {
            message: "The landlord failed.".into(),
            findings: Vec::new(),
            review_until: due,
        })
        .await;
    let what = "Mend the roof.".to_owned();
    person
        .desk(RecordableEvent::OrdersMade {
            orders: vec![Order { what, due }],
        })
        .await;
    let answer = CaseAction::Orders {
        order: 1,
        done: Some(Done::Partly),
        note: "Half.".into(),
    };
    person.does(&answer).await.unwrap();
    let case = person.sees().await;
    assert_eq!((case.orders[0].done, case.review_until), (Some(Done::Partly), Some(due)));
    let review = CaseAction::Review {
        ground: Some(ReviewGround::WrongEvidence),
        why: "The date is wrong.".into(),
        files: Vec::new(),
    };
    person.does(&review).await.unwrap();
    assert_eq!(person.sees().await.status, Status::UnderReview);
    assert!(matches!(person.does(&review).await, Err(CaseActionError::NotNow)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn nobody_acts_on_the_case_of_somebody_else(#[case] on: TestDatabase) {
    let Some(person) = Person::new(on).await else { return };
    let (_, other) = {
        let token = crate::answers::create_full_draft(person.services()).await;
        let receipt = service::cases::submission::submit(person.services(), &token, &key("second"))
            .await
            .unwrap();
        (token, receipt)
    };
    for reference in [&*other.reference, "RC-AAAA-AAAA", "nonsense"] {
        let found = find_viewer(person.services(), &person.session, reference).await;
        assert!(found.is_none(), "{reference}");
    }
}
