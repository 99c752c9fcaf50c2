//! Files that are sent with a case action.

use leptos::prelude::*;

use crate::app::components::errors::{FieldMessage, described_by, group_class};
use crate::app::components::files_hint::files_hint;
use crate::app::pages::case_action::{DISCARDED_FILE, Form};
use crate::app::words::say;
use complaint::Fields;
use complaint::case::actions::CaseActionKind;
use complaint::case::actions::FILE_FIELD;
use contract::{FileState, FileView};

/// The file field, with the files that are stored already: they need not be chosen again.
pub(crate) fn files(kind: CaseActionKind, form: &Form<'_>) -> AnyView {
    let errors = form.errors;
    let label = if kind == CaseActionKind::Files {
        "case_actions.files.files"
    } else {
        "case_actions.with_files.files"
    };
    view! {
        {taken(form)}
        {dropped(form.typed)}
        <div class=group_class(errors, "files")>
            <label class="govuk-label govuk-label--m" for="files">{say(label)}</label>
            <div id="files-hint" class="govuk-hint">{files_hint()}</div>
            <FieldMessage errors name="files"/>
            <input class="govuk-file-upload" type="file" id="files" name="files" multiple=true aria-describedby=described_by(errors, "files", true)/>
        </div>
    }
    .into_any()
}

/// The form's files that are on the case and were not refused. The hidden fields contain only ids, which the server checks again.
fn taken(form: &Form<'_>) -> Option<AnyView> {
    let known = |file: &&FileView| file.state != FileState::Refused && form.typed.all(FILE_FIELD).any(|id| id == file.id);
    let here: Vec<AnyView> = form
        .case
        .files
        .iter()
        .filter(known)
        .map(|file| {
            view! {
                <li class="or-user-text">
                    {file.filename.clone()}
                    <input type="hidden" name=FILE_FIELD value=file.id.clone()/>
                </li>
            }
            .into_any()
        })
        .collect();
    (!here.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-s">{say("case_actions.with_files.here")}</h2>
            <p class="govuk-body">{say("case_actions.with_files.here_text")}</p>
            <ul class="govuk-list govuk-list--bullet" id="files-here">{here}</ul>
        }
        .into_any()
    })
}

/// The files that have to be chosen again.
pub(crate) fn dropped(typed: &Fields) -> Option<AnyView> {
    let names: Vec<AnyView> = typed
        .all(DISCARDED_FILE)
        .map(|name| view! { <li class="or-user-text">{name.to_owned()}</li> }.into_any())
        .collect();
    (!names.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-s">{say("case_actions.with_files.dropped")}</h2>
            <p class="govuk-body">{say("case_actions.with_files.dropped_text")}</p>
            <ul class="govuk-list govuk-list--bullet">{names}</ul>
        }
        .into_any()
    })
}
