//! Commitments of events, and columns of a case that can no longer be changed.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step {
    name: "m0016_commitments",
    sql: COLUMNS,
    append_only: &[],
    fixed_columns: &[("cases", "id, reference, draft_id, submitted_at, answers")],
};

/// Existing events keep encoding 1 and have no commitments.
const COLUMNS: &str = "
ALTER TABLE case_events ADD COLUMN encoding INTEGER NOT NULL DEFAULT 1;
ALTER TABLE case_events ADD COLUMN commitments TEXT NOT NULL DEFAULT '';
ALTER TABLE case_events ADD COLUMN salts TEXT NOT NULL DEFAULT '';
CREATE INDEX case_events_unbound ON case_events (case_id) WHERE n = 1 AND encoding = 1;
";
