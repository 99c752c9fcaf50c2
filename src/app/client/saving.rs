//! Saves answers in the background, in order, and retries until each is saved.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::client::device_store;
use crate::app::client::rest::{self, Failure};
use crate::app::draft_store::DraftStore;
use crate::app::draft_store::Saving;
use complaint::json;
use complaint::questionnaire::answers::fingerprint_of_json;
use complaint::questionnaire::device_storage::with_waiting;
use complaint::{Answer, Answers, CheckedAnswer, Context, Page, QuestionRef, check};

/// The wait after a failed attempt, in milliseconds. It doubles up to `LAST_WAIT`.
const FIRST_WAIT: i32 = 1_000;
const LAST_WAIT: i32 = 15_000;

#[derive(Default)]
struct SendState {
    /// Answers that the server does not have yet: a number to tell them apart, the question, its JSON body.
    waiting: VecDeque<(u32, QuestionRef, String)>,
    last_number: u32,
    running: bool,
    /// The marks of the answers that the server has, as far as this page knows.
    seen: BTreeMap<QuestionRef, String>,
}

thread_local! {
    static QUEUE: RefCell<SendState> = RefCell::default();
    /// Whether this page has created a draft and saved nothing in it yet.
    static MADE: Cell<bool> = const { Cell::new(false) };
}

/// The address of a page of a draft that no browser holds. If no cookie is sent, the server explains there what is needed.
const NO_DRAFT: &str = "/complaint/tasks?draft=0";

/// Whether any answer is waiting to be saved.
pub fn is_waiting() -> bool {
    QUEUE.with_borrow(|q| !q.waiting.is_empty())
}

/// Whether an answer would be lost if the page were closed now.
pub fn would_be_lost() -> bool {
    QUEUE.with_borrow(|q| q.waiting.iter().any(|(_, place, _)| device_store::would_be_lost(&place.code())))
}

/// Returns the answers waiting to be saved, by their codes.
pub fn waiting() -> Vec<(String, String)> {
    QUEUE.with_borrow(|q| q.waiting.iter().map(|(_, place, json)| (place.code(), json.clone())).collect())
}

/// Queues an answer. A newer answer to the same question replaces an older one.
pub fn save(store: DraftStore, checked: &CheckedAnswer) {
    let (place, json) = (checked.place(), checked.to_json());
    device_store::store_unsaved_answer(store, &place.code(), &json, &saved_mark(place));
    add(place, json);
    start(store);
}

/// Resumes saving what an earlier page could not save.
pub fn resume_saving(store: DraftStore, waiting: Vec<(String, String)>, seen: Vec<(String, String)>) {
    for (code, mark) in seen {
        if let Some(place) = QuestionRef::parse(&code) {
            QUEUE.with_borrow_mut(|q| q.seen.insert(place, mark));
        }
    }
    for (code, json) in waiting {
        match QuestionRef::parse(&code) {
            Some(place) => add(place, json),
            // No question has this code any more.
            None => device_store::mark_saved(store, &code, &json),
        }
    }
    if is_waiting() {
        store.saving.set(device_store::waiting());
        start(store);
    }
}

/// Queues all answers again, for a new draft.
pub fn requeue_all_answers(store: DraftStore) {
    store.id.set(None);
    // The server has none of the answers.
    QUEUE.with_borrow_mut(|q| q.seen.clear());
    // Another tab must not use the id of the draft that is gone.
    device_store::store_draft(store);
    for (place, json) in store.answers.with_untracked(Answers::bodies) {
        add(place, json);
    }
    start(store);
}

fn start(store: DraftStore) {
    let start = QUEUE.with_borrow_mut(|q| !std::mem::replace(&mut q.running, true));
    if start {
        spawn_local(run(store));
    }
}

fn add(place: QuestionRef, json: String) {
    QUEUE.with_borrow_mut(|q| {
        q.waiting.retain(|(_, s, _)| *s != place);
        q.last_number += 1;
        let number = q.last_number;
        q.waiting.push_back((number, place, json));
    });
}

/// Returns the draft's id, and creates the draft if there is none. A lock lets only one tab at a time create one.
pub async fn draft_id(store: DraftStore) -> Result<String, Failure> {
    if let Some(id) = store.id.get_untracked() {
        return Ok(id);
    }
    let next = device_store::lock_draft_creation().await;
    let found = find_or_make(store).await;
    if let Ok(id) = &found {
        store.id.set(Some(id.clone()));
        device_store::store_draft(store);
        // The id must be stored before the next tab reads it.
        device_store::known_id().await;
    }
    if let Some(next) = next {
        let _ = next.call0(&wasm_bindgen::JsValue::NULL);
    }
    found
}

async fn find_or_make(store: DraftStore) -> Result<String, Failure> {
    if let Some(id) = device_store::known_id().await {
        return Ok(id);
    }
    if store.device.is_offline_render.get_untracked() {
        // The page was rendered without the server: there may be a draft that the page does not know.
        match rest::current_draft().await {
            Ok(draft) => return Ok(draft.id),
            Err(Failure::Gone) => {}
            Err(failure) => return Err(failure),
        }
    }
    let made = rest::create_draft().await?;
    MADE.set(true);
    Ok(made)
}

