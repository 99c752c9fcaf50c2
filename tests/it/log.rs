//! The log over all cases: leaves, published tiles, receipts, and what they show of a rewritten history.

use ::record::{
    cases, events,
    log::{self, LogVerdict, leaves},
    store::{Schema, Store},
    verification::{VerificationResult, verify_log},
};
use axum::http::StatusCode;
use complaint::case::recordable_event::RecordableEvent;
use contract::Receipt as SentReceipt;
use onrecord::http::limits::Quota;
use proof::{
    checkpoint::Checkpoint,
    note::{NoteError, VerifierKey},
    receipt::{Receipt, ReceiptError},
    tree,
};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, ActiveValue, ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder};
use service::{
    access::viewer::Viewer,
    cases::desk::{self, Caller},
    record::{
        receipts::{self, ReceiptFault},
        verification,
    },
};
use sha2::{Digest, Sha256};

use crate::answers::send_complaint;
use crate::chain::moved;
use crate::pages::phone::Portal;
use crate::tampering::{is_log_intact, past_the_guards, signed_in};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};

async fn verified(world: &World) -> Checkpoint {
    match verify_log(world.services.store()).await.unwrap() {
        LogVerdict::Intact(checkpoint) => checkpoint,
        broken => panic!("{broken:?}"),
    }
}

/// Adds an internal note to a case.
async fn add_note(world: &World, reference: &str, note: &str) {
    let event = RecordableEvent::Note { note: note.into() };
    desk::add_event(&world.services, &Caller::at_command_line("ash"), reference, event, None)
        .await
        .unwrap();
}

