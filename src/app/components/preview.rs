//! What a picture shows, in a list of files or on the page about it. Drawn by the server only.

use leptos::prelude::*;

use crate::app::words::say_with;
use crate::complaint::view::FileView;

/// The preview of a picture that has one; nothing for all other files. What its sender said of it stands for it where it
/// cannot be seen.
#[must_use]
pub fn preview(file: &FileView) -> Option<AnyView> {
    file.has_preview.then(|| {
        let said = file.shows.as_ref().or(file.caption.as_ref());
        let alt = said.map_or_else(
            || say_with("file.preview_of", &[("name", file.filename.as_str())]),
            |said| said.split_whitespace().collect::<Vec<_>>().join(" "),
        );
        let address = format!("/api/v1/uploads/{}/preview", file.id);
        view! { <img class="or-preview" src=address alt=alt loading="lazy"/> }.into_any()
    })
}
