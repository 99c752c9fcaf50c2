//! The page of a file: its caption and description, and a copy without location metadata. Server-only.

use leptos::prelude::*;

use super::{NotFoundPage, UnavailablePage, posted};
use crate::app::address::address;
use crate::app::components::file_list::{page_of, said_about, size};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::preview::preview;
use crate::app::components::{ErrorSummary, Errors, TextInput, Textarea, TroubleNotice};
use crate::app::page_response::redirect;
use crate::app::portal::{PageData, RejectedForm};
use crate::app::words::{language, say};
use complaint::questionnaire::file_description::{CAPTION, SHOWS};
use complaint::questionnaire::question::Body;
use complaint::questionnaire::question::Purpose;
use complaint::{Page, questionnaire::questions};
use contract::FileView;

/// The id of the button that creates the copy.
pub const WITHOUT_PLACE: &str = "without-place";

/// Returns the address of the page that lists the files of a purpose.
pub fn list_of(purpose: Purpose) -> String {
    let of = |body: &Body| matches!(body, Body::Files(listed) if *listed == purpose);
    let question = questions::all().find(|question| of(&question.body));
    question.map_or_else(|| Page::Tasks.path(), |question| question.step.path())
}

/// The page of a file of an unsent complaint.
#[component]
pub fn AboutFilePage() -> impl IntoView {
    match PageData::take_draft() {
        Err(_) => view! { <UnavailablePage/> }.into_any(),
        Ok(Some(draft)) if draft.sent.is_some() => redirect(&Page::Sent.path()),
        Ok(draft) => {
            let (address, mut files) = (address(), draft.into_iter().flat_map(|draft| draft.files));
            match files.find(|file| file.id == address.slug()) {
                Some(file) => shown(file, posted()),
                None => view! { <NotFoundPage/> }.into_any(),
            }
        }
    }
}

fn shown(file: FileView, posted: Option<RejectedForm>) -> AnyView {
    let language = language();
    let title = say("file.heading");
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted.unwrap_or_default();
    // What was typed, or else what is stored.
    let given = |name: &str, stored: &Option<String>| {
        let typed = fields.0.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        typed.or(stored.as_ref()).cloned().unwrap_or_default()
    };
    let (caption, shows) = (given(CAPTION, &file.caption), given(SHOWS, &file.shows));
    let errors = Errors::new(errors);
    let known: Vec<AnyView> = said_about(
        language,
        &FileView {
            // The form's fields show these.
            caption: None,
            shows: None,
            ..file.clone()
        },
    )
    .into_iter()
    .map(|line| view! { <p class="govuk-body">{line}</p> }.into_any())
    .collect();
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=Some(list_of(file.purpose))>
            {trouble.map(|trouble| view! { <TroubleNotice trouble other=String::new()/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            <p class="govuk-body or-user-text">
                <strong>{file.filename.clone()}</strong>", "{size(language, file.bytes)}
            </p>
            {preview(&file)}
            {known}
            <form method="post" action=page_of(&file.id) novalidate=true data-typed=format!("about-file-{}", file.id)>
                <TextInput name=CAPTION label=say("file.caption") value=caption errors autocomplete="off"/>
                <Textarea name=SHOWS label=say("file.shows") value=shows errors rows=4/>
                <button type="submit" class="govuk-button">{say("file.save")}</button>
            </form>
            {file.has_place.then(|| place(&file))}
        </Main>
    }
    .into_any()
}

/// Explains what it means that a file contains its location, and the choice there is.
fn place(file: &FileView) -> AnyView {
    let choice = if file.media_type.starts_with("image/") {
        view! {
            <p class="govuk-body">{say("file.choice")}</p>
            <form method="post" action=format!("{}/without-place", page_of(&file.id))>
                <button id=WITHOUT_PLACE type="submit" class="govuk-button govuk-button--secondary">{say("file.without_place")}</button>
            </form>
        }
        .into_any()
    } else {
        view! { <p class="govuk-body">{say("file.film")}</p> }.into_any()
    };
    view! {
        <h2 class="govuk-heading-m">{say("file.place")}</h2>
        <p class="govuk-body">{say("file.keep")}</p>
        {choice}
    }
    .into_any()
}
