//! The files of a case.

use leptos::prelude::*;

use crate::app::components::file_list::{refusal, said_about, size};
use crate::app::components::preview::preview;
use crate::app::words::{language, say, say_with};
use contract::{CaseView, FileState, FileView};

/// The files of the case: the state of each, and a link to open it if it may be opened.
pub(super) fn files(case: &CaseView) -> impl IntoView + use<> {
    let list: Vec<AnyView> = case.files.iter().map(file).collect();
    (!list.is_empty()).then(|| {
        view! { <ul class="or-file-list" aria-label=say("case.files")>{list}</ul> }
    })
}

fn file(file: &FileView) -> AnyView {
    let language = language();
    let about = [
        ("size", size(language, file.bytes)),
        ("date", language.date(file.received.date)),
        ("time", file.received.time.clone()),
    ];
    let refused = refusal(file).map(|text| {
        view! { <p class="govuk-error-message or-file-list__problem">{text}</p> }
    });
    let (state, open) = (state(file), open(file));
    view! {
        <li class="or-file-list__item">
            <span class="or-file-list__name">{file.filename.clone()}</span>
            <span class="or-file-list__about">{say_with("case.file_about", &about)}</span>
            {preview(file)}
            <p class="or-file-list__said or-user-text">{said_about(language, file).join("\n")}</p>
            {refused}
            <span class="or-file-list__about">{state}</span>
            {open}
        </li>
    }
    .into_any()
}

/// The files of a timeline entry, each with its state and a link to open it.
pub(super) fn of_entry(files: &[FileView]) -> Option<AnyView> {
    let one = |file: &FileView| {
        view! {
            <li class="or-file-list__item">
                <span class="or-file-list__name">{file.filename.clone()}</span>
                <span class="or-file-list__about">{state(file)}</span>
                {open(file)}
            </li>
        }
        .into_any()
    };
    let list: Vec<AnyView> = files.iter().map(one).collect();
    (!list.is_empty()).then(|| view! { <ul class="or-file-list" aria-label=say("timeline.files")>{list}</ul> }.into_any())
}

/// Returns the state of a file in words.
fn state(file: &FileView) -> String {
    if file.held {
        say("files.state.held")
    } else if file.readable && !file.scanned {
        say("files.state.unscanned")
    } else {
        match file.state {
            FileState::Receiving | FileState::Scanning => say("files.state.scanning"),
            FileState::Clean => say("files.state.clean"),
            FileState::Refused => say("files.state.refused"),
        }
    }
}

/// The link that opens the file, if it may be opened.
fn open(file: &FileView) -> Option<AnyView> {
    file.readable.then(|| {
        let text = say_with("case.file_open", &[("name", file.filename.as_str())]);
        let address = format!("/api/v1/uploads/{}/content", file.id);
        view! { <span class="or-file-list__about"><a class="govuk-link" href=address rel="external" download>{text}</a></span> }.into_any()
    })
}
