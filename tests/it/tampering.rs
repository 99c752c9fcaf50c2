//! Tampering with the database: `record verify` finds every changed byte of what the record binds.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::record::{
    cases,
    entropy::SeededEntropy,
    events,
    log::LogVerdict,
    people, uploads,
    verification::{VerificationResult, verify_log},
};
use complaint::case::actions::CaseAction;
use complaint::case::contact_plan::change::RequestedContactPlan;
use complaint::case::event::{CONTENTS_COMMITTED, EventBody};
use complaint::case::outcome::{Finding, FindingKind, Order};
use complaint::case::person_number::SENDER;
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::Rights;
use complaint::fields::DateInput;
use complaint::fields::iso_date;
use complaint::questionnaire::file_description::Description;
use complaint::{Answers, Context, QuestionRef, StepId, check, questionnaire::json_body};
use rstest::rstest;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait, IntoActiveModel, Statement};
use service::access::sessions::{self, Session};
use service::access::token::Token;
use service::access::viewer::Viewer;
use service::cases::actions;
use service::cases::desk::{self, Caller};
use service::files::{FileTarget, Incoming, add_file};
use service::record::verification::Extent;
use service::representation::{
    AnsweringBrowser,
    request::{self, Decision},
};
use service::{
    Services, Settings,
    cases::{contact, submission},
    drafts, files,
    record::verification,
};
use text::Language;

use crate::answers::{RESIDENT, key, representative_answers, save, send_complaint};
use crate::file_types::{sample, send};
use crate::mail::{delivered, link};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};

/// Columns in which a change is not found, each with the reason. A bare table name stands for all of its columns.
const UNBOUND_COLUMNS: [(&str, &str); 35] = [
    (
        "case_events.seq",
        "the position among the events of all cases; assigned again when a case is moved to another database",
    ),
    ("cases.draft_id", "an internal key: it keeps a draft from being sent twice"),
    (
        "uploads.draft_id",
        "an internal key: a file that came before Send belonged to that draft",
    ),
    (
        "uploads.storage_key",
        "where the bytes are; `record verify --files` compares the bytes with the hash that is bound",
    ),
    (
        "uploads.preview_key",
        "previews are made by the server from the file, and made again when missing",
    ),
    ("uploads.preview_sha256", "as preview_key"),
    ("uploads.preview_bytes", "as preview_key"),
    ("people.id", "an internal key: sessions and messages name a person by it"),
    (
        "people.mailbox_confirmed_at",
        "when the person last showed that they read their mail; it only opens a way in",
    ),
    (
        "people.mailbox_as_typed",
        "whether the server still has to recompute the fingerprint of the mailbox; the mailbox itself is compared with the events",
    ),
    ("people.language", "the language that the server writes in"),
    ("people.created_at", "the event of the person's arrival has the time"),
    (
        "uploads.sent_near",
        "a fingerprint of where an unsent file comes from; none once the complaint is sent",
    ),
    ("uploads.sent_wide", "as sent_near"),
    (
        "uploads.suspicion",
        "a guess of the scanner; that a file is held or released is an event",
    ),
    ("drafts", "not sent, so not on record yet"),
    ("typed_text", "not submitted, so not on record"),
    ("draft_devices", "keys of devices on which a draft is open"),
    ("health_probes", "rows that the health check writes and removes"),
    ("return_tickets", "links and codes that open a draft"),
    (
        "outbox",
        "messages on their way out, which say only that there is something to read",
    ),
    ("equality_totals", "totals without a case"),
    ("equality_answered", "that a draft has been counted"),
    ("upload_progress", "the progress of unfinished uploads"),
    ("scans", "the scanner's queue; a refusal is an event"),
    ("sessions", "who is signed in"),
    ("sign_in_codes", "codes that are on their way"),
    ("consents", "links and codes; what was decided by them is an event"),
    ("api_keys", "the keys of other systems"),
    (
        "desk_calls",
        "the calls of the organisation; no content of cases, and append-only by triggers",
    ),
    ("idempotency", "answers to repeated requests"),
    ("webhooks", "addresses to which events are delivered"),
    (
        "installation",
        "the fingerprint of the server's key, compared at each start, and whether deliveries are held",
    ),
    ("seaql_migrations", "which steps of the schema were done"),
    ("sqlite_sequence", "SQLite's own counters"),
];

