//! The access log of the organisation's API calls and commands. Append-only, like the events.

use std::collections::BTreeSet;

use sea_orm::{ActiveValue, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{Instant, RecordError, store::Write};

/// A call to the desk API, or a command that read or changed a case.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_calls")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub at: Instant,
    /// The name of the API key, or the login name of the person at the command line.
    pub key_name: String,
    /// The action, such as `list`, `case` or `event`.
    pub action: String,
    /// The case that the call was about, if the caller named one that exists.
    pub case_reference: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Logs a call. If this fails, the call must not be answered.
pub async fn add(write: &Write, at: Instant, key_name: &str, action: &str, case_reference: Option<&str>) -> Result<(), RecordError> {
    let call = row(at, key_name, action, case_reference);
    Entity::insert(call).exec_without_returning(&write.tx()).await?;
    Ok(())
}

/// Logs a call about several cases or none: one row for each case, and at least one row. If this fails, the call must
/// not be answered.
pub async fn add_all(write: &Write, at: Instant, key_name: &str, action: &str, cases: &BTreeSet<&str>) -> Result<(), RecordError> {
    if cases.is_empty() {
        return add(write, at, key_name, action, None).await;
    }
    let calls = cases.iter().map(|case| row(at, key_name, action, Some(case)));
    Entity::insert_many(calls).exec_without_returning(&write.tx()).await?;
    Ok(())
}

fn row(at: Instant, key_name: &str, action: &str, case_reference: Option<&str>) -> ActiveModel {
    ActiveModel {
        seq: ActiveValue::NotSet,
        at: ActiveValue::Set(at),
        key_name: ActiveValue::Set(key_name.to_owned()),
        action: ActiveValue::Set(action.to_owned()),
        case_reference: ActiveValue::Set(case_reference.map(ToOwned::to_owned)),
    }
}

/// Lists the references of the cases on which an API key was used for this action, each once.
pub async fn list_cases(write: &Write, key_name: &str, action: &str) -> Result<BTreeSet<String>, RecordError> {
    let calls = Entity::find()
        .filter(Column::KeyName.eq(key_name))
        .filter(Column::Action.eq(action))
        .all(&write.tx())
        .await?;
    Ok(calls.into_iter().filter_map(|call| call.case_reference).collect())
}

#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only calls about this case.
    pub case_reference: Option<String>,
    /// Only calls with this API key, or by this person at the command line.
    pub key_name: Option<String>,
    /// Only calls at or after this moment.
    pub since: Option<Instant>,
}

/// Lists up to `limit` calls, newest first.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, limit: u64) -> Result<Vec<Model>, RecordError> {
    let mut calls = Entity::find();
    if let Some(reference) = &filter.case_reference {
        calls = calls.filter(Column::CaseReference.eq(reference));
    }
    if let Some(name) = &filter.key_name {
        calls = calls.filter(Column::KeyName.eq(name));
    }
    if let Some(since) = filter.since {
        calls = calls.filter(Column::At.gte(since));
    }
    Ok(calls.order_by_desc(Column::Seq).limit(limit).all(db).await?)
}
