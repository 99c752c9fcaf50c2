//! The files a person has added.

use leptos::prelude::*;

use crate::app::words::{language, say, say_with};
use crate::complaint::view::FileView;
use crate::text::Language;

/// A size a person can picture: `2.4 MB`, `310 KB`.
#[must_use]
pub fn size(language: Language, bytes: u64) -> String {
    const MB: u64 = 1024 * 1024;
    if bytes >= MB {
        let tenths = bytes.saturating_mul(10) / MB;
        let number = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
        language.say_with("files.megabytes", &[("number", number)])
    } else {
        language.say_with("files.kilobytes", &[("number", bytes.div_ceil(1024).to_string())])
    }
}

/// Files that are with us, each with a button that takes it away.
#[component]
pub fn FileList(
    files: Signal<Vec<FileView>>,
    /// Called with a file's id instead of posting the form, when the page is alive.
    remove: Callback<(leptos::ev::SubmitEvent, String)>,
) -> impl IntoView {
    let language = language();
    let label = say("files.yours");
    let heading = say("files.yours");
    let remove_word = StoredValue::new(say("files.remove"));
    let item = move |file: FileView| {
        let id = file.id.clone();
        view! {
            <li class="or-file-list__item">
                <span class="or-file-list__name">{file.filename.clone()}</span>
                <span class="or-file-list__about">{size(language, file.bytes)}</span>
                <form method="post" action="/complaint/evidence/remove" class="or-file-list__remove" on:submit=move |ev| remove.run((ev, id.clone()))>
                    <input type="hidden" name="id" value=file.id.clone()/>
                    <button class="or-file-list__button" type="submit">
                        {remove_word.get_value()}" "<span class="govuk-visually-hidden">{file.filename}</span>
                    </button>
                </form>
            </li>
        }
    };
    view! {
        <Show when=move || !files.with(Vec::is_empty)>
            <h2 class="govuk-heading-m">{heading.clone()}</h2>
            <ul class="or-file-list" aria-label=label.clone()>
                <For each=move || files.get() key=|file| file.id.clone() children=item/>
            </ul>
        </Show>
    }
}

/// How many files, in words.
#[must_use]
pub fn count(number: usize) -> String {
    match number {
        0 => say("files.none"),
        1 => say("files.one"),
        n => say_with("files.many", &[("number", n.to_string())]),
    }
}
