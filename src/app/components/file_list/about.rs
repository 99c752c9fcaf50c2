//! The description of a file. The forms that change it are on the file's own page, which is server-only.

use complaint::fields::iso_date;
use contract::FileView;
use text::Language;

/// Returns the lines that describe a file: its caption, what it shows, when it was taken, whether it is a copy.
pub fn said_about(language: Language, file: &FileView) -> Vec<String> {
    let copy = file.original_sha256.as_ref().map(|_| language.say("files.is_copy"));
    [file.caption.clone(), file.shows.clone(), taken(language, file), copy]
        .into_iter()
        .flatten()
        .collect()
}

/// Returns when the photo was taken by the camera's clock. A camera knows no time zone, so the sentence names its clock.
fn taken(language: Language, file: &FileView) -> Option<String> {
    let at = file.taken_at.as_deref()?;
    let (date, time) = (iso_date::parse(at.get(..10)?)?, at.get(11..16)?);
    let values = [("date", language.date(date)), ("time", time.to_owned())];
    Some(language.say_with("files.taken", &values))
}

/// Returns the address of a file's page.
pub fn page_of(file: &str) -> String {
    format!("/about-file/{file}")
}
