//! The preview of a picture, in a list of files or on the file's page. Server-only.

use leptos::prelude::*;

use crate::app::words::say_with;
use contract::FileView;

/// Returns the preview of a picture that has one. Its alternative text is the sender's description, if any.
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
