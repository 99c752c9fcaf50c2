//! Soak test: residents and the organisation act on many cases at once, on the real program, which is killed repeatedly.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use ::record::{cases, entropy::SeededEntropy, events, people, store::Store, verification::VerificationResult};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rstest::rstest;
use serde_json::{Value, json};
use service::{
    Settings,
    access::api_keys::{self, Scope},
    cases::desk::{self, Caller},
    record::verification,
};

use crate::answers::{self, send_as_representative};
use crate::pages::phone::site;
use crate::pages::program::Program;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, database,
};

const CASES: usize = 200;
const ACTS: usize = 2_000;
/// How many workers act at the same time.
const WORKERS: usize = 8;
/// The program is killed each time this many more actions have been answered.
const BETWEEN_KILLS: usize = 600;

/// A seeded random number generator, so that a failed run can be repeated.
struct Dice(u64);

impl Dice {
    /// Returns a number below `n`.
    fn below(&mut self, n: usize) -> usize {
        // Knuth's multiplier and increment for 64 bits. The low bits of such a generator are poor.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// A case with the sender's credentials.
struct SoakCase {
    reference: String,
    code: String,
    /// The session token of the case's sender.
    session: RwLock<String>,
}

/// A request that the program must carry out once, however often it is repeated.
struct SoakRequest {
    line: String,
    body: Value,
    /// Text that occurs in no other action.
    mark: Option<String>,
}

/// An action with the status of its answer.
struct AnsweredRequest {
    place: usize,
    act: SoakRequest,
    status: u16,
}

struct Soak {
    program: Mutex<Option<Program>>,
    address: RwLock<String>,
    desk: String,
    places: Vec<SoakCase>,
    next: AtomicUsize,
    done: Mutex<Vec<AnsweredRequest>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the status and body of a response, or `None` when no complete response came.
fn ask(address: &str, line: &str, token: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
    use std::io::{Read, Write as _};
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut request = format!("{line} HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\nContent-Type: application/json\r\n");
    write!(request, "Prefer: return=representation\r\nContent-Length: {}\r\n", body.len()).ok()?;
    if !token.is_empty() {
        write!(request, "Authorization: Bearer {token}\r\n").ok()?;
    }
    write!(request, "Idempotency-Key: {key}\r\n\r\n{body}").ok()?;
    let mut connection = std::net::TcpStream::connect(address).ok()?;
    connection.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    connection.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length: usize = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")
                .and_then(|n| n.parse().ok())
        })
        .unwrap_or_default();
    (body.len() >= length).then(|| (status, serde_json::from_str(body).unwrap_or(Value::Null)))
}

impl Soak {
    /// Repeats a request until the program that is running by then has answered it.
    fn insist(&self, line: &str, token: &str, key: &str, body: &Value) -> (u16, Value) {
        let until = Instant::now() + Duration::from_mins(2);
        loop {
            let address = self.address.read().unwrap_or_else(PoisonError::into_inner).clone();
            match ask(&address, line, token, key, body) {
                Some((status, answer)) if status < 500 => return (status, answer),
                answer => assert!(Instant::now() < until, "{line}: {answer:?}"),
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn sign_in(&self, place: &SoakCase) {
        let body = json!({"reference": place.reference, "access_code": place.code});
        let (status, answer) = self.insist("POST /api/v1/sessions", "", "sign-in", &body);
        assert_eq!(status, 200, "{answer}");
        let token = answer["token"].as_str().expect("a token").to_owned();
        *place.session.write().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// Kills the program at any moment with SIGKILL, and starts another on the same data.
    fn kill(&self, start: impl Fn() -> Program) {
        let mut program = held(&self.program);
        program.take().expect("a program").kill();
        let new = start();
        self.address
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&new.address);
        *program = Some(new);
    }

    fn work(&self, seed: u64) {
        let mut dice = Dice(seed);
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= ACTS {
                return;
            }
            let place = dice.below(self.places.len());
            let at = &self.places[place];
            let is_desk = dice.below(5) < 2;
            let act = if is_desk {
                random_desk_event(&mut dice, number, &at.reference)
            } else {
                random_resident_request(&mut dice, number, &at.reference)
            };
            let token = if is_desk {
                self.desk.clone()
            } else {
                at.session.read().unwrap_or_else(PoisonError::into_inner).clone()
            };
            let (status, answer) = self.insist(&act.line, &token, &format!("soak-{number}"), &act.body);
            let expected = matches!(status, 200 | 201 | 204 | 403 | 404 | 409 | 422);
            assert!(expected, "{} {}: {status} {answer}", act.line, act.body);
            held(&self.done).push(AnsweredRequest { place, act, status });
        }
    }
}

/// Returns a random request of a resident or representative, which the case's state may or may not allow.
fn random_resident_request(dice: &mut Dice, number: usize, reference: &str) -> SoakRequest {
    let mark = format!("Mark {number}.");
    let (verb, end, body) = match dice.below(12) {
        0..=3 => ("POST", "messages", json!({"message": mark})),
        4..=6 => ("POST", "diary", json!({"on": {"year": 2026, "month": 5, "day": 3}, "what": mark})),
        7 => ("POST", "answers", json!({"request": 1 + dice.below(4), "answers": [mark]})),
        8 => (
            "POST",
            "issues",
            json!({"category": "property_condition", "what_happened": mark, "put_right": "Mend it."}),
        ),
        9 => (
            "POST",
            "order-answers",
            json!({"order": 1, "done": dice.pick(&["yes", "partly", "no"]), "note": mark}),
        ),
        10 => ("POST", "reviews", json!({"ground": "wrong_evidence", "why": mark})),
        _ if dice.below(2) == 0 => ("POST", "withdrawal", json!({"reason": mark})),
        _ => ("DELETE", "withdrawal", Value::Null),
    };
    SoakRequest {
        line: format!("{verb} /api/v1/cases/{reference}/{end}"),
        mark: (verb == "POST").then_some(mark),
        body,
    }
}

/// Returns a random event of the organisation, which the case's state may or may not allow.
fn random_desk_event(dice: &mut Dice, number: usize, reference: &str) -> SoakRequest {
    let mark = format!("Mark {number}.");
    let moves = [
        "assessment",
        "assessment",
        "waiting_allocation",
        "investigation",
        "evidence_requested",
        "landlord_stage1",
        "referred_back",
    ];
    let (end, body, is_marked) = match dice.below(12) {
        0..=3 => (
            "events",
            json!({"type": "status_changed", "status": dice.pick(&moves), "message": mark}),
            true,
        ),
        4 => ("events", json!({"type": "message_sent", "message": mark}), true),
        5 => ("events", json!({"type": "note", "note": mark}), true),
        6 => (
            "events",
            json!({"type": "information_requested", "questions": [mark], "due": "2099-01-05"}),
            true,
        ),
        7 => (
            "events",
            json!({"type": "decision_made", "message": mark, "findings": [], "review_until": "2099-01-05"}),
            true,
        ),
        8 => (
            "events",
            json!({"type": "orders_made", "orders": [{"what": mark, "due": "2099-01-05"}]}),
            true,
        ),
        9 => ("events", json!({"type": "handover", "to": "Another team", "note": mark}), true),
        10 => {
            let scopes = dice.pick(&["see", "speak", "decide"]);
            (
                "authority",
                json!({"person": 1, "basis": "permission", "by": "paper", "scopes": [scopes]}),
                false,
            )
        }
        _ => ("authority/ends", json!({"person": 1, "reason": mark}), true),
    };
    SoakRequest {
        line: format!("POST /api/v1/desk/cases/{reference}/{end}"),
        mark: is_marked.then_some(mark),
        body,
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_and_nothing_is_done_twice(#[case] on: TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let url = match on {
        Sqlite => Store::embedded(&data),
        Postgres => match database(on, folder.path()).await {
            Some(url) => url,
            None => return,
        },
    };
    let store = Store::connect_with(&url, Duration::from_mins(1)).await.unwrap();
    store.migrate().await.unwrap();
    std::fs::write(data.join("secret.key"), URL_SAFE_NO_PAD.encode([9; 32])).unwrap();
    site(&folder.path().join("site"));
    let path = folder.path().to_owned();
    let world = World::on_store(
        store,
        folder,
        url.clone(),
        Settings::default(),
        std::sync::Arc::new(SeededEntropy::new(11)),
    );

    let mut places = Vec::new();
    for number in 0..CASES {
        let receipt = if number % 2 == 0 {
            answers::send_complaint(&world.services).await.1
        } else {
            send_as_representative(&world.services, "later", "Robin Example", "Wren Example")
                .await
                .1
        };
        places.push(SoakCase {
            reference: receipt.reference,
            code: receipt.access_code,
            session: RwLock::default(),
        });
    }
    let desk = api_keys::add(&world.services, "soak", &[Scope::Desk]).await.unwrap();

    let limits = concat!(env!("CARGO_MANIFEST_DIR"), "/xtask/unlimited.toml");
    let start = move || Program::set(&path, &[("ONRECORD_CONFIG", limits), ("ONRECORD_DATABASE_URL", &url)]);
    let program = start();
    let soak = Soak {
        address: RwLock::new(program.address.clone()),
        program: Mutex::new(Some(program)),
        desk,
        places,
        next: AtomicUsize::new(0),
        done: Mutex::default(),
    };
    let kills = thread::scope(|scope| {
        for worker in 0..WORKERS {
            let soak = &soak;
            scope.spawn(move || {
                for place in soak.places.iter().skip(worker).step_by(WORKERS) {
                    soak.sign_in(place);
                }
            });
        }
        let workers: Vec<_> = (1..=WORKERS as u64)
            .map(|seed| {
                let soak = &soak;
                scope.spawn(move || {
                    while soak
                        .places
                        .iter()
                        .any(|place| place.session.read().is_ok_and(|token| token.is_empty()))
                    {
                        thread::sleep(Duration::from_millis(20));
                    }
                    soak.work(seed);
                })
            })
            .collect();
        let mut kills = 0;
        while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
            if held(&soak.done).len() >= (kills + 1) * BETWEEN_KILLS {
                soak.kill(&start);
                kills += 1;
            }
            thread::sleep(Duration::from_millis(5));
        }
        kills
    });
    assert_eq!(kills, ACTS / BETWEEN_KILLS);
    held(&soak.program).take().expect("a program").kill();
    compare(&world, &soak).await;
}

/// Compares the record with the answers that the workers got.
async fn compare(world: &World, soak: &Soak) {
    let (services, db) = (&world.services, &world.services.store().read);
    let mut intact = 0;
    let all = verification::verify_all(services, |finding| {
        assert!(
            matches!(finding.verdict, VerificationResult::Intact { .. }),
            "{}: {:?}",
            finding.reference,
            finding.verdict
        );
        intact += 1;
    });
    assert_eq!(all.await.unwrap(), CASES as u64, "every case must be verified");
    assert_eq!(intact, CASES);

    let mut story: BTreeMap<&str, Vec<events::Model>> = BTreeMap::new();
    let mut total = 0;
    for place in &soak.places {
        let case = cases::find_by_reference(db, &place.reference).await.unwrap().expect("the case");
        let happened = events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await.unwrap();
        total += happened.len();
        // The rows of people with access are kept beside the events, and must match them.
        let view = desk::case(services, &Caller::at_command_line("ash"), &place.reference)
            .await
            .unwrap()
            .expect("the case");
        for row in people::list(db, case.id).await.unwrap() {
            let last = happened
                .iter()
                .rev()
                .find(|event| event.kind.starts_with("authority_") && row.number == 1);
            let has_ended = last.is_some_and(|event| event.kind == "authority_ended");
            assert_eq!(row.ended_at.is_some(), has_ended, "{}: {:?}", place.reference, view.status);
        }
        story.insert(&place.reference, happened);
    }
    let done = std::mem::take(&mut *held(&soak.done));
    assert_eq!(done.len(), ACTS);
    let mut tally: BTreeMap<u16, usize> = BTreeMap::new();
    for AnsweredRequest { place, act, status } in &done {
        *tally.entry(*status).or_default() += 1;
        let Some(mark) = &act.mark else { continue };
        let quoted = format!("\"{mark}\"");
        let reference = &*soak.places[*place].reference;
        let found = story[reference].iter().filter(|event| event.body.contains(&quoted)).count();
        let expected = usize::from(*status < 300);
        assert_eq!(found, expected, "{} {} was answered with {status}", act.line, act.body);
    }
    assert!(
        tally.get(&201).is_some_and(|n| *n > ACTS / 3),
        "most actions must succeed: {tally:?}"
    );

    // The feed has each event once, in the order of its case.
    let (mut after, mut fed) = (None::<String>, BTreeMap::<String, i32>::new());
    loop {
        let page = desk::feed(services, &Caller::at_command_line("ash"), after.as_deref(), None)
            .await
            .unwrap();
        for event in &page.events {
            let n = fed.entry(event.reference.clone()).or_default();
            *n += 1;
            assert_eq!(event.event.n, *n, "{}", event.reference);
        }
        after = page.events.last().map(|event| event.id.clone()).or(after);
        if !page.more {
            break;
        }
    }
    assert_eq!(fed.values().sum::<i32>(), i32::try_from(total).unwrap());
}
