//! Case actions by residents and representatives, on both databases.

use complaint::case::actions::{CaseAction, CaseActionKind};
use complaint::case::outcome::{Done, Order, ReviewGround};
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::Rights;
use complaint::{Fields, Status, StepId, fields::iso_date};
use contract::CaseView;
use rstest::rstest;
use service::access::sessions::{self, Session};
use service::cases::actions::{self, CaseActionError, RecordedAction};
use service::cases::desk::{self, Caller};
use service::{Services, cases};
use time::Duration;

use crate::answers::{key, send_complaint};
use crate::representatives::representative;
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
        let timeline = cases::details(self.services(), &viewer).await.unwrap().timeline;
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
async fn an_answer_is_added_and_what_was_sent_stays(#[case] on: TestDatabase) {
    let Some(person) = Person::new(on).await else { return };
    let add = async |step: StepId, typed: &[(&str, &str)], form: &str| {
        let viewer = viewer(person.services(), &person.session, &person.reference).await;
        let fields = Fields(
            typed
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        );
        actions::add_answer(person.services(), &viewer, step.into(), &fields, Some(&key(form))).await
    };
    let before = person.sees().await;
    assert!(before.can.contains(&CaseActionKind::AddMore), "{:?}", before.can);
    assert_eq!(
        before.can_answer,
        [
            "managed_by",
            "extension",
            "landlord_references",
            "subcategory",
            "reported",
            "effect",
            "court",
            "helpers"
        ]
    );
    let yes = [("filed", "yes")];
    let first = add(StepId::Court, &yes, "form-1").await.unwrap();
    assert_eq!(add(StepId::Court, &yes, "form-1").await.unwrap(), first);
    assert!(matches!(
        add(StepId::Court, &[("filed", "no")], "form-1").await,
        Err(CaseActionError::KeyReused)
    ));
    add(StepId::Court, &[("filed", "no")], "form-2").await.unwrap();
    add(StepId::Subcategory, &[("subcategory", "damp_mould")], "form-3").await.unwrap();
    add(StepId::Helpers, &[("helpers", "solicitor")], "form-4").await.unwrap();
    let longer = [("told", "yes"), ("until-day", "20"), ("until-month", "12"), ("until-year", "2026")];
    add(StepId::Extension, &longer, "form-5").await.unwrap();
    assert!(matches!(
        add(StepId::Reported, &[], "form-6").await,
        Err(CaseActionError::Invalid(_))
    ));
    assert!(matches!(add(StepId::FormerHome, &[], "form-7").await, Err(CaseActionError::NotNow)));
    assert!(matches!(
        add(StepId::Contact, &[], "form-8").await,
        Err(CaseActionError::NotAllowed)
    ));

    let after = person.sees().await;
    assert_eq!((&after.answers, &after.can_answer), (&before.answers, &before.can_answer));
    assert_eq!(after.issues[0].subcategory.as_deref(), Some("damp_mould"));
    let viewer = viewer(person.services(), &person.session, &person.reference).await;
    let entries = cases::details(person.services(), &viewer).await.unwrap().timeline.entries;
    let added: Vec<String> = entries
        .into_iter()
        .filter_map(|entry| entry.answers)
        .map(|a| serde_json::to_string(&a).unwrap())
        .collect();
    assert_eq!(added[..2], [r#"{"court":{"filed":"yes"}}"#, r#"{"court":{"filed":"no"}}"#]);
    assert_eq!(added.len(), 5);
    let clock = cases::clock(person.services(), &viewer).unwrap().expect("a clock");
    assert!(clock.deadlines.iter().any(|due| due.due_before_extension.is_some()), "{clock:?}");
    let seen = desk::case(person.services(), &Caller::at_command_line("ash"), &person.reference)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(seen.answers, after.answers);
    assert_eq!(seen.added_answers.text(StepId::Court, "filed"), "no");
    assert!(seen.added_answers.has(StepId::Helpers));

    person.does(&CaseAction::Withdraw { reason: String::new() }).await.unwrap();
    assert!(matches!(add(StepId::Court, &yes, "form-9").await, Err(CaseActionError::NotNow)));
    assert!(person.sees().await.can_answer.is_empty());
}

/// The tenant's private answer is read by the tenant and the desk. A representative is not asked for one.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_private_answer_is_between_the_tenant_and_the_desk(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let made = representative(&world, "Wren Example", Some(Rights::full()), false).await;
    let session = async |token: &str| sessions::session(services, token).await.unwrap().expect("a session");
    let robin = session(&made.representative_session).await;
    let wren = session(made.tenant.as_deref().unwrap()).await;
    let add = async |who: &Session, step: StepId, name: &str, value: &str| {
        let fields = Fields(vec![(name.to_owned(), value.to_owned())]);
        actions::add_answer(services, &viewer(services, who, &made.reference).await, step.into(), &fields, None).await
    };
    assert!(matches!(
        add(&robin, StepId::Helpers, "helpers", "advice").await,
        Err(CaseActionError::NotAllowed)
    ));
    add(&wren, StepId::Helpers, "helpers", "solicitor").await.unwrap();
    add(&robin, StepId::Court, "filed", "yes").await.unwrap();
    let told = async |who: &Session| {
        let viewer = viewer(services, who, &made.reference).await;
        let entries = cases::details(services, &viewer).await.unwrap().timeline.entries;
        let case = cases::view(services, &viewer).await.unwrap();
        (serde_json::to_string(&entries).unwrap(), case.can_answer)
    };
    let ((to_robin, robins), (to_wren, wrens)) = (told(&robin).await, told(&wren).await);
    assert!(to_robin.contains("filed") && !to_robin.contains("solicitor"), "{to_robin}");
    assert!(to_wren.contains("filed") && to_wren.contains("solicitor"), "{to_wren}");
    let helpers = "helpers".to_owned();
    assert!(!robins.contains(&helpers) && wrens.contains(&helpers));
    let seen = desk::case(services, &Caller::at_command_line("ash"), &made.reference)
        .await
        .unwrap()
        .unwrap();
    assert!(seen.added_answers.has(StepId::Helpers));
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
