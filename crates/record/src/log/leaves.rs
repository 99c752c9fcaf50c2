//! The table of leaves.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log_leaves")]
pub struct Model {
    /// The leaf's place in the log, from 0, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The leaf's data: the hash of an event.
    pub entry: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
