use crate::answers::send_complaint;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World,
};
use ::record::{cases, events, store::Store, verification::VerificationResult};
use complaint::{Status, case::recordable_event::RecordableEvent};
use rstest::rstest;
use service::{
    cases::desk::{self, Caller},
    record::verification,
};

/// A case with three events.
pub async fn moved(world: &World) -> String {
    let (_, receipt) = send_complaint(&world.services).await;
    for status in [Status::Assessment, Status::WaitingAllocation] {
        let event = RecordableEvent::StatusChanged {
            status,
            due: None,
            reason: None,
            message: None,
        };
        desk::add_event(&world.services, &Caller::at_command_line("ash"), &receipt.reference, event, None)
            .await
            .unwrap();
    }
    receipt.reference
}

async fn verdict(world: &World, reference: &str) -> VerificationResult {
    verification::verify(&world.services, reference).await.unwrap().unwrap().verdict
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn events_and_calls_refuse_to_be_changed(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let reference = moved(&world).await;
    desk::case(&world.services, &Caller::at_command_line("ash"), &reference)
        .await
        .unwrap();
    let mut attacks = vec![
        "UPDATE case_events SET body = '{}' WHERE n = 1",
        "DELETE FROM case_events WHERE n = 3",
        "DELETE FROM case_events",
        "UPDATE desk_calls SET key_name = 'nobody'",
        "DELETE FROM desk_calls",
        "UPDATE cases SET answers = replace(answers, 'Mould', 'Paint')",
        "UPDATE cases SET reference = 'RC-0000-0000'",
        "DELETE FROM cases",
    ];
    if on == Postgres {
        attacks.extend(["TRUNCATE case_events", "TRUNCATE desk_calls", "TRUNCATE cases CASCADE"]);
    }
    for attack in attacks {
        let refused = world.sql(attack).await.expect_err(attack).to_string();
        assert!(refused.contains("append-only"), "{attack}: {refused}");
    }
    assert!(matches!(
        verdict(&world, &reference).await,
        VerificationResult::Intact { events: 3, .. }
    ));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_changed_event_is_found_wherever_it_was_changed(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let references = [
        moved(&world).await,
        moved(&world).await,
        moved(&world).await,
        moved(&world).await,
        moved(&world).await,
    ];
    world.drop_triggers().await;
    let of = |reference: &str| format!("case_id = (SELECT id FROM cases WHERE reference = '{reference}')");
    for (reference, attack, n) in [
        (
            &references[0],
            "UPDATE case_events SET body = replace(body, 'assessment', 'closed') WHERE n = 2 AND",
            2,
        ),
        (&references[1], "UPDATE case_events SET at = at + 1 WHERE n = 1 AND", 1),
        (
            &references[2],
            "UPDATE case_events SET actor_name = 'somebody else' WHERE n = 3 AND",
            3,
        ),
        (&references[3], "DELETE FROM case_events WHERE n = 2 AND", 2),
    ] {
        let sql = format!("{attack} {}", of(reference));
        assert_eq!(world.sql(&sql).await.unwrap(), 1, "{sql}");
        assert_eq!(verdict(&world, reference).await, VerificationResult::BrokenChain { n }, "{sql}");
    }
    let mut broken = 0;
    let count = verification::verify_all(&world.services, |f| {
        broken += i32::from(!matches!(f.verdict, VerificationResult::Intact { .. }));
    });
    assert_eq!((count.await.unwrap(), broken), (5, 4));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_status_the_events_do_not_say_is_found(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let [status, due, end] = [moved(&world).await, moved(&world).await, moved(&world).await];
    world
        .sql(&format!("UPDATE cases SET status = 'closed' WHERE reference = '{status}'"))
        .await
        .unwrap();
    world
        .sql(&format!("UPDATE cases SET due = '2027-01-01' WHERE reference = '{due}'"))
        .await
        .unwrap();
    world.drop_triggers().await;
    let cut = format!("DELETE FROM case_events WHERE n = 3 AND case_id = (SELECT id FROM cases WHERE reference = '{end}')");
    world.sql(&cut).await.unwrap();
    for (reference, column) in [(&status, "status"), (&due, "due"), (&end, "status")] {
        assert_eq!(
            verdict(&world, reference).await,
            VerificationResult::WrongProjection { table: "cases", column }
        );
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_chain_is_the_documented_one(#[case] on: TestDatabase) {
    use sha2::{Digest, Sha256};
    let Some(world) = World::new(on).await else { return };
    let reference = moved(&world).await;
    let db = &world.services.store().read;
    let case = cases::find_by_reference(db, &reference).await.unwrap().unwrap();
    let mut before = vec![0; 32];
    for event in events::list(db, case.id, 0, 10, &[]).await.unwrap() {
        assert_eq!(event.prev_hash, before);
        // The encoding is spelled out here a second time, so that a change to it fails this test.
        let commitments: Vec<(String, String)> = serde_json::from_str(&event.commitments).unwrap();
        let salts: Vec<String> = serde_json::from_str(&event.salts).unwrap();
        let body = [hex::decode(&salts[0]).unwrap(), event.body.clone().into_bytes()].concat();
        assert_eq!(commitments[0], ("body".to_owned(), hex::encode(Sha256::digest(&body))));
        let n = u8::try_from(event.n).unwrap();
        let at = "2026-11-23T09:30:00.000000Z";
        let fields: [&[u8]; 8] = [
            b"onrecord event 2",
            &before,
            case.id.as_bytes(),
            &[0, 0, 0, n],
            event.kind.as_bytes(),
            at.as_bytes(),
            event.actor_role.as_bytes(),
            event.commitments.as_bytes(),
        ];
        let mut bytes = Vec::new();
        for field in fields {
            bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
            bytes.extend_from_slice(field);
        }
        assert_eq!(event.hash, Sha256::digest(&bytes).to_vec());
        before = event.hash;
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn migrating_again_changes_nothing(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let reference = moved(&world).await;
    let again = Store::connect(&world.url).await.unwrap();
    let schema = again.schema().await.unwrap();
    let is_current = matches!(&schema, ::record::store::Schema::Known { pending, .. } if pending.is_empty());
    assert!(is_current, "{schema:?}");
    again.migrate().await.unwrap();
    again.close().await.unwrap();
    assert!(matches!(
        verdict(&world, &reference).await,
        VerificationResult::Intact { events: 3, .. }
    ));
}
