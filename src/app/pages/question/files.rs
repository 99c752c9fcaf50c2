//! Pages that take files: optional, several at once. Without JavaScript the files are posted with the form. `public/uploads.js` sends
//! them as they are chosen, shows them in `#uploads`, and hides the button.

use leptos::prelude::*;

use super::{Parts, QuestionCx, QuestionSentences};
use crate::app::components::Heading;
use crate::app::components::errors::{FieldMessage, described_by, group_class};
use crate::app::components::file_list::FileList;
use crate::app::components::files_hint::files_hint;
use crate::app::draft_store::DraftStore;
use crate::app::words::say;
use complaint::fields::form::Choice;
use complaint::questionnaire::question::Purpose;
use contract::FileView;

/// The file types that a phone's chooser offers first. The server decides by content what it accepts.
const ACCEPT: &str =
    "image/*,video/*,audio/*,application/pdf,text/plain,.doc,.docx,.odt,.rtf,.xlsx,.csv,.eml,.msg,.heic,.heif,.amr,.opus,.3gp";

pub fn parts(cx: &QuestionCx, words: QuestionSentences, title: String, purpose: Purpose) -> Parts {
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
        <div id="uploads" data-purpose=purpose.code()></div>
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
            />
        </div>
        <button type="submit" class="govuk-button govuk-button--secondary or-upload" name="action" value="upload">{say("files.upload")}</button>
    };
    Parts {
        title,
        before: before.into_any(),
        fields: fields.into_any(),
    }
}

#[cfg_attr(
    not(all(feature = "hydrate", feature = "form")),
    expect(unused_variables, reason = "only the browser uses the arguments")
)]
fn remove_file(event: &leptos::ev::SubmitEvent, id: &str, store: DraftStore) {
    #[cfg(all(feature = "hydrate", feature = "form"))]
    crate::app::client::files::remove(event, id, store);
}
