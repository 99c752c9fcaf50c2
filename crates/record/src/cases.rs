//! Cases: complaints that residents have sent.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::LockType};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

/// A case. `status`, `due` and `updated_at` are a projection of its events, stored to make lists fast.
///
/// The events are authoritative: [`crate::verification`] compares the projection with them.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The reference in its canonical spelling, as people read it out.
    pub reference: String,
    /// The draft that became this case. Unique, so a complaint that is sent twice becomes one case.
    pub draft_id: Uuid,
    pub submitted_at: Instant,
    /// The answers exactly as they were sent, as JSON text.
    pub answers: String,
    /// Projection: the status code.
    pub status: String,
    /// Projection: the date that belongs to the status, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Projection: the time of the newest event.
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The case state that the events determine: its status and the date of the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    pub status: String,
    /// The date that belongs to the status, `YYYY-MM-DD`.
    pub due: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only cases with this status.
    pub status: Option<String>,
    /// Only cases with an event at or after this moment.
    pub updated_since: Option<Instant>,
}

/// The last row of the previous page. Cases are listed by `(updated_at, id)`.
pub type Cursor = (Instant, Uuid);

pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Finds the case with this reference, which must be in canonical spelling.
pub async fn find_by_reference(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find().filter(Column::Reference.eq(reference)).one(db).await?)
}

/// Finds the case that this draft became.
pub async fn find_by_draft(db: &impl ConnectionTrait, draft_id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find().filter(Column::DraftId.eq(draft_id)).one(db).await?)
}

/// Returns the references of these cases, by case id.
pub async fn references(db: &impl ConnectionTrait, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, String>, RecordError> {
    let ids: BTreeSet<Uuid> = ids.into_iter().collect();
    let cases = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    Ok(cases.into_iter().map(|case| (case.id, case.reference)).collect())
}

/// Locks the case until the transaction ends, so that concurrent writers queue instead of failing.
pub async fn lock(write: &Write, reference: &str) -> Result<Option<Model>, RecordError> {
    let case = Entity::find().filter(Column::Reference.eq(reference));
    // SQLite has no row locks and drops the clause; its write transactions are serialised anyway.
    Ok(case.lock(LockType::Update).one(&write.tx()).await?)
}

/// Inserts a case.
///
/// # Errors
/// [`RecordError::Duplicate`] if the draft has already become a case or the reference is taken.
pub async fn add(write: &Write, case: &Model) -> Result<(), RecordError> {
    Entity::insert(case.clone().into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Stores the projection of a case's events.
pub async fn project(write: &Write, id: Uuid, to: &Projection, updated_at: Instant) -> Result<(), RecordError> {
    let changed = ActiveModel {
        status: Set(to.status.clone()),
        due: Set(to.due.clone()),
        updated_at: Set(updated_at),
        ..Default::default()
    };
    Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Finds the id of the case with this reference, which must be in canonical spelling.
pub async fn find_id(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Uuid>, RecordError> {
    let id = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Reference.eq(reference));
    Ok(id.into_tuple().one(db).await?)
}

/// Returns ids and references of up to `limit` cases with ids after `after`, in id order.
///
/// Paging by id visits every case, even while cases change.
pub async fn page_of_keys(db: &impl ConnectionTrait, after: Uuid, limit: u64) -> Result<Vec<(Uuid, String)>, RecordError> {
    let keys = Entity::find().select_only().columns([Column::Id, Column::Reference]);
    let keys = keys.filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(limit);
    Ok(keys.into_tuple().all(db).await?)
}

/// Returns a page of cases, the least recently changed first, so that a client polling with a cursor misses none.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, after: Option<Cursor>, limit: u64) -> Result<Vec<Model>, RecordError> {
    let mut cases = Entity::find();
    if let Some(status) = &filter.status {
        cases = cases.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(since) = filter.updated_since {
        cases = cases.filter(Column::UpdatedAt.gte(since));
    }
    if let Some((at, id)) = after {
        // Together: `(updated_at, id) > (at, id)`. The `>=` lets the database start the index scan at the cursor.
        let later = Condition::any().add(Column::UpdatedAt.gt(at)).add(Column::Id.gt(id));
        cases = cases.filter(Column::UpdatedAt.gte(at)).filter(later);
    }
    Ok(cases
        .order_by_asc(Column::UpdatedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}
