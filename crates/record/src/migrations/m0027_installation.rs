//! Facts about the installation that the database belongs to.

use crate::migrations::frame::Step;

/// The name of this migration.
pub const NAME: &str = "m0027_installation";

pub(crate) const STEP: Step = Step::new(NAME, TABLE);

const TABLE: &str = "
CREATE TABLE installation (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  at BIGINT NOT NULL
);
";
