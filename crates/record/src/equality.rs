//! Monthly counts of the answers to the equality questions. The record does not store who gave which answer.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, IntoActiveModel, entity::prelude::*};
use uuid::Uuid;

use crate::{RecordError, store::Write};

/// How many times an answer was given in a month.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "equality_totals")]
pub struct Model {
    /// The month in Europe/London, `YYYY-MM`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub question: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub answer: String,
    pub total: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Drafts whose sender has answered the equality questions.
pub mod answered {
    use sea_orm::entity::prelude::*;
    use uuid::Uuid;

    /// Records that the sender has answered, but neither the answers nor the time.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "equality_answered")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub draft_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Adds one to the count of each answer; `answers` are pairs of question and answer.
pub async fn count(write: &Write, month: &str, answers: &[(&str, &str)]) -> Result<(), RecordError> {
    for (question, answer) in answers {
        let one = ActiveModel {
            month: Set(month.to_owned()),
            question: Set((*question).to_owned()),
            answer: Set((*answer).to_owned()),
            total: Set(1),
        };
        let again = OnConflict::columns([Column::Month, Column::Question, Column::Answer])
            .value(Column::Total, Expr::col((Entity, Column::Total)).add(1))
            .to_owned();
        Entity::insert(one).on_conflict(again).exec_without_returning(&write.tx()).await?;
    }
    Ok(())
}

/// Records that the sender of a draft has answered.
///
/// # Errors
/// [`RecordError::Duplicate`] if that is recorded already.
pub async fn note_answered(write: &Write, draft_id: Uuid) -> Result<(), RecordError> {
    let row = answered::Model { draft_id }.into_active_model();
    answered::Entity::insert(row).exec_without_returning(&write.tx()).await?;
    Ok(())
}

/// Returns true if the sender of a draft has answered.
pub async fn has_answered(db: &impl ConnectionTrait, draft_id: Uuid) -> Result<bool, RecordError> {
    Ok(answered::Entity::find_by_id(draft_id).one(db).await?.is_some())
}

/// Returns all counts of a month.
pub async fn totals(db: &impl ConnectionTrait, month: &str) -> Result<Vec<Model>, RecordError> {
    Ok(Entity::find().filter(Column::Month.eq(month)).all(db).await?)
}
