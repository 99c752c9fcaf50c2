//! The settings and assets that the pages need besides the services.

use std::sync::Arc;

use crate::app::portal::{Organisation, ShellData};
use text::Language;

/// The settings and assets of the pages.
#[derive(Clone, Debug)]
pub struct Site {
    /// The document around every page, except what differs between pages: see [`Site::shell_in`].
    pub shell: ShellData,
    /// The parts that differ by language, for each language that is offered.
    pub files: Vec<LanguageFiles>,
    pub organisation: Organisation,
    /// The largest request with files, in bytes.
    pub request_bytes: u64,
}

/// The files that browsers download for the pages of one language.
#[derive(Clone, Debug)]
pub struct LanguageFiles {
    pub language: Language,
    /// The address of the sentences for the browser.
    pub text: Arc<str>,
    /// The address of the sentences for the pages of sign-in and of cases.
    pub portal_text: Arc<str>,
    /// The address of the script that sends files.
    pub uploads: Arc<str>,
    /// The address of the style sheet: the mirrored one for a right-to-left language.
    pub main_css: Arc<str>,
    /// The inline styles of a first page, mirrored likewise.
    pub first_css: Arc<str>,
}

impl Site {
    /// Returns the document data for a language. On a first visit the styles are inline.
    pub fn shell_in(&self, language: Language, first_visit: bool) -> ShellData {
        let files = self.files.iter().find(|files| files.language == language);
        let Some(files) = files.or(self.files.first()) else {
            return self.shell.clone();
        };
        ShellData {
            main_css: Arc::clone(&files.main_css),
            inline_css: first_visit.then(|| Arc::clone(&files.first_css)),
            text: Arc::clone(&files.text),
            portal_text: Arc::clone(&files.portal_text),
            uploads: Arc::clone(&files.uploads),
            ..self.shell.clone()
        }
    }
}
