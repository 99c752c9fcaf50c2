//! Text that people have typed into forms and not submitted yet. It is not checked, and not part of any case's record.

use sea_orm::{IntoActiveModel, QueryOrder, entity::prelude::*, sea_query::OnConflict};
use uuid::Uuid;

use crate::{Instant, RecordError, store::Write};

/// Whose text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Draft(Uuid),
    /// A person on a case, by the person's number.
    Person {
        case: Uuid,
        number: i32,
    },
}

impl Holder {
    /// Returns the columns of the key. People on a case are numbered from 1.
    fn key(self) -> (Uuid, i32) {
        match self {
            Self::Draft(id) => (id, 0),
            Self::Person { case, number } => (case, number),
        }
    }
}

/// The text in the form of one page.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "typed_text")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: i32,
    /// The name of the page: the code of a question, or the last part of a case page's address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub page: String,
    /// The fields with their values, as JSON text.
    pub fields: String,
    /// When the text was last changed here.
    pub typed_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Lists the text of all pages.
pub async fn list(db: &impl ConnectionTrait, of: Holder) -> Result<Vec<Model>, RecordError> {
    let (holder, person) = of.key();
    let all = Entity::find()
        .filter(Column::Holder.eq(holder))
        .filter(Column::Person.eq(person))
        .order_by_asc(Column::Page);
    Ok(all.all(db).await?)
}

/// Stores the text of a page in place of the page's earlier text.
pub async fn put(write: &Write, of: Holder, page: &str, fields: String, typed_at: Instant) -> Result<(), RecordError> {
    let (holder, person) = of.key();
    let row = Model {
        holder,
        person,
        page: page.to_owned(),
        fields,
        typed_at,
    };
    let newer = OnConflict::columns([Column::Holder, Column::Person, Column::Page])
        .update_columns([Column::Fields, Column::TypedAt])
        .to_owned();
    Entity::insert(row.into_active_model())
        .on_conflict(newer)
        .exec_without_returning(&write.tx())
        .await?;
    Ok(())
}

/// Deletes the text of one page.
pub async fn remove_page(write: &Write, of: Holder, page: &str) -> Result<(), RecordError> {
    let (holder, person) = of.key();
    Entity::delete_by_id((holder, person, page.to_owned())).exec(&write.tx()).await?;
    Ok(())
}

/// Deletes all text of a draft or a person.
pub async fn remove(write: &Write, of: Holder) -> Result<(), RecordError> {
    let (holder, person) = of.key();
    Entity::delete_many()
        .filter(Column::Holder.eq(holder))
        .filter(Column::Person.eq(person))
        .exec(&write.tx())
        .await?;
    Ok(())
}

/// Deletes the text that was last changed before `before`. Returns the number of pages.
pub async fn remove_old(write: &Write, before: Instant) -> Result<u64, RecordError> {
    let old = Entity::delete_many().filter(Column::TypedAt.lt(before));
    Ok(old.exec(&write.tx()).await?.rows_affected)
}
