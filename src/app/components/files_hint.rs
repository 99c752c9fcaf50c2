//! What files may be sent and how large they may be, said before any is chosen.

#[cfg(feature = "ssr")]
use leptos::prelude::use_context;

#[cfg(feature = "ssr")]
use super::file_list::size;
#[cfg(feature = "ssr")]
use crate::app::portal::FileSizes;
#[cfg(not(feature = "ssr"))]
use crate::app::words::say;
#[cfg(feature = "ssr")]
use crate::app::words::{language, say_with};

/// The sentence with the limits as they are set.
#[cfg(feature = "ssr")]
#[must_use]
pub fn files_hint() -> String {
    let FileSizes { file, recording } = use_context().unwrap_or_default();
    let language = language();
    say_with(
        "files.hint",
        &[("file", size(language, file)), ("recording", size(language, recording))],
    )
}

/// The sentence as the server said it in this page, which it put among those that were fetched: see `browser/loader.js`.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn files_hint() -> String {
    // Its placeholders are filled already.
    const FILLED: &str = "files.hint";
    say(FILLED)
}