async fn run(store: DraftStore) {
    let mut wait = FIRST_WAIT;
    while let Some((number, place, json)) = QUEUE.with_borrow(|q| q.waiting.front().cloned()) {
        if !matches!(store.saving.get_untracked(), Saving::Waiting { .. }) {
            store.saving.set(Saving::Saving);
        }
        match try_one(store, place, &json).await {
            Ok((time, stored)) => {
                forget(number);
                QUEUE.with_borrow_mut(|q| q.seen.insert(place, fingerprint_of_json(&stored)));
                // The server stores a normalised spelling. A newer answer in the queue stays.
                if stored != json && !QUEUE.with_borrow(|q| q.waiting.iter().any(|(_, there, _)| *there == place)) {
                    store
                        .answers
                        .update_untracked(|all| *all = with_waiting(all, &[(place.code(), stored)]));
                }
                device_store::mark_saved(store, &place.code(), &json);
                wait = FIRST_WAIT;
                MADE.set(false);
                store.saving.set(device_store::saved_status(time));
            }
            // The draft was created a moment ago and is gone: the browser keeps no cookies.
            Err(Failure::Gone) if MADE.get() => return device_store::open(NO_DRAFT),
            Err(Failure::Gone) => {
                // The draft expired or was deleted elsewhere: all answers go into a new one.
                requeue_all_answers(store);
                device_store::pause(FIRST_WAIT).await;
            }
            Err(Failure::Refused(_)) => {
                // The server has a rule that this page does not. The check page will ask for the answer again.
                forget(number);
                device_store::mark_saved(store, &place.code(), &json);
                store.saving.set(Saving::Waiting { here: false });
            }
            Err(Failure::Changed) => {
                if let Err(Failure::Later) = resolve_conflict(store, number, place, &json).await {
                    device_store::pause(FIRST_WAIT).await;
                }
            }
            Err(Failure::Later) => {
                store.saving.set(device_store::waiting());
                // A connection that has just returned is seldom stable, so the next attempt must not wait long.
                wait = if device_store::pause(wait).await {
                    FIRST_WAIT
                } else {
                    (wait * 2).min(LAST_WAIT)
                };
            }
        }
    }
    QUEUE.with_borrow_mut(|q| q.running = false);
}

/// Saves one answer. Returns when it was saved, and the answer as stored.
async fn try_one(store: DraftStore, place: QuestionRef, json: &str) -> Result<(String, String), Failure> {
    let id = draft_id(store).await?;
    let draft = rest::save_answer(&id, place, json, &saved_mark(place)).await?;
    store.today.set(Some(draft.today));
    let stored = draft.answers.get(place).and_then(|answer| serde_json::to_string(answer).ok());
    Ok((draft.saved.time, stored.unwrap_or_default()))
}

/// Handles an answer that another device may have changed. If that device saved another question, saving continues. If it saved this
/// question, both answers are shown to the person, and theirs is not saved until they have chosen.
async fn resolve_conflict(store: DraftStore, number: u32, place: QuestionRef, json: &str) -> Result<(), Failure> {
    let draft = rest::current_draft().await?;
    let other = draft.answers.get(place).map(Answer::fingerprint).unwrap_or_default();
    if other == saved_mark(place) {
        return Ok(());
    }
    forget(number);
    if other == fingerprint_of_json(json) {
        // Another tab was quicker with the same answer.
        QUEUE.with_borrow_mut(|q| q.seen.insert(place, other));
        device_store::mark_saved(store, &place.code(), json);
        store.saving.set(device_store::saved_status(draft.saved.time));
        return Ok(());
    }
    record_saved_answers(&draft.answers);
    if let Some(mine) = json::read::<Answer>(json) {
        store.conflicts.update(|all| {
            all.retain(|(there, _)| *there != place);
            all.push((place, mine.to_fields(place)));
        });
    }
    store.answers.set(with_waiting(&draft.answers, &waiting()));
    Ok(())
}

/// Keeps the answer that another device saved, and drops the person's own answer to the same question.
pub fn keep_other_answer(store: DraftStore, place: QuestionRef) {
    let mine = store
        .conflicts
        .with_untracked(|all| all.iter().find(|(there, _)| *there == place).cloned());
    store.conflicts.update(|all| all.retain(|(there, _)| *there != place));
    if let Some((_, fields)) = mine {
        let answers = store.answers.get_untracked();
        let today = crate::app::client::forms::today(store.today.get_untracked());
        let context = Context { today, answers: &answers };
        if let Ok(checked) = check(place, &fields, &context) {
            device_store::mark_saved(store, &place.code(), &checked.to_json());
        }
    }
    crate::app::client::go(Page::Tasks, false);
}

/// Returns the mark of the answer that the server has, as far as this page knows.
fn saved_mark(place: QuestionRef) -> String {
    QUEUE.with_borrow(|q| q.seen.get(&place).cloned().unwrap_or_default())
}

/// Records which answers the server has. Answers waiting to be saved keep the mark that they were made from.
pub fn record_saved_answers(answers: &Answers) {
    QUEUE.with_borrow_mut(|q| {
        let waiting: Vec<QuestionRef> = q.waiting.iter().map(|(_, place, _)| *place).collect();
        q.seen.retain(|place, _| waiting.contains(place));
        let others = answers.iter().filter(|(place, _)| !waiting.contains(place));
        q.seen.extend(others.map(|(place, answer)| (place, answer.fingerprint())));
    });
}

fn forget(number: u32) {
    QUEUE.with_borrow_mut(|q| q.waiting.retain(|(n, _, _)| *n != number));
}
