//! The disk space that files of unsent complaints take, in total and for each network they came from.
//!
//! A row contains no address, only fingerprints under the server's key, and those only until the complaint is sent.

use sea_orm::{
    Condition, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::uploads::{Column, Entity};

/// The networks that a file came from, as fingerprints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The IPv4 address, or the /64 network of an IPv6 address.
    pub near: Vec<u8>,
    /// The /48 network of an IPv6 address.
    pub wide: Option<Vec<u8>>,
}

/// Bytes of unsent files. Uploads under way count with their announced size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskUse {
    pub all: u64,
    pub near: u64,
    pub wide: u64,
}

/// Sums the bytes of unsent files, except `but`: all of them, and those from the networks of `source`.
pub async fn taken(db: &impl ConnectionTrait, source: Option<&Source>, but: Option<Uuid>) -> Result<DiskUse, DbErr> {
    let others = || {
        let unsent = Condition::all().add(Column::DraftId.is_not_null());
        unsent.add_option(but.map(|id| Column::Id.ne(id)))
    };
    let mut taken = DiskUse {
        all: sum(db, others()).await?,
        ..DiskUse::default()
    };
    if let Some(source) = source {
        taken.near = sum(db, others().add(Column::SentNear.eq(source.near.clone()))).await?;
        if let Some(wide) = &source.wide {
            taken.wide = sum(db, others().add(Column::SentWide.eq(wide.clone()))).await?;
        }
    }
    Ok(taken)
}

async fn sum(db: &impl ConnectionTrait, which: Condition) -> Result<u64, DbErr> {
    let sum = Entity::find().select_only().filter(which);
    // PostgreSQL sums 64-bit integers to a decimal number.
    let sum = sum.expr(ExprTrait::cast_as(ExprTrait::sum(Expr::col(Column::Bytes)), "BIGINT"));
    let sum: Option<Option<i64>> = sum.into_tuple().one(db).await?;
    Ok(sum.flatten().unwrap_or_default().unsigned_abs())
}