fn is_listed(table: &str, column: &str) -> bool {
    let whole = format!("{table}.{column}");
    UNBOUND_COLUMNS.iter().any(|(name, _)| *name == table || *name == whole)
}

/// Opens a connection without the database's guards: no triggers, no foreign keys, and on SQLite no checks.
pub async fn past_the_guards(world: &World) -> DatabaseConnection {
    let mut options = ConnectOptions::new(&world.url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await.unwrap();
    let guards = match db.get_database_backend() {
        DbBackend::Postgres => "SET session_replication_role = replica",
        _ => "PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on",
    };
    world.drop_triggers().await;
    db.execute_unprepared(guards).await.unwrap();
    db
}

async fn strings(db: &DatabaseConnection, sql: &str) -> Vec<Vec<Option<String>>> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let rows = rows.unwrap_or_else(|e| panic!("{sql}: {e}"));
    let columns = |row: &sea_orm::QueryResult| (0..row.column_names().len()).map(|i| row.try_get_by_index(i).unwrap()).collect();
    rows.iter().map(columns).collect()
}

/// Returns every column: its table, name, and type in lower case.
async fn columns(db: &DatabaseConnection) -> Vec<(String, String, String)> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
             WHERE table_schema = current_schema() ORDER BY 1, ordinal_position"
        }
        _ => {
            "SELECT m.name, c.name, lower(c.type) FROM sqlite_master m, pragma_table_info(m.name) c
             WHERE m.type = 'table' ORDER BY 1, c.cid"
        }
    };
    let named = |row: Vec<Option<String>>| {
        let [table, column, kind] = <[Option<String>; 3]>::try_from(row).unwrap().map(Option::unwrap);
        (table, column, kind)
    };
    strings(db, sql).await.into_iter().map(named).collect()
}

/// Returns SQL for a value that differs from the column's in one byte; in place of NULL it is the smallest value.
fn one_byte_off(postgres: bool, column: &str, kind: &str) -> String {
    match kind {
        "text" => format!(
            "CASE WHEN {column} IS NULL OR {column} = '' THEN 'x' ELSE substr({column}, 1, (length({column}) + 1) / 2 - 1)
               || CASE substr({column}, (length({column}) + 1) / 2, 1) WHEN '1' THEN '2' ELSE '1' END
               || substr({column}, (length({column}) + 1) / 2 + 1) END"
        ),
        "boolean" if postgres => format!("NOT {column}"),
        "boolean" => format!("1 - {column}"),
        "uuid" => format!(
            "CASE WHEN {column} IS NULL THEN '00000000-0000-0000-0000-000000000001'::uuid ELSE (left({column}::text, 35)
               || CASE right({column}::text, 1) WHEN '1' THEN '2' ELSE '1' END)::uuid END"
        ),
        "bytea" => format!("CASE WHEN {column} IS NULL THEN '\\x01' ELSE set_byte({column}, 0, get_byte({column}, 0) # 1) END"),
        "blob" => format!(
            "CASE WHEN {column} IS NULL THEN zeroblob(16) ELSE CAST(CASE hex(substr({column}, 1, 1)) WHEN '01' THEN x'02' ELSE x'01' END
               || substr({column}, 2) AS BLOB) END"
        ),
        "integer" | "bigint" => format!("coalesce({column}, 0) + 1"),
        other => panic!("{column}: no change for {other}"),
    }
}

/// Counts the cases that are not intact.
async fn not_intact(services: &Services) -> usize {
    let mut broken = 0;
    let all = verification::verify_all(services, |finding| {
        broken += usize::from(!matches!(finding.verdict, VerificationResult::Intact { bound_from: Some(_), .. }));
    });
    all.await.unwrap();
    broken
}

/// Returns whether the log contains each event once, and the right hashes.
pub async fn is_log_intact(world: &World) -> bool {
    matches!(verify_log(world.services.store()).await, Ok(LogVerdict::Intact(_)))
}

/// Columns, as `table.column`.
#[derive(Default)]
struct TamperResult {
    /// Columns that could be changed. PostgreSQL's checks and identity columns cannot be bypassed.
    changed: BTreeSet<String>,
    /// Changed columns in which `record verify` did not find the change.
    unfound: BTreeSet<String>,
}

