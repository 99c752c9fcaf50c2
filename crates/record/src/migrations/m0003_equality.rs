//! The equality questions: counts of answers, and the drafts whose senders have answered.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0003_equality", TABLES);

/// No row holds one person's answers, so they cannot be linked to a case or to each other.
///
/// That a sender has answered is recorded, so that the answers count once; the answers and the time are not.
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
