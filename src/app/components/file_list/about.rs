//! What is known and said about a file, and the forms that change it.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::app::components::errors::{Errors, FieldMessageAt};
use crate::app::components::textarea::SmallTextarea;
use crate::app::words::{language, say, say_with};
use crate::complaint::Fields;
use crate::complaint::description::{CAPTION, SHOWS, field_id};
use crate::complaint::fields::iso_date;
use crate::complaint::view::FileView;
use crate::text::Language;

/// What the forms of files need. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Forms {
    pub errors: Errors,
    /// What was typed, when one of the forms came back.
    pub given: StoredValue<Fields>,
    /// Called with a file's id instead of posting the form, when the page is alive.
    pub describe: Callback<(SubmitEvent, String)>,
    /// The same for the copy without the place.
    pub without_place: Callback<(SubmitEvent, String)>,
}

/// Lines that tell what is known and said about a file: its name for it, what it shows, when it was taken.
#[must_use]
pub fn said_about(language: Language, file: &FileView) -> Vec<String> {
    let copy = file.original_sha256.as_ref().map(|_| language.say("files.is_copy"));
    [file.caption.clone(), file.shows.clone(), taken(language, file), copy]
        .into_iter()
        .flatten()
        .collect()
}

/// When the camera says it was taken. A camera knows no time zone, so the clock is named.
fn taken(language: Language, file: &FileView) -> Option<String> {
    let at = file.taken_at.as_deref()?;
    let (date, time) = (iso_date::parse(at.get(..10)?)?, at.get(11..16)?);
    let values = [("date", language.date(date)), ("time", time.to_owned())];
    Some(language.say_with("files.taken", &values))
}

/// What stands below a file's name.
pub(super) fn about_file(file: &FileView, page: &str, forms: Forms) -> AnyView {
    let lines: Vec<AnyView> = said_about(language(), file)
        .into_iter()
        .map(|line| view! { <p class="or-file-list__said or-user-text">{line}</p> }.into_any())
        .collect();
    view! {
        <div class="or-file-list__more">
            {lines}
            {file.has_place.then(|| place(file, page, forms))}
            {description(file, page, forms)}
        </div>
    }
    .into_any()
}

/// A photo that says where it was taken: that it does, and a way to send one that does not.
fn place(file: &FileView, page: &str, forms: Forms) -> AnyView {
    let id = file.id.clone();
    view! {
        <p class="or-file-list__said">{say("files.has_place")}</p>
        <form
            method="post"
            action=format!("{page}/without-place")
            on:submit=move |event| forms.without_place.run((event, id.clone()))
        >
            <input type="hidden" name="id" value=file.id.clone()/>
            <button class="or-file-list__button" type="submit">
                {say("files.without_place")}<span class="govuk-visually-hidden">": "{file.filename.clone()}</span>
            </button>
        </form>
    }
    .into_any()
}

/// A name for the file, and what it shows.
fn description(file: &FileView, page: &str, forms: Forms) -> AnyView {
    let errors = forms.errors;
    let given = forms.given.with_value(|given| (given.raw("id") == file.id).then(|| given.clone()));
    let is_open = given.is_some();
    let (caption, shows) = match &given {
        Some(given) => (given.raw(CAPTION).to_owned(), given.raw(SHOWS).to_owned()),
        None => (file.caption.clone().unwrap_or_default(), file.shows.clone().unwrap_or_default()),
    };
    let summary = if file.caption.is_none() && file.shows.is_none() {
        "files.describe"
    } else {
        "files.describe_again"
    };
    let (caption_id, id) = (field_id(CAPTION, &file.id), file.id.clone());
    let at = StoredValue::new(caption_id.clone());
    let is_wrong = move || at.with_value(|id| errors.of(id)).is_some();
    view! {
        <details class="govuk-details or-file-list__details" open=is_open>
            <summary class="govuk-details__summary">
                <span class="govuk-details__summary-text">
                    {say(summary)}<span class="govuk-visually-hidden">": "{file.filename.clone()}</span>
                </span>
            </summary>
            <form
                class="govuk-details__text"
                method="post"
                action=format!("{page}/describe")
                novalidate=true
                on:submit=move |event| forms.describe.run((event, id.clone()))
            >
                <input type="hidden" name="id" value=file.id.clone()/>
                <div class=move || if is_wrong() { "govuk-form-group govuk-form-group--error" } else { "govuk-form-group" }>
                    <label class="govuk-label" for=caption_id.clone()>{say("files.caption")}</label>
                    <FieldMessageAt errors id=caption_id.clone()/>
                    <input
                        class=move || if is_wrong() { "govuk-input govuk-input--error" } else { "govuk-input" }
                        id=caption_id
                        name=CAPTION
                        type="text"
                        value=caption
                        autocomplete="off"
                        aria-describedby=move || is_wrong().then(|| at.with_value(|id| format!("{id}-error")))
                    />
                </div>
                <SmallTextarea id=field_id(SHOWS, &file.id) name=SHOWS label=say("files.shows") value=shows errors/>
                <button type="submit" class="govuk-button govuk-button--secondary">
                    {say("files.describe_save")}<span class="govuk-visually-hidden">": "{file.filename.clone()}</span>
                </button>
            </form>
        </details>
    }
    .into_any()
}

/// The lines about several files, for a list of answers: each file's name, then what is said of it.
#[must_use]
pub fn list(language: Language, files: &[&FileView]) -> Vec<String> {
    let line = |file: &&FileView| {
        let said = said_about(language, file);
        let what = file.filename.as_str();
        (!said.is_empty()).then(|| say_with("check.labelled", &[("what", what), ("value", said.join("\n").as_str())]))
    };
    files.iter().filter_map(line).collect()
}
