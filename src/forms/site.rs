//! What the pages need besides the services.

use std::sync::Arc;

use crate::app::portal::{Organisation, ShellData};
use crate::text::Language;

/// What the pages need besides the services.
#[derive(Clone, Debug)]
pub struct Site {
    /// What stands around every page, but for what differs from page to page: see [`Site::shell_in`].
    pub shell: ShellData,
    /// What differs by language; each that is offered is there.
    pub files: Vec<LanguageFiles>,
    pub organisation: Organisation,
    /// Largest request that brings files, in bytes.
    pub request_bytes: u64,
}

/// What browsers download for the pages of one language.
#[derive(Clone, Debug)]
pub struct LanguageFiles {
    pub language: Language,
    /// The address of the sentences for the browser.
    pub text: Arc<str>,
    /// The address of the script that sends files.
    pub uploads: Arc<str>,
    /// The address of the style sheet: the mirrored one for a language from right to left.
    pub main_css: Arc<str>,
    /// The styles of a first page, likewise.
    pub first_css: Arc<str>,
}

impl Site {
    /// What stands around a page in a language. A first visit finds its styles inside the page.
    #[must_use]
    pub fn shell_in(&self, language: Language, first_visit: bool) -> ShellData {
        let files = self.files.iter().find(|files| files.language == language);
        let Some(files) = files.or(self.files.first()) else {
            return self.shell.clone();
        };
        ShellData {
            main_css: Arc::clone(&files.main_css),
            inline_css: first_visit.then(|| Arc::clone(&files.first_css)),
            text: Arc::clone(&files.text),
            uploads: Arc::clone(&files.uploads),
            ..self.shell.clone()
        }
    }
}
