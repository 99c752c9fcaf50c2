use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::answers::{RESIDENT, checked, create_full_draft, key, save, send_complaint};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};
use ::record::entropy::{Entropy, SeededEntropy};
use complaint::{QuestionRef, Status, StepId, fields::iso_date};
use contract::Receipt;
use rstest::rstest;
use service::{
    Settings,
    access::sessions,
    cases::submission::{self, SubmitError},
    drafts::{self, SaveError},
    files,
    record::verification,
};
use time::Duration;

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_complaint_is_sent_and_its_draft_is_closed(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (token, receipt) = send_complaint(services).await;
    assert_eq!(receipt.submitted_at, "2026-11-23T09:30:00.000000Z");
    assert_eq!(receipt.next.status, Status::Received);
    assert_eq!(
        receipt.next.due.map(iso_date::format).as_deref(),
        Some("2026-11-30"),
        "the due day is in five working days"
    );
    assert_eq!(submission::receipt(services, &token).await.unwrap().as_ref(), Some(&receipt));

    let draft = drafts::open(services, &token).await.unwrap().unwrap();
    assert_eq!(draft.sent.as_deref(), Some(receipt.reference.as_str()));
    let answer = checked(services, &draft.answers, StepId::PutRight, r#"{"put_right":"Something else."}"#);
    match drafts::save_step(services, &token, answer, None).await {
        Err(SaveError::AlreadySent { reference }) => assert_eq!(reference, receipt.reference),
        other => panic!("{other:?}"),
    }
    let file = files::Incoming {
        filename: "late.txt".into(),
        purpose: complaint::questionnaire::question::Purpose::Evidence,
        declared_len: None,
    };
    let bytes = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"late"))]);
    assert!(matches!(
        files::add_file(services, &token, file, bytes).await,
        Err(files::FileError::AlreadySent { .. })
    ));

    world.clock.advance(Duration::hours(24));
    assert_eq!(
        submission::receipt(services, &token).await.unwrap(),
        None,
        "the receipt is shown for one day only"
    );
    assert_eq!(drafts::open(services, &token).await.unwrap(), None);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_missing_is_named_and_nothing_is_sent(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    for (step, json) in RESIDENT
        .iter()
        .filter(|(s, _)| !matches!(s, StepId::Contact | StepId::PutRight | StepId::Evidence))
    {
        save(services, &token, *step, json).await;
    }
    match submission::submit(services, &token, &key("k")).await {
        Err(SubmitError::Incomplete(places)) => assert_eq!(places, [StepId::Contact, StepId::PutRight].map(QuestionRef::first)),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.count("cases").await + world.count("case_events").await, 0);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_submissions_at_once_are_one_complaint(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let token = create_full_draft(&world.services).await;
    // Half use one idempotency key, as when the button is pressed twice. The others have their own, as from other tabs.
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let (services, token) = (world.services.clone(), token.clone());
            tokio::spawn(async move {
                let key = key(&if n % 2 == 0 { "same".to_owned() } else { format!("tab-{n}") });
                submission::submit(&services, &token, &key).await
            })
        })
        .collect();
    let mut receipts: Vec<Receipt> = Vec::new();
    for task in tasks {
        receipts.push(task.await.unwrap().unwrap());
    }
    assert!(receipts.windows(2).all(|two| two[0] == two[1]));
    assert_eq!(
        submission::submit(&world.services, &token, &key("much-later")).await.unwrap(),
        receipts[0]
    );
    for table in ["cases", "case_events", "idempotency"] {
        assert_eq!(world.count(table).await, 1, "{table}");
    }
    let opened = sessions::sign_in(&world.services, &receipts[0].reference, &receipts[0].access_code)
        .await
        .unwrap();
    assert!(opened.is_some(), "the code on the receipt must open the case");
}

/// Randomness whose first three seven-byte draws are equal. References are the only draws of that length.
struct Stuck(SeededEntropy, AtomicU64);

impl Entropy for Stuck {
    fn fill(&self, out: &mut [u8]) {
        if out.len() == 7 && self.1.fetch_add(1, Ordering::Relaxed) < 3 {
            out.fill(5);
        } else {
            self.0.fill(out);
        }
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_taken_reference_is_drawn_again(#[case] on: TestDatabase) {
    let stuck = Arc::new(Stuck(SeededEntropy::new(3), AtomicU64::new(0)));
    let Some(world) = World::with(on, Settings::default(), stuck.clone()).await else {
        return;
    };
    let (_, first) = send_complaint(&world.services).await;
    let (_, second) = send_complaint(&world.services).await;
    assert_eq!(stuck.1.load(Ordering::Relaxed), 4, "the second reference must take three attempts");
    assert_ne!(first.reference, second.reference);
    assert_eq!(world.count("cases").await, 2);
    let mut findings = Vec::new();
    assert_eq!(verification::verify_all(&world.services, |f| findings.push(f)).await.unwrap(), 2);
    assert!(
        findings
            .iter()
            .all(|f| matches!(f.verdict, ::record::verification::VerificationResult::Intact { events: 1, .. }))
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_server_that_died_after_the_commit_gives_the_same_receipt(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let (token, receipt) = send_complaint(&world.services).await;
    // Another process on the same data: only the database and the key file are left.
    let store = ::record::store::Store::connect(&world.url).await.unwrap();
    let entropy = Arc::new(SeededEntropy::new(99));
    let folder = tempfile::tempdir().unwrap();
    let after = World::on_store(store, folder, world.url.clone(), Settings::default(), entropy);
    assert_eq!(submission::submit(&after.services, &token, &key("again")).await.unwrap(), receipt);
    assert_eq!(submission::receipt(&after.services, &token).await.unwrap(), Some(receipt));
    assert_eq!(after.count("cases").await, 1);
}
