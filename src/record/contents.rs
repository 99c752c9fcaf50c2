//! The contents of a case beside its events: answers, reference, files, access codes. Each is an [`Item`] that an event binds.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::{
    RecordError,
    cases::Model as Case,
    commitments::Item,
    people::{self, Model as Person},
    uploads::{self, Model as Upload, Owner},
};

/// The item of a case's answers as they were sent.
pub const ANSWERS: &str = "answers";

/// Every item that a case holds now. Files that are still arriving are not among them: the event of their arrival binds them.
pub async fn all(db: &impl ConnectionTrait, case: &Case) -> Result<Vec<Item>, RecordError> {
    let mut items = vec![
        Item::new(ANSWERS, case.answers.as_str()),
        Item::new("reference", case.reference.as_str()),
    ];
    items.extend(uploads::list(db, Owner::Case(case.id)).await?.iter().map(file));
    items.extend(people::list(db, case.id).await?.iter().filter_map(access_code));
    Ok(items)
}

/// The item of a file: everything that was told about it or found in it when it came.
pub fn file(upload: &Upload) -> Item {
    #[derive(Serialize)]
    struct Told<'a> {
        purpose: &'a str,
        filename: &'a str,
        media_type: &'a str,
        bytes: i64,
        sha256: Option<&'a str>,
        original_sha256: Option<&'a str>,
        received_at: String,
        taken_at: Option<&'a str>,
        has_place: bool,
        caption: Option<&'a str>,
        shows: Option<&'a str>,
    }
    let told = Told {
        purpose: &upload.purpose,
        filename: &upload.filename,
        media_type: &upload.media_type,
        bytes: upload.bytes,
        sha256: upload.sha256.as_deref(),
        original_sha256: upload.original_sha256.as_deref(),
        received_at: upload.received_at.rfc3339(),
        taken_at: upload.taken_at.as_deref(),
        has_place: upload.has_place,
        caption: upload.caption.as_deref(),
        shows: upload.shows.as_deref(),
    };
    // Strings and numbers always serialise.
    let text = serde_json::to_string(&told).unwrap_or_default();
    Item::new(format!("file/{}", upload.id), text)
}

/// The item of a person's access code, when that person has one: its hash decides who gets in.
pub fn access_code(person: &Person) -> Option<Item> {
    let hash = person.access_code_hash.as_deref()?;
    Some(Item::new(format!("access_code/{}", person.number), hash))
}
