//! Text that people are typing into forms.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0028_typed_text", TABLE);

const TABLE: &str = "
CREATE TABLE typed_text (
  holder {uuid} NOT NULL,
  person INTEGER NOT NULL,
  page TEXT NOT NULL,
  fields TEXT NOT NULL,
  typed_at BIGINT NOT NULL,
  PRIMARY KEY (holder, person, page)
);
";
