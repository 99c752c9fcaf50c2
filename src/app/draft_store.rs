//! The draft in memory, and the names that its forms and the browser's code share.

use leptos::prelude::*;

use crate::app::client_state::ClientState;
use complaint::{Answers, Fields, QuestionRef};
use contract::{DraftView, FileView};

/// The id of a question's form.
pub const FORM_ID: &str = "question";

/// The `action` of the button that keeps another device's answer.
pub const THEIRS: &str = "theirs";

/// The `action` of the buttons that leave a question's page for the task list, or to come back later. They save what is on the page.
pub const TO_TASKS: &str = "tasks";
pub const TO_LATER: &str = "later";

/// The hidden field with the mark of the answer that the page was made from.
pub const SEEN: &str = "seen";

/// The prefix of the posted value if the chosen landlord has no number. The landlord's name follows.
pub const LANDLORD_BY_NAME: &str = "name:";

/// How far the answers are saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Saving {
    /// Nothing to report: the page came from the server.
    #[default]
    Idle,
    /// An answer is being saved.
    Saving,
    /// The complaint is being sent.
    Sending,
    /// Saved on the server at this time of day in England; `here` if also stored on this device.
    Saved { time: String, here: bool },
    /// Not saved on the server yet, and retried; `here` if stored on this device.
    Waiting { here: bool },
}

/// The person's draft in memory, kept from page to page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct DraftStore {
    /// The draft's id; `None` until the server has created one.
    pub id: RwSignal<Option<String>>,
    pub answers: RwSignal<Answers>,
    pub files: RwSignal<Vec<FileView>>,
    /// Today in Europe/London, as the server reported it; `None` before the first draft.
    pub today: RwSignal<Option<time::Date>>,
    /// The reference, once the complaint is sent.
    pub sent: RwSignal<Option<String>>,
    pub saving: RwSignal<Saving>,
    /// Answers of this page that were not saved because another device had saved a different one: the typed fields, by question.
    pub conflicts: RwSignal<Vec<(QuestionRef, Fields)>>,
    pub device: ClientState,
}

impl DraftStore {
    pub(crate) fn new(draft: Option<DraftView>) -> Self {
        let store = Self {
            id: RwSignal::new(None),
            answers: RwSignal::new(Answers::default()),
            files: RwSignal::new(Vec::new()),
            today: RwSignal::new(None),
            sent: RwSignal::new(None),
            saving: RwSignal::new(Saving::Idle),
            conflicts: RwSignal::new(Vec::new()),
            device: ClientState::new(),
        };
        if let Some(draft) = draft {
            store.id.set(Some(draft.id));
            store.answers.set(draft.answers);
            store.files.set(draft.files);
            store.today.set(Some(draft.today));
            store.sent.set(draft.sent);
        }
        store
    }

    /// Whether there is a draft to continue.
    pub(crate) fn started(self) -> bool {
        self.id.with_untracked(Option::is_some) || self.answers.with_untracked(|a| !a.is_empty())
    }
}
