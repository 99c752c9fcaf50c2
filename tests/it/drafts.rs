use crate::answers::{RESIDENT, checked, create_full_draft, save};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};
use complaint::{StepId, questionnaire::steps::StepState};
use rstest::rstest;
use service::{
    access::token::{DraftToken, Token},
    drafts::{self, SaveError},
};
use time::Duration;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_draft_is_filled_in_and_read_back(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let new = drafts::create(services).await.unwrap();
    let empty = drafts::open(services, &new.token).await.unwrap().unwrap();
    assert_eq!((empty.revision, empty.sent, empty.files.len()), (0, None, 0));
    assert_eq!(empty.expires_at, "2026-12-21T09:30:00.000000Z");
    let token: DraftToken = new.token.to_string().parse().unwrap();
    world.clock.advance(Duration::days(2));
    for (step, json) in RESIDENT {
        save(services, &token, step, json).await;
    }
    let full = drafts::open(services, &token).await.unwrap().unwrap();
    assert_eq!(full.revision, 12);
    let open: Vec<&str> = full
        .journey
        .iter()
        .filter(|s| s.state != StepState::Complete)
        .map(|s| s.step.as_str())
        .collect();
    assert!(
        !open.contains(&"put_right") && open.contains(&"needs"),
        "an optional unanswered question is listed as open: {open:?}"
    );
    assert_eq!(full.expires_at, "2026-12-23T09:30:00.000000Z", "saving extends the expiry");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_was_typed_comes_back_as_it_was(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let long = "è".repeat(10_000);
    // NUL is removed, as every control character is, and letters are composed (NFC). Nothing else changes.
    let typed = format!("one\u{0}two \u{1f9a0} e\u{301} \u{202b}שלום </textarea><script>\n{long}");
    let json = serde_json::json!({ "what_happened": typed }).to_string();
    save(services, &token, StepId::WhatHappened, &json).await;
    let back = drafts::open(services, &token).await.unwrap().unwrap();
    assert_eq!(
        back.answers.text(StepId::WhatHappened, "what_happened"),
        typed.replace('\u{0}', "").replace("e\u{301}", "é")
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_wrong_or_late_token_opens_nothing(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let mine = drafts::create(services).await.unwrap().token;
    let other = drafts::create(services).await.unwrap().token;
    let crossed = DraftToken {
        id: mine.id,
        secret: other.secret.clone(),
    };
    let guessed = DraftToken {
        id: mine.id,
        secret: Token::parse(&"A".repeat(43)).unwrap(),
    };
    let nobody = DraftToken {
        id: uuid::Uuid::nil(),
        secret: mine.secret.clone(),
    };
    for wrong in [&crossed, &guessed, &nobody] {
        assert_eq!(drafts::open(services, wrong).await.unwrap(), None);
        assert!(!drafts::forget(services, wrong).await.unwrap());
    }
    let before = drafts::open(services, &mine).await.unwrap().unwrap();
    let answer = || checked(services, &before.answers, StepId::Role, r#"{"role":"resident"}"#);
    assert!(matches!(
        drafts::save_step(services, &crossed, answer(), None).await,
        Err(SaveError::NotFound)
    ));

    world.clock.advance(Duration::days(28) - Duration::seconds(1));
    assert!(drafts::open(services, &mine).await.unwrap().is_some());
    world.clock.advance(Duration::seconds(1));
    assert_eq!(drafts::open(services, &mine).await.unwrap(), None, "expired");
    assert!(matches!(
        drafts::save_step(services, &mine, answer(), None).await,
        Err(SaveError::NotFound)
    ));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_save_on_an_older_revision_is_told_what_is_there(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let phone = drafts::open(services, &token).await.unwrap().unwrap();
    save(services, &token, StepId::Role, r#"{"role":"resident"}"#).await;
    let answer = || checked(services, &phone.answers, StepId::ResidentName, r#"{"full_name":"A. Tenant"}"#);
    match drafts::save_step(services, &token, answer(), Some(&[phone.revision])).await {
        Err(SaveError::Changed(now)) => assert_eq!((now.revision, now.answers.has(StepId::Role)), (1, true)),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        drafts::open(services, &token).await.unwrap().unwrap().revision,
        1,
        "nothing was saved"
    );
    assert_eq!(drafts::save_step(services, &token, answer(), Some(&[1])).await.unwrap().revision, 2);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn pages_saved_at_the_same_moment_are_all_kept(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let empty = drafts::open(services, &token).await.unwrap().unwrap().answers;
    let steps = [
        (StepId::Landlord, r#"{"name":"Example Homes"}"#),
        (StepId::PutRight, r#"{"put_right":"Mend it."}"#),
        (StepId::WhatHappened, r#"{"what_happened":"It leaks."}"#),
        (StepId::Contact, r#"{"email":"a@example.org"}"#),
    ];
    let saves = steps.map(|(step, json)| drafts::save_step(services, &token, checked(services, &empty, step, json), None));
    for saved in futures::future::join_all(saves).await {
        saved.unwrap();
    }
    let full = drafts::open(services, &token).await.unwrap().unwrap();
    assert_eq!(full.revision, 4);
    assert!(steps.iter().all(|(step, _)| full.answers.has(*step)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_forgotten_draft_is_gone(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let token = create_full_draft(&world.services).await;
    assert!(drafts::forget(&world.services, &token).await.unwrap());
    assert_eq!(drafts::open(&world.services, &token).await.unwrap(), None);
    assert!(!drafts::forget(&world.services, &token).await.unwrap());
    assert_eq!(world.count("drafts").await, 0);
}
