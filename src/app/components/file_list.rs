//! The list of files that the person has added.

use leptos::prelude::*;

mod about;

use crate::app::words::{language, say};
use contract::FileView;
use text::Language;

pub use about::{page_of, said_about};

/// Formats a size for people: `2.4 MB`, `310 KB`.
pub fn size(language: Language, bytes: u64) -> String {
    // Powers of 1000, as phones count and as the limits are given, so that "up to 25 MB" is the same 25 MB everywhere.
    const KB: u64 = 1000;
    const MB: u64 = 1000 * KB;
    if bytes >= MB {
        let tenths = bytes.saturating_mul(10) / MB;
        let number = if tenths.is_multiple_of(10) {
            (tenths / 10).to_string()
        } else {
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        language.say_with("files.megabytes", &[("number", number)])
    } else {
        language.say_with("files.kilobytes", &[("number", bytes.div_ceil(KB).to_string())])
    }
}

/// Uploaded files, each with a Remove button.
#[component]
pub fn FileList(
    files: Signal<Vec<FileView>>,
    /// Called with a file's id in place of posting the form, on a hydrated page.
    remove: Callback<(leptos::ev::SubmitEvent, String)>,
    /// The address of the page that lists them.
    page: String,
) -> impl IntoView {
    let language = language();
    let label = say("files.yours");
    let (more, has_place) = (StoredValue::new(say("files.more")), StoredValue::new(say("files.has_place")));
    let remove_word = StoredValue::new(say("files.remove"));
    let action = format!("{page}/remove");
    let item = move |file: FileView| {
        let id = file.id.clone();
        let action = action.clone();
        // The description, and the note that the file contains its location: one text, which keeps the Wasm small.
        let mut said = said_about(language, &file);
        said.extend(file.has_place.then(|| has_place.get_value()));
        view! {
            <li class="or-file-list__item" id=format!("file-{}", file.id)>
                <span class="or-file-list__name">{file.filename.clone()}</span>
                <span class="or-file-list__about">{size(language, file.bytes)}</span>
                {refused(&file)}
                <p class="or-file-list__said or-user-text">{said.join("\n")}</p>
                <a class="govuk-link or-file-list__more" rel="external" href=page_of(&file.id)>
                    {more.get_value()}" "<span class="govuk-visually-hidden">{file.filename.clone()}</span>
                </a>
                <form method="post" action=action class="or-file-list__remove" on:submit=move |ev| remove.run((ev, id.clone()))>
                    <input type="hidden" name="id" value=file.id.clone()/>
                    <button class="or-file-list__button" type="submit">
                        {remove_word.get_value()}" "<span class="govuk-visually-hidden">{file.filename}</span>
                    </button>
                </form>
            </li>
        }
    };
    view! {
        {move || {
            let files = files.get();
            (!files.is_empty())
                .then(|| {
                    view! {
                        <h2 class="govuk-heading-m">{label.clone()}</h2>
                        <ul class="or-file-list" aria-label=label.clone()>{files.into_iter().map(&item).collect_view()}</ul>
                    }
                })
        }}
    }
    .into_any()
}

/// Explains why a file was refused after its upload, and what to do about it.
fn refused(file: &FileView) -> Option<AnyView> {
    let why = refusal(file)?;
    Some(
        view! {
            <p class="govuk-error-message or-file-list__problem">{why}</p>
            <span class="or-file-list__about">{say("files.refused_help")}</span>
        }
        .into_any(),
    )
}

/// Returns why a file was refused, in words.
pub fn refusal(file: &FileView) -> Option<String> {
    let reason = file.reason.as_deref()?;
    Some(say(&format!("files.refused.{reason}")))
}

/// Returns the number of files in words.
pub fn count(number: usize) -> String {
    match number {
        0 => say("files.none"),
        n => language().say_count("files.count", n as u64),
    }
}
