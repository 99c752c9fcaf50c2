//! The contents of a case outside its event rows: answers, reference, files and access codes.
//!
//! Each is an [`Item`] that an event binds with a commitment.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::{
    RecordError,
    cases::Model as Case,
    commitments::Item,
    people::{self, Model as Person},
    uploads::{self, Model as Upload, Owner},
};

/// The name of the item that holds a case's answers as they were sent.
pub const ANSWERS: &str = "answers";

/// Returns every item that a case contains now. Files still being uploaded are left out: the event of their arrival
/// binds them.
pub async fn list_items(db: &impl ConnectionTrait, case: &Case) -> Result<Vec<Item>, RecordError> {
    let mut items = vec![
        Item::new(ANSWERS, case.answers.as_str()),
        Item::new("reference", case.reference.as_str()),
    ];
    items.extend(uploads::list(db, Owner::Case(case.id)).await?.iter().map(file));
    items.extend(people::list(db, case.id).await?.iter().filter_map(access_code));
    Ok(items)
}

/// Returns the item of a file: what its sender entered about it and what the server found in it.
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
    // Cannot fail: strings and numbers always serialise.
    let text = serde_json::to_string(&told).unwrap_or_default();
    Item::new(format!("file/{}", upload.id), text)
}

/// Returns the item of a person's access code, if the person has one. The item's text is the code's hash.
pub fn access_code(person: &Person) -> Option<Item> {
    let hash = person.access_code_hash.as_deref()?;
    Some(Item::new(format!("access_code/{}", person.number), hash))
}
