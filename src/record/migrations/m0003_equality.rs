//! The equality questions: counts, and who has answered.

use super::frame::Step;

pub(super) const STEP: Step = Step::new("m0003_equality", TABLES);

/// There is no row for a person's answers, so none can be brought together with a case or with one another. That somebody
/// answered is noted, so that it counts once; what and when is not.
const TABLES: &str = "
CREATE TABLE equality_totals (
  month TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (month, question, answer)
);

CREATE TABLE equality_answered (
  draft_id {uuid} NOT NULL PRIMARY KEY REFERENCES drafts (id)
);
";
