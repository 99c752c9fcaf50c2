//! Where news of cases is delivered.

pub mod add;
pub mod change;
pub mod list;
pub mod remove;
