//! Changes to a complete file: its description, replacement by a copy, and its preview.

use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect, entity::prelude::*};
use uuid::Uuid;

use crate::uploads::{ActiveModel, Column, Entity, Model, Preview, PreviewState, State};
use crate::{RecordError, store::Write};

/// Stores the caption and description that the sender gave a file. Returns false if there is no such complete file.
pub async fn describe(write: &Write, id: Uuid, caption: Option<String>, shows: Option<String>) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        caption: Set(caption),
        shows: Set(shows),
        ..Default::default()
    };
    update(write, id, changed).await
}

/// Replaces a file by a copy: its storage key, size and hash, and the original's hash. Caption and description stay.
///
/// Returns false if there is no such complete file.
pub async fn replace_with_copy(write: &Write, copy: &Model) -> Result<bool, RecordError> {
    let changed = ActiveModel {
        bytes: Set(copy.bytes),
        sha256: Set(copy.sha256.clone()),
        state: Set(State::Scanning),
        reason: Set(None),
        storage_key: Set(copy.storage_key.clone()),
        taken_at: Set(copy.taken_at.clone()),
        has_place: Set(copy.has_place),
        original_sha256: Set(copy.original_sha256.clone()),
        preview_state: Set(None),
        preview_key: Set(None),
        preview_sha256: Set(None),
        preview_bytes: Set(None),
        suspicion: Set(None),
        ..Default::default()
    };
    update(write, copy.id, changed).await
}

/// Lists files in these states and of these media types for which no preview was tried yet, oldest first.
pub async fn without_preview(
    db: &impl ConnectionTrait,
    states: &[State],
    media_types: &[&str],
    limit: u64,
) -> Result<Vec<Model>, RecordError> {
    let files = Entity::find()
        .filter(Column::State.is_in(states.iter().copied()))
        .filter(Column::PreviewState.is_null())
        .filter(Column::MediaType.is_in(media_types.iter().copied()));
    Ok(files.order_by_asc(Column::Id).limit(limit).all(db).await?)
}

/// Stores the outcome of making a preview from the bytes at `of.storage_key`.
///
/// Returns false if the file is gone or its bytes were replaced meanwhile.
pub async fn note_preview(write: &Write, of: &Model, state: PreviewState, made: Option<Preview>) -> Result<bool, RecordError> {
    let bytes = made.as_ref().map(|made| i64::try_from(made.bytes).unwrap_or(i64::MAX));
    let (key, sha256) = made.map(|made| (made.storage_key, made.sha256)).unzip();
    let changed = ActiveModel {
        preview_state: Set(Some(state)),
        preview_key: Set(key),
        preview_sha256: Set(sha256),
        preview_bytes: Set(bytes),
        ..Default::default()
    };
    let same = Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(of.id))
        .filter(Column::StorageKey.eq(of.storage_key.as_str()))
        .filter(Column::State.is_in([State::Clean, State::Scanning]));
    Ok(same.exec(&write.tx()).await?.rows_affected > 0)
}

async fn update(write: &Write, id: Uuid, changed: ActiveModel) -> Result<bool, RecordError> {
    let here = Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(id))
        .filter(Column::State.ne(State::Receiving));
    Ok(here.exec(&write.tx()).await?.rows_affected > 0)
}
