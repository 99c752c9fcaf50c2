//! People with a way into a case.

use sea_orm::{
    ActiveValue::Set,
    IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Alias, Expr, ExprTrait},
};
use uuid::Uuid;

use super::{Instant, RecordError, store::Write};

/// One person on one case. What they may do there follows from the case's events.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    /// Their number on the case, from 1.
    pub number: i32,
    /// argon2id, in PHC form; none for somebody who has no code.
    pub access_code_hash: Option<String>,
    /// A fingerprint of the address their mail goes to.
    pub mailbox: Option<Vec<u8>>,
    /// When they showed that they read that mail; until then the address opens nothing by itself.
    pub mailbox_confirmed_at: Option<Instant>,
    /// The tag of the language they used last; none where nobody knows.
    pub language: Option<String>,
    pub created_at: Instant,
    /// When they lost their way in.
    pub ended_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The person with this id.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn lookup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, RecordError> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Everybody on a case, by their numbers.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list(db: &impl ConnectionTrait, case_id: Uuid) -> Result<Vec<Model>, RecordError> {
    let people = Entity::find().filter(Column::CaseId.eq(case_id));
    Ok(people.order_by_asc(Column::Number).all(db).await?)
}

/// Somebody with a way into a case whose mail goes to this mailbox, whether they have shown that they read it or not.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn find_by_mailbox(db: &impl ConnectionTrait, case_id: Uuid, mailbox: &[u8]) -> Result<Option<Model>, RecordError> {
    let people = Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .filter(Column::Mailbox.eq(mailbox))
        .filter(Column::EndedAt.is_null());
    Ok(people.order_by_asc(Column::Number).one(db).await?)
}

/// Who reads this mailbox, on all cases, newest first; those who showed it only.
///
/// # Errors
/// [`RecordError`] when the database cannot answer.
pub async fn list_by_mailbox(db: &impl ConnectionTrait, mailbox: &[u8]) -> Result<Vec<Model>, RecordError> {
    let people = Entity::find()
        .filter(Column::Mailbox.eq(mailbox))
        .filter(Column::MailboxConfirmedAt.is_not_null())
        .filter(Column::EndedAt.is_null());
    Ok(people.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(db).await?)
}

/// Adds somebody.
///
/// # Errors
/// [`RecordError::Duplicate`] when the number is taken.
pub async fn add(write: &Write, person: Model) -> Result<(), RecordError> {
    Entity::insert(person.into_active_model())
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Gives somebody another access code; the one before opens nothing any more.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn set_access_code(write: &Write, id: Uuid, hash: &str) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            access_code_hash: Set(Some(hash.to_owned())),
            ..Default::default()
        },
    )
    .await
}

/// Sets where somebody's mail goes. A new address is not confirmed.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn set_mailbox(write: &Write, id: Uuid, mailbox: Option<Vec<u8>>) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            mailbox: Set(mailbox),
            mailbox_confirmed_at: Set(None),
            ..Default::default()
        },
    )
    .await
}

/// The mark of a fingerprint that was made before addresses had one spelling. No part of [`Model`]: rows added since have none.
fn as_typed() -> Alias {
    Alias::new("mailbox_as_typed")
}

/// Lists people whose mailbox has the fingerprint of an address as it was typed.
pub async fn list_mailboxes_as_typed(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, RecordError> {
    let typed = Entity::find()
        .filter(Expr::col(as_typed()).eq(true))
        .order_by_asc(Column::Id)
        .limit(limit);
    Ok(typed.all(db).await?)
}

/// Sets the fingerprint of the same mailbox by the one spelling of its address. That the person reads its mail stays known.
pub async fn respell_mailbox(write: &Write, id: Uuid, mailbox: Option<Vec<u8>>) -> Result<(), RecordError> {
    Entity::update_many()
        .col_expr(Column::Mailbox, Expr::value(mailbox))
        .col_expr(as_typed(), Expr::value(false))
        .filter(Column::Id.eq(id))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Notes that somebody reads the mail of their address.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn confirm_mailbox(write: &Write, id: Uuid, at: Instant) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            mailbox_confirmed_at: Set(Some(at)),
            ..Default::default()
        },
    )
    .await
}

/// Notes the language somebody uses.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn set_language(write: &Write, id: Uuid, language: &str) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            language: Set(Some(language.to_owned())),
            ..Default::default()
        },
    )
    .await
}

/// Takes somebody's way in, or gives it back.
///
/// # Errors
/// [`RecordError`] when the database refuses.
pub async fn set_ended(write: &Write, id: Uuid, at: Option<Instant>) -> Result<(), RecordError> {
    change(
        write,
        id,
        ActiveModel {
            ended_at: Set(at),
            ..Default::default()
        },
    )
    .await
}

async fn change(write: &Write, id: Uuid, changed: ActiveModel) -> Result<(), RecordError> {
    Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(id))
        .exec(&write.tx())
        .await?;
    Ok(())
}