/// Changes one byte in every column of every row of the tables with bound contents, one at a time.
async fn tamper(world: &World) -> TamperResult {
    let db = past_the_guards(world).await;
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let (place, text) = if postgres {
        ("ctid", "ctid::text")
    } else {
        ("rowid", "CAST(rowid AS TEXT)")
    };
    let quoted = |row: &str| if postgres { format!("'{row}'::tid") } else { row.to_owned() };
    let (mut tried, mut changes) = (TamperResult::default(), 0);
    for (table, column, kind) in columns(&db).await {
        // The case is too short for hashes above the leaves; `log.rs` changes those.
        if table == "log_hashes" || UNBOUND_COLUMNS.iter().any(|(name, _)| *name == table) {
            continue;
        }
        let rows = strings(&db, &format!("SELECT {text} FROM {table}")).await.len();
        assert!(rows > 0, "{table} has rows to change");
        for n in 0..rows {
            // On PostgreSQL a row's `ctid` changes with each update; the order by id does not.
            let order = match table.as_str() {
                "case_events" => "case_id, n",
                "log_leaves" => "position",
                _ => "id",
            };
            let row = strings(&db, &format!("SELECT {text} FROM {table} ORDER BY {order} LIMIT 1 OFFSET {n}")).await;
            let row = row[0][0].clone().unwrap();
            db.execute_unprepared(&format!(
                "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT {column} AS was FROM {table} WHERE {place} = {}",
                quoted(&row)
            ))
            .await
            .unwrap();
            let to = one_byte_off(postgres, column.as_str(), &kind);
            let update = format!(
                "UPDATE {table} SET {column} = {to} WHERE {place} = {} RETURNING {text}",
                quoted(&row)
            );
            let update = Statement::from_string(db.get_database_backend(), update);
            let Ok(Some(after)) = db.query_one_raw(update).await else {
                continue;
            };
            let after: String = after.try_get_by_index(0).unwrap();
            changes += 1;
            tried.changed.insert(format!("{table}.{column}"));
            if not_intact(&world.services).await == 0 && is_log_intact(world).await {
                tried.unfound.insert(format!("{table}.{column}"));
            }
            let back = format!(
                "UPDATE {table} SET {column} = (SELECT was FROM kept) WHERE {place} = {}",
                quoted(&after)
            );
            db.execute_unprepared(&back).await.unwrap();
        }
    }
    db.execute_unprepared("DROP TABLE kept").await.unwrap();
    assert_eq!(not_intact(&world.services).await, 0, "every change must be undone");
    assert!(is_log_intact(world).await, "every change must be undone");
    assert!(changes > 200, "only {changes} changes were tried");
    tried
}

fn checked(services: &Services, answers: &Answers, place: QuestionRef, json: &str) -> complaint::CheckedAnswer {
    let members = serde_json::from_str(json).unwrap();
    let fields = json_body::fields(place, &members).unwrap();
    let context = Context {
        today: services.today(),
        answers,
    };
    check(place, &fields, &context).unwrap()
}

pub async fn signed_in(services: &Services, reference: &str, code: &str) -> Session {
    let new = sessions::sign_in(services, reference, code).await.unwrap().expect("signed in");
    sessions::session(services, &new.token.to_string())
        .await
        .unwrap()
        .expect("a session")
}

