//! Pages that take files: optional, several at once.

use leptos::prelude::*;

use super::{Parts, QuestionCx, Words};
use crate::app::components::Heading;
use crate::app::components::errors::{FieldMessage, described_by, group_class};
use crate::app::components::file_list::{FileList, Sending};
use crate::app::components::files_hint::files_hint;
use crate::app::pages::DraftStore;
use crate::app::words::say;
use crate::complaint::view::{FileView, Purpose};

/// What a phone's chooser offers first. What is accepted is decided by content, on the server.
const ACCEPT: &str =
    "image/*,video/*,audio/*,application/pdf,text/plain,.doc,.docx,.odt,.rtf,.xlsx,.csv,.eml,.msg,.heic,.heif,.amr,.opus,.3gp";

pub fn parts(cx: &QuestionCx, words: Words, title: String, purpose: Purpose) -> Parts {
    let errors = cx.errors;
    let store = cx.store;
    let place = cx.place;
    let remove = Callback::new(move |(event, id): (leptos::ev::SubmitEvent, String)| remove_file(&event, &id, store));
    let all = store.files;
    let files: Signal<Vec<FileView>> =
        Signal::derive(move || all.with(|files| files.iter().filter(|f| f.purpose == purpose).cloned().collect()));
    let before = view! {
        <Heading text=title.clone()/>
        <p class="govuk-body">{words.get("why")}</p>
        <FileList files remove page=place.path()/>
        <Sending uploads=store.uploads/>
    };
    let described = described_by(errors, "files", true);
    let fields = view! {
        <div class=group_class(errors, "files")>
            <label class="govuk-label govuk-label--m" for="files">{say("files.add")}</label>
            <div id="files-hint" class="govuk-hint">{files_hint()}</div>
            <FieldMessage errors name="files"/>
            <input
                class="govuk-file-upload"
                id="files"
                name="files"
                type="file"
                multiple=true
                accept=ACCEPT
                aria-describedby=described
                on:change=move |event| files_chosen(&event, store, purpose)
            />
        </div>
        <UploadButton/>
    };
    Parts {
        title,
        before: before.into_any(),
        fields: fields.into_any(),
    }
}

/// "Upload files", for a page that is not alive. Where it is, choosing files sends them.
#[component]
fn UploadButton() -> impl IntoView {
    let alive = RwSignal::new(false);
    Effect::new(move || alive.set(true));
    let label = StoredValue::new(say("files.upload"));
    let button = move || {
        (!alive.get()).then(|| {
            view! {
                <button type="submit" class="govuk-button govuk-button--secondary" name="action" value="upload">{label.get_value()}</button>
            }
        })
    };
    button.into_any()
}

#[cfg_attr(not(feature = "hydrate"), expect(unused_variables, reason = "the browser's business"))]
fn files_chosen(event: &leptos::ev::Event, store: DraftStore, purpose: Purpose) {
    #[cfg(feature = "hydrate")]
    crate::app::browser::uploads::chosen(event, store, purpose);
}

#[cfg_attr(not(feature = "hydrate"), expect(unused_variables, reason = "the browser's business"))]
fn remove_file(event: &leptos::ev::SubmitEvent, id: &str, store: DraftStore) {
    #[cfg(feature = "hydrate")]
    crate::app::browser::uploads::remove(event, id, store);
}
