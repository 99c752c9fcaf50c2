//! Which files may be sent and how large they may be, shown before any is chosen.

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

/// Returns the sentence with the configured limits.
#[cfg(feature = "ssr")]
pub fn files_hint() -> String {
    let FileSizes { file, recording } = use_context().unwrap_or_default();
    let language = language();
    say_with(
        "files.hint",
        &[("file", size(language, file)), ("recording", size(language, recording))],
    )
}

/// Returns the sentence from the served page, which `client/loader.js` adds to the downloaded sentences.
#[cfg(not(feature = "ssr"))]
pub fn files_hint() -> String {
    // The server has filled in its placeholders.
    const FILLED: &str = "files.hint";
    say(FILLED)
}