/// Adds so many events to a case in one transaction.
async fn add_events(world: &World, reference: &str, count: usize) {
    let write = world.services.store().begin().await.unwrap();
    let case = cases::lock(&write, reference).await.unwrap().unwrap();
    let projection = cases::Projection {
        status: case.status.clone(),
        due: case.due.clone(),
    };
    for _ in 0..count {
        let new = events::NewEvent {
            kind: "note".into(),
            actor_role: "system".into(),
            actor_name: None,
            body: r#"{"type":"note","note":"Rang."}"#.into(),
            brought: Vec::new(),
        };
        let entropy = ::record::entropy::SeededEntropy::new(1);
        events::append(&write, &entropy, case.id, new, world.clock_now(), &projection)
            .await
            .unwrap();
    }
    write.commit().await.unwrap();
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn each_event_gets_the_next_place_also_when_many_are_added_at_once(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    assert_eq!(verified(&world).await.root, tree::empty_root());
    let references = [moved(&world).await, moved(&world).await, moved(&world).await, moved(&world).await];
    let each = references.iter().map(|reference| async {
        for n in 0..5 {
            add_note(&world, reference, &format!("Rang {n}")).await;
        }
    });
    futures::future::join_all(each).await;
    let now = verified(&world).await;
    assert_eq!(now.size, 4 * 8);
    assert_eq!(log::checkpoint(&world.services.store().read).await.unwrap(), now);
    // A transaction that is given up leaves no gap.
    let write = world.services.store().begin().await.unwrap();
    let case = cases::lock(&write, &references[0]).await.unwrap().unwrap();
    let event = events::list(&write.tx(), case.id, 0, 1, &[]).await.unwrap().remove(0);
    let new = events::NewEvent {
        kind: event.kind,
        actor_role: event.actor_role,
        actor_name: None,
        body: event.body,
        brought: Vec::new(),
    };
    let projection = cases::Projection {
        status: case.status,
        due: case.due,
    };
    let entropy = ::record::entropy::SeededEntropy::new(1);
    events::append(&write, &entropy, case.id, new, event.at, &projection).await.unwrap();
    write.rollback().await.unwrap();
    add_note(&world, &references[0], "Rang again").await;
    assert_eq!(verified(&world).await.size, 4 * 8 + 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn leaves_and_hashes_refuse_to_be_changed_and_a_changed_one_is_found(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let reference = moved(&world).await;
    add_events(&world, &reference, 300).await;
    assert_eq!(verified(&world).await.size, 303);
    assert_eq!(world.count("log_hashes").await, 1);
    for attack in [
        "UPDATE log_leaves SET position = position + 1000",
        "DELETE FROM log_leaves",
        "UPDATE log_hashes SET position = 7",
        "DELETE FROM log_hashes",
    ] {
        let refused = world.sql(attack).await.expect_err(attack).to_string();
        assert!(refused.contains("append-only"), "{attack}: {refused}");
    }
    let db = past_the_guards(&world).await;
    for (change, back) in [
        ("UPDATE log_hashes SET level = 2", "UPDATE log_hashes SET level = 1"),
        ("UPDATE log_hashes SET position = 1", "UPDATE log_hashes SET position = 0"),
        (
            "UPDATE log_leaves SET position = 999 WHERE position = 302",
            "UPDATE log_leaves SET position = 302 WHERE position = 999",
        ),
        (
            "UPDATE log_leaves SET position = 999 WHERE position = 0",
            "UPDATE log_leaves SET position = 0 WHERE position = 999",
        ),
    ] {
        db.execute_unprepared(change).await.unwrap();
        assert!(!is_log_intact(&world).await, "{change}");
        db.execute_unprepared(back).await.unwrap();
        assert!(is_log_intact(&world).await, "{back}");
    }
    // The first two leaves change places.
    db.execute_unprepared("UPDATE log_leaves SET position = -1 WHERE position = 0")
        .await
        .unwrap();
    db.execute_unprepared("UPDATE log_leaves SET position = 0 WHERE position = 1")
        .await
        .unwrap();
    db.execute_unprepared("UPDATE log_leaves SET position = 1 WHERE position = -1")
        .await
        .unwrap();
    let verdict = verify_log(world.services.store()).await.unwrap();
    assert_eq!(verdict, LogVerdict::WrongHash { level: 1, position: 0 });
}

/// A database from before the log: each event gets its leaf, in order.
#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn events_from_before_the_log_get_their_leaves(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let reference = moved(&world).await;
    add_events(&world, &reference, 600).await;
    moved(&world).await;
    let before = verified(&world).await;
    world.drop_triggers().await;
    world
        .sql("DROP TABLE log_leaves; DROP TABLE log_hashes; DELETE FROM seaql_migrations WHERE version = 'm0029_log'")
        .await
        .unwrap();
    let again = Store::connect(&world.url).await.unwrap();
    again.migrate().await.unwrap();
    assert!(matches!(again.schema().await.unwrap(), Schema::Known { pending, .. } if pending.is_empty()));
    again.close().await.unwrap();
    assert_eq!(verified(&world).await, before);
    assert_eq!(world.count("log_hashes").await, 2);
}

async fn sender(world: &World, receipt: &SentReceipt) -> Viewer {
    let session = signed_in(&world.services, &receipt.reference, &receipt.access_code).await;
    viewer(&world.services, &session, &receipt.reference).await
}

/// Returns the receipt for the submission.
async fn receipt_of_submission(world: &World, sent: &SentReceipt) -> String {
    let viewer = sender(world, sent).await;
    receipts::receipt(&world.services, &viewer, 1).await.unwrap().expect("a receipt")
}

async fn faults(world: &World, receipt: &str) -> Vec<ReceiptFault> {
    receipts::check(&world.services, receipt).await.unwrap().unwrap().1
}

/// Replaces a body, with the commitment to it: only a person who knows the salts can do so.
fn rewrite_body(event: &mut events::Model, body: String) {
    let mut commitments: Vec<(String, String)> = serde_json::from_str(&event.commitments).unwrap();
    let salts: Vec<String> = serde_json::from_str(&event.salts).unwrap();
    let place = commitments.iter().position(|(item, _)| item == events::BODY).unwrap();
    let salted = [hex::decode(&salts[place]).unwrap(), body.clone().into_bytes()].concat();
    commitments[place].1 = hex::encode(Sha256::digest(salted));
    event.commitments = serde_json::to_string(&commitments).unwrap();
    event.body = body;
}

/// Rewrites the history of a case as a person with every right on the database can. Events, hash chain, log and what is derived from
/// the events agree afterwards.
async fn rewrite_history(world: &World, reference: &str, change: impl FnOnce(&mut Vec<events::Model>)) {
    let db = past_the_guards(world).await;
    let mut case = cases::find_by_reference(&db, reference).await.unwrap().unwrap();
    let mut all = events::Entity::find().order_by_asc(events::Column::Seq).all(&db).await.unwrap();
    let place = all.iter().position(|event| event.case_id == case.id).unwrap();
    let (mut own, mut rest): (Vec<_>, Vec<_>) = all.drain(..).partition(|event| event.case_id == case.id);
    change(&mut own);
    let mut before = vec![0; 32];
    for (n, event) in (1..).zip(&mut own) {
        event.n = n;
        event.prev_hash = before;
        event.hash = events::hash(event).to_vec();
        before = event.hash.clone();
    }
    (case.submitted_at, case.updated_at) = (own[0].at, own.last().unwrap().at);
    cases::Entity::update(case.into_active_model().reset_all()).exec(&db).await.unwrap();
    rest.splice(place..place, own);
    for table in ["case_events", "log_leaves", "log_hashes"] {
        db.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
    }
    for (position, event) in (0..).zip(rest) {
        let entry = event.hash.clone();
        let mut row = event.into_active_model();
        row.seq = ActiveValue::NotSet;
        events::Entity::insert(row).exec_without_returning(&db).await.unwrap();
        let leaf = leaves::Model { position, entry };
        leaves::Entity::insert(leaf.into_active_model())
            .exec_without_returning(&db)
            .await
            .unwrap();
    }
    // Nothing in the database shows it.
    let mut altered = 0;
    let all = verification::verify_all(&world.services, |finding| {
        altered += usize::from(!matches!(finding.verdict, VerificationResult::Intact { .. }));
    });
    all.await.unwrap();
    assert_eq!(altered, 0);
    assert!(is_log_intact(world).await);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn an_old_receipt_shows_that_history_was_rewritten(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let (_, earlier) = send_complaint(&world.services).await;
    let (_, sent) = send_complaint(&world.services).await;
    for note in ["Rang.", "Rang again."] {
        add_note(&world, &sent.reference, note).await;
    }
    let (_, later) = send_complaint(&world.services).await;
    let [earlier, of_case, later] = [
        receipt_of_submission(&world, &earlier).await,
        receipt_of_submission(&world, &sent).await,
        receipt_of_submission(&world, &later).await,
    ];
    for receipt in [&earlier, &of_case, &later] {
        assert_eq!(faults(&world, receipt).await, []);
    }
    let (reference, size) = (sent.reference.as_str(), 5);
    let rewritten = ReceiptFault::OtherRoot { size };

    // A note that is internal has no receipt of its own. Any receipt made later, on any case, shows the change.
    rewrite_history(&world, reference, |events| {
        let body = events[1].body.replace("Rang", "Wrote");
        rewrite_body(&mut events[1], body);
    })
    .await;
    for (receipt, expected) in [(&earlier, vec![rewritten]), (&of_case, vec![rewritten]), (&later, vec![rewritten])] {
        assert_eq!(faults(&world, receipt).await, expected, "another note");
    }
    rewrite_history(&world, reference, |events| {
        let body = events[1].body.replace("Wrote", "Rang");
        rewrite_body(&mut events[1], body);
    })
    .await;
    assert_eq!(faults(&world, &later).await, [], "the change is undone");

    // The complaint is said to have been sent a day later.
    let day = 24 * 60 * 60 * 1_000_000;
    let move_by = |micros: i64| {
        move |events: &mut Vec<events::Model>| {
            for event in events {
                event.at = ::record::Instant::from_micros(event.at.micros() + micros);
            }
        }
    };
    rewrite_history(&world, reference, move_by(day)).await;
    let other_leaf = ReceiptFault::OtherLeaf { index: 1 };
    assert_eq!(faults(&world, &of_case).await, [other_leaf, rewritten, ReceiptFault::NoEvent]);
    assert_eq!(faults(&world, &later).await, [rewritten]);
    rewrite_history(&world, reference, move_by(-day)).await;

    // The first note is dropped.
    rewrite_history(&world, reference, |events| drop(events.remove(1))).await;
    let shorter = ReceiptFault::LogShorter { size };
    assert_eq!(faults(&world, &of_case).await, [shorter]);
    assert_eq!(faults(&world, &later).await, [shorter]);
}

#[tokio::test]
async fn a_receipt_of_another_server_or_for_an_entry_that_is_not_shown_is_none() {
    let world = World::new(Sqlite).await.expect("tests on SQLite always run");
    let (_, sent) = send_complaint(&world.services).await;
    add_note(&world, &sent.reference, "Only the desk sees this.").await;
    let viewer = sender(&world, &sent).await;
    for n in [0, 2, u32::MAX] {
        assert_eq!(receipts::receipt(&world.services, &viewer, n).await.unwrap(), None, "{n}");
    }
    let receipt = receipt_of_submission(&world, &sent).await;
    let key = world.services.log_keys().current.public();
    let opened = Receipt::open(&receipt, &[key]).unwrap();
    assert_eq!((opened.reference, opened.kind), (sent.reference, "submitted".to_owned()));
    assert_eq!(
        (opened.at.as_str(), opened.index, opened.log.size),
        ("2026-11-23T09:30:00.000000Z", 0, 2)
    );
    let foreign = Receipt::open(&receipt, &[key]).unwrap();
    let foreign = foreign.sign("localhost/log", &proof::note::SigningKey::from_seed(&[1; 32]));
    let checked = receipts::check(&world.services, &foreign).await.unwrap();
    assert_eq!(checked, Err(ReceiptError::Note(NoteError::UnknownKey)));
}

#[tokio::test]
async fn the_log_is_published_as_tiles_from_which_its_root_can_be_computed() {
    let portal = Portal::new().await;
    let reference = moved(&portal.world).await;
    add_events(&portal.world, &reference, 300).await;
    let mut phone = portal.phone();
    let keys: serde_json::Value = serde_json::from_str(&phone.get("/.well-known/onrecord-keys").await.html).unwrap();
    assert_eq!(
        (keys["keys"].as_array().unwrap().len(), &keys["keys"][0]["until"]),
        (1, &serde_json::Value::Null)
    );
    let key: VerifierKey = keys["keys"][0]["key"].as_str().unwrap().parse().unwrap();
    let page = phone.get("/log/checkpoint").await;
    assert_eq!(page.header("content-type"), "text/plain; charset=utf-8");
    let checkpoint = Checkpoint::open(&page.html, &key).unwrap();
    assert_eq!(checkpoint.size, 303);

    let mut builder = tree::Builder::default();
    let mut hashes = Vec::new();
    for (entries, tile) in [("entries/000", "0/000"), ("entries/001.p/47", "0/001.p/47")] {
        let [entries, tile] = [portal.bytes(entries).await, portal.bytes(tile).await];
        assert_eq!(entries.len() / 34, tile.len() / 32);
        for (entry, hash) in entries.chunks(34).zip(tile.chunks(32)) {
            assert_eq!(entry[..2], [0, 32]);
            assert_eq!(tree::leaf_hash(&entry[2..]), hash);
            builder.push(tree::leaf_hash(&entry[2..]), |_, _, hash| hashes.push(hash));
        }
    }
    assert_eq!(builder.root(), checkpoint.root);
    assert_eq!(portal.bytes("1/000.p/1").await, hashes[0]);
    for none in ["0/001", "0/001.p/48", "entries/001", "1/000", "1/000.p/2", "2/000.p/1", "0/0", "x"] {
        let page = phone.get(&format!("/log/tile/{none}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{none}");
        assert_eq!(page.header("cache-control"), "no-store", "a later tile must not be missed: {none}");
    }
}

impl Portal {
    /// Returns the bytes of a tile.
    async fn bytes(&self, tile: &str) -> Vec<u8> {
        use axum::{body::Body, http::Request};
        use http_body_util::BodyExt;
        use tower::ServiceExt;
        let request = Request::get(format!("/log/tile/{tile}"));
        let request = request.header("host", "portal.test").body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{tile}");
        assert_eq!(response.headers()["content-type"], "application/octet-stream");
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }
}

#[tokio::test]
async fn a_person_saves_the_receipt_from_the_page_of_their_case() {
    let portal = Portal::new().await;
    let (_, sent) = send_complaint(&portal.world.services).await;
    let mut phone = portal.phone();
    let address = format!("/cases/{}/receipts/1", sent.reference);
    assert_eq!(phone.get(&address).await.status, StatusCode::NOT_FOUND);
    let typed = [("reference", &*sent.reference), ("access_code", &*sent.access_code)];
    phone.post("/sign-in", &typed).await.leads_to();
    let case = phone.get(&format!("/cases/{}", sent.reference)).await.reads(StatusCode::OK);
    assert!(case.contains(&address), "{case}");
    let page = phone.get(&address).await;
    assert_eq!(page.header("content-disposition"), "attachment; filename=\"receipt.txt\"");
    assert_eq!(faults(&portal.world, &page.html).await, []);
    assert_eq!(
        phone.get(&format!("/cases/{}/receipts/2", sent.reference)).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        phone.get(&format!("/cases/{}/receipts/x", sent.reference)).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn frequent_reads_of_the_log_and_of_receipts_have_to_wait() {
    let portal = Portal::with(7, |config| config.limits.log_reads = Quota::new(2, 1)).await;
    let (_, sent) = send_complaint(&portal.world.services).await;
    let mut phone = portal.phone();
    let typed = [("reference", &*sent.reference), ("access_code", &*sent.access_code)];
    phone.post("/sign-in", &typed).await.leads_to();
    let page = format!("/cases/{}/receipts/1", sent.reference);
    let rest = format!("/api/v1/cases/{}/timeline/1/receipt", sent.reference);
    assert_eq!(phone.get(&page).await.status, StatusCode::OK);
    assert_eq!(phone.get(&rest).await.status, StatusCode::OK);
    for address in [&page, &rest, "/log/checkpoint", "/log/tile/0/000.p/1", "/.well-known/onrecord-keys"] {
        let refused = phone.get(address).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{address}");
        assert!(!refused.header("retry-after").is_empty(), "{address}");
    }
}