/// Makes a representative's case that fills every table:
///
/// - a complaint about two things, with a file that has a caption and a file with a virus;
/// - the tenant agrees and comes onto the case, and both send a message with a file;
/// - contact details change, a code is replaced, and the organisation asks, decides and orders.
async fn full_case(world: &World) -> String {
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let special = representative_answers("ask_resident", "Robin Example", "Wren Example");
    for (step, json) in &special {
        save(services, &token, *step, json).await;
    }
    for (step, json) in RESIDENT {
        if special.iter().all(|(there, _)| *there != step) {
            save(services, &token, step, json).await;
        }
    }
    for (step, issue, json) in [
        (StepId::MoreIssues, 1, r#"{"more":"yes"}"#),
        (StepId::Category, 2, r#"{"category":"property_condition"}"#),
        (StepId::WhatHappened, 2, r#"{"what_happened":"The lift has been out of order."}"#),
    ] {
        let before = drafts::open(services, &token).await.unwrap().unwrap();
        let answer = checked(services, &before.answers, QuestionRef::for_issue(step, issue), json);
        drafts::save_step(services, &token, answer, None).await.unwrap();
    }
    let photo = send(world, &token, "mould.jpg", sample("plain.jpg")).await.unwrap();
    let said = Description {
        caption: "Mould by the bed".into(),
        shows: "Wet wall".into(),
    };
    files::describe(services, &token, photo.id.parse().unwrap(), &said).await.unwrap();
    send(world, &token, "letter.txt", b"The landlord wrote that nothing was wrong.".to_vec())
        .await
        .unwrap();
    let receipt = submission::submit(services, &token, &key("full")).await.unwrap();
    let reference = receipt.reference.clone();
    let robin = signed_in(services, &reference, &receipt.access_code).await;

    let asked = delivered(services, world.folder.path()).await;
    let asked = asked
        .iter()
        .find(|message| message.contains("/consent/"))
        .expect("a message to the tenant");
    let consent_token = Token::parse(link(asked).strip_prefix("/consent/").unwrap()).unwrap();
    request::decide(
        services,
        &consent_token,
        Decision::Agree(Rights::full()),
        &AnsweringBrowser::default(),
    )
    .await
    .unwrap();
    let way_in = request::grant_access(services, &consent_token).await.unwrap();
    let wren = signed_in(services, &way_in.reference, &way_in.access_code).await;
    let wren = viewer(services, &wren, &reference).await;

    let later = Incoming {
        filename: "later.txt".into(),
        purpose: complaint::questionnaire::question::Purpose::Evidence,
        declared_len: None,
    };
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"A later letter."))]);
    let file = add_file(services, FileTarget::Case(&wren, Some(&key("form"))), later, stream)
        .await
        .unwrap();
    let message = CaseAction::Message {
        message: "See the letter.".into(),
        files: vec![file.id],
    };
    actions::perform(services, &wren, &message, None).await.unwrap();
    let diary = CaseAction::Diary {
        on: DateInput {
            day: "20".into(),
            month: "11".into(),
            year: "2026".into(),
            unknown: false,
        },
        what: "Water came through the ceiling.".into(),
        files: vec![],
    };
    actions::perform(services, &viewer(services, &robin, &reference).await, &diary, None)
        .await
        .unwrap();
    let mut plan = contact::view(&wren).contact;
    plan.phone = Some("07700 900321".into());
    let wanted = RequestedContactPlan {
        contact: plan,
        stop: vec![],
    };
    contact::save(services, &wren, &wanted, None, Language::default()).await.unwrap();
    decided(services, &reference, &wren).await;
    reference
}

