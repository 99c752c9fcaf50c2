//! Photos and papers: optional, several at once.

use leptos::prelude::*;

use super::{Parts, StepCx};
use crate::app::components::Heading;
use crate::app::components::errors::{FieldMessage, described_by, group_class};
use crate::app::components::file_list::{FileList, Sending};
use crate::app::words::say;
use crate::complaint::view::FileView;

/// What a phone's chooser offers first. What is accepted is decided by content, on the server.
const ACCEPT: &str = "image/*,application/pdf,text/plain,.doc,.docx,.odt,.rtf,.heic,.heif";

pub fn parts(cx: &StepCx) -> Parts {
    let title = say("steps.evidence.heading");
    let errors = cx.errors;
    let store = cx.store;
    let remove = Callback::new(move |(event, id): (leptos::ev::SubmitEvent, String)| remove_file(&event, &id, store));
    let files: Signal<Vec<FileView>> = store.files.into();
    let before = view! {
        <Heading text=title.clone()/>
        <p class="govuk-body">{say("steps.evidence.optional")}</p>
        <FileList files remove/>
        <Sending uploads=store.uploads/>
    };
    let described = described_by(errors, "files", true);
    let fields = view! {
        <div class=group_class(errors, "files")>
            <label class="govuk-label govuk-label--m" for="files">{say("steps.evidence.label")}</label>
            <div id="files-hint" class="govuk-hint">{say("steps.evidence.hint")}</div>
            <FieldMessage errors name="files"/>
            <input
                class="govuk-file-upload"
                id="files"
                name="files"
                type="file"
                multiple=true
                accept=ACCEPT
                aria-describedby=described
                on:change=move |event| files_chosen(&event, store)
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
    let label = StoredValue::new(say("steps.evidence.upload"));
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
fn files_chosen(event: &leptos::ev::Event, store: super::DraftStore) {
    #[cfg(feature = "hydrate")]
    crate::app::browser::uploads::chosen(event, store);
}

#[cfg_attr(not(feature = "hydrate"), expect(unused_variables, reason = "the browser's business"))]
fn remove_file(event: &leptos::ev::SubmitEvent, id: &str, store: super::DraftStore) {
    #[cfg(feature = "hydrate")]
    crate::app::browser::uploads::remove(event, id, store);
}
