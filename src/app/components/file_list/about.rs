//! What is known and said about a file. The forms that change it are on the file's own page, which is the server's.

use crate::complaint::fields::iso_date;
use crate::complaint::view::FileView;
use crate::text::Language;

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

/// The page of one file.
#[must_use]
pub fn page_of(file: &str) -> String {
    format!("/about-file/{file}")
}