/// The organisation replaces a code, moves the case, asks, decides and orders; the tenant answers.
async fn decided(services: &Services, reference: &str, wren: &Viewer) {
    let desk = Caller::at_command_line("ash");
    desk::new_code(services, &desk, reference, SENDER).await.unwrap();
    let day = |text| iso_date::parse(text).unwrap();
    for event in [
        RecordableEvent::StatusChanged {
            status: complaint::Status::Assessment,
            due: None,
            reason: None,
            message: Some("We have read your complaint.".into()),
        },
        RecordableEvent::InformationRequested {
            questions: vec!["When did it begin?".into()],
            due: day("2026-12-10"),
        },
    ] {
        desk::add_event(services, &desk, reference, event, None).await.unwrap();
    }
    let answer = CaseAction::Answer {
        request: 1,
        answers: vec!["In March.".into()],
        files: vec![],
    };
    actions::perform(services, wren, &answer, None).await.unwrap();
    for status in ["waiting_allocation", "investigation"] {
        let event = RecordableEvent::StatusChanged {
            status: complaint::fields::form::Choice::parse(status).unwrap(),
            due: None,
            reason: None,
            message: None,
        };
        desk::add_event(services, &desk, reference, event, None).await.unwrap();
    }
    let decided = RecordableEvent::DecisionMade {
        message: "The landlord should have acted sooner.".into(),
        findings: vec![Finding {
            issue: 1,
            finding: FindingKind::Maladministration,
        }],
        review_until: day("2027-01-10"),
    };
    desk::add_event(services, &desk, reference, decided, None).await.unwrap();
    let orders = RecordableEvent::OrdersMade {
        orders: vec![Order {
            what: "Mend the roof".into(),
            due: day("2027-01-15"),
        }],
    };
    desk::add_event(services, &desk, reference, orders, None).await.unwrap();
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn any_byte_of_what_was_told_is_found_when_it_is_changed(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    full_case(&world).await;
    assert_eq!(not_intact(&world.services).await, 0);
    let TamperResult { changed, unfound } = tamper(&world).await;
    let unlisted: Vec<&String> = unfound
        .iter()
        .filter(|name| {
            let (table, column) = name.split_once('.').unwrap();
            !is_listed(table, column)
        })
        .collect();
    assert!(unlisted.is_empty(), "a change was not found: {unlisted:?}");
    // A listed column in which the change is found does not belong in the list.
    let listed = UNBOUND_COLUMNS.iter().map(|(name, _)| *name).filter(|name| changed.contains(*name));
    let needless: Vec<&str> = listed.filter(|name| !unfound.contains(*name)).collect();
    assert!(
        needless.is_empty(),
        "a change was found although the column is listed: {needless:?}"
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_row_that_is_gone_is_found(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    full_case(&world).await;
    let db = past_the_guards(&world).await;
    for (table, order) in [("case_events", "n"), ("uploads", "id"), ("people", "number"), ("cases", "id")] {
        let key = if table == "case_events" { "seq" } else { "id" };
        for which in ["ASC", "DESC"] {
            let one = format!("{key} = (SELECT {key} FROM {table} ORDER BY {order} {which} LIMIT 1)");
            db.execute_unprepared(&format!(
                "DROP TABLE IF EXISTS gone; CREATE TABLE gone AS SELECT * FROM {table} WHERE {one}"
            ))
            .await
            .unwrap();
            db.execute_unprepared(&format!("DELETE FROM {table} WHERE {one}")).await.unwrap();
            assert_eq!(not_intact(&world.services).await, 1, "{table} {which}");
            let back = match on {
                Postgres if table == "case_events" => "INSERT INTO case_events OVERRIDING SYSTEM VALUE SELECT * FROM gone".to_owned(),
                _ => format!("INSERT INTO {table} SELECT * FROM gone"),
            };
            db.execute_unprepared(&back).await.unwrap();
            assert_eq!(not_intact(&world.services).await, 0, "the rows of {table} must be restored");
        }
    }
}

#[tokio::test]
async fn a_changed_byte_of_a_file_is_found() {
    let Some(world) = World::new(Sqlite).await else { return };
    let reference = full_case(&world).await;
    let verdict = async || {
        verification::verify_to(&world.services, &reference, Extent::WithFiles)
            .await
            .unwrap()
            .unwrap()
            .verdict
    };
    assert!(matches!(verdict().await, VerificationResult::Intact { .. }));
    let upload = uploads::Entity::find().all(&world.services.store().read).await.unwrap().remove(0);
    let path = world.folder.path().join("files").join(&upload.storage_key);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(verdict().await, VerificationResult::WrongBytes { file: upload.id });
    std::fs::remove_file(&path).unwrap();
    assert_eq!(verdict().await, VerificationResult::WrongBytes { file: upload.id });
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_file_that_no_event_brought_is_found(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let reference = full_case(&world).await;
    let token = drafts::create(&world.services).await.unwrap().token;
    let file = send(&world, &token, "planted.txt", b"Planted.".to_vec()).await.unwrap();
    let db = past_the_guards(&world).await;
    let plant = "UPDATE uploads SET draft_id = NULL, case_id = (SELECT id FROM cases) WHERE filename = 'planted.txt'";
    db.execute_unprepared(plant).await.unwrap();
    let finding = verification::verify(&world.services, &reference).await.unwrap().unwrap();
    let item = format!("file/{}", file.id);
    assert_eq!(finding.verdict, VerificationResult::Unbound { item });
}

/// Copies every row of the tables that hold a case to another database, as a migration tool does.
async fn copy_case_rows(from: &World, to: &World) {
    let (read, write) = (&from.services.store().read, past_the_guards(to).await);
    for case in cases::Entity::find().all(read).await.unwrap() {
        cases::Entity::insert(case.into_active_model())
            .exec_without_returning(&write)
            .await
            .unwrap();
    }
    for event in events::Entity::find().all(read).await.unwrap() {
        let mut row = event.into_active_model();
        row.seq = sea_orm::ActiveValue::NotSet;
        events::Entity::insert(row).exec_without_returning(&write).await.unwrap();
    }
    for file in uploads::Entity::find().all(read).await.unwrap() {
        uploads::Entity::insert(file.into_active_model())
            .exec_without_returning(&write)
            .await
            .unwrap();
    }
    for person in people::Entity::find().all(read).await.unwrap() {
        people::Entity::insert(person.into_active_model())
            .exec_without_returning(&write)
            .await
            .unwrap();
    }
}

#[rstest]
#[case::to_postgres(Sqlite, Postgres)]
#[case::to_sqlite(Postgres, Sqlite)]
#[tokio::test]
async fn a_case_verifies_in_the_database_it_was_moved_to(#[case] from: TestDatabase, #[case] to: TestDatabase) {
    let (Some(before), Some(after)) = (World::new(from).await, World::new(to).await) else {
        return;
    };
    let reference = full_case(&before).await;
    copy_case_rows(&before, &after).await;
    let [here, there] = [&before, &after].map(|world| verification::verify(&world.services, &reference));
    let (here, there) = (here.await.unwrap().unwrap(), there.await.unwrap().unwrap());
    assert!(
        matches!(there.verdict, VerificationResult::Intact { bound_from: Some(1), .. }),
        "{there:?}"
    );
    assert_eq!(here, there, "the head of the chain must be the same after the move");
}

/// Rewrites a case as the earlier program stored it: encoding 1 throughout, without commitments.
async fn rewrite_as_encoding_1(world: &World) {
    let db = past_the_guards(world).await;
    let mut all = events::Entity::find().all(&world.services.store().read).await.unwrap();
    all.sort_by_key(|event| (event.case_id, event.n));
    let mut before: Option<(uuid::Uuid, Vec<u8>)> = None;
    for mut event in all {
        event.encoding = 1;
        event.commitments = String::new();
        event.salts = String::new();
        let same = before.as_ref().filter(|(case, _)| *case == event.case_id);
        event.prev_hash = same.map_or(vec![0; 32], |(_, hash)| hash.clone());
        event.hash = events::hash(&event).to_vec();
        before = Some((event.case_id, event.hash.clone()));
        events::Entity::update(sea_orm::ActiveModelTrait::reset_all(event.into_active_model()))
            .exec(&db)
            .await
            .unwrap();
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn an_earlier_case_is_bound_once_and_says_from_where(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let reference = full_case(&world).await;
    rewrite_as_encoding_1(&world).await;
    let verdict = async || verification::verify(&world.services, &reference).await.unwrap().unwrap().verdict;
    let VerificationResult::Intact {
        events, bound_from: None, ..
    } = verdict().await
    else {
        panic!("{:?}", verdict().await)
    };
    assert_eq!(verification::bind_earlier_cases(&world.services, |_| {}).await.unwrap(), 1);
    assert_eq!(verification::bind_earlier_cases(&world.services, |_| {}).await.unwrap(), 0, "once");
    let VerificationResult::Intact {
        events: now, bound_from, ..
    } = verdict().await
    else {
        panic!("{:?}", verdict().await)
    };
    assert_eq!((now, bound_from), (events + 1, Some(events + 1)));
    let shown = desk::case(&world.services, &Caller::at_command_line("ash"), &reference)
        .await
        .unwrap()
        .unwrap();
    let last = shown.events.last().unwrap();
    assert_eq!(last.body.kind(), CONTENTS_COMMITTED);
    assert_eq!(
        last.body,
        EventBody::ContentsCommitted {
            events: i32::try_from(events).unwrap()
        }
    );
    world
        .sql("UPDATE cases SET answers = replace(answers, 'Mould', 'Paint')")
        .await
        .unwrap();
    assert!(matches!(verdict().await, VerificationResult::Changed { item, .. } if item == "answers"));
}

/// An event on an earlier case first binds the case's contents.
#[tokio::test]
async fn an_act_binds_an_earlier_case_first() {
    let world = World::with(Sqlite, Settings::default(), Arc::new(SeededEntropy::new(3)))
        .await
        .unwrap();
    let (_, receipt) = send_complaint(&world.services).await;
    rewrite_as_encoding_1(&world).await;
    let note = RecordableEvent::Note { note: "Rang.".into() };
    desk::add_event(&world.services, &Caller::at_command_line("ash"), &receipt.reference, note, None)
        .await
        .unwrap();
    let shown = desk::case(&world.services, &Caller::at_command_line("ash"), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    let kinds: Vec<_> = shown.events.iter().map(|event| event.body.kind()).collect();
    assert_eq!(kinds, ["submitted", CONTENTS_COMMITTED, "note"]);
}
