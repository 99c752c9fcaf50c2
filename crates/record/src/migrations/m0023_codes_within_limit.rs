//! Whether a request for a code was within the mail limits, set for known and unknown addresses alike.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0023_codes_within_limit", CHANGES);

/// Codes work for minutes only, so existing rows need no value of their own.
const CHANGES: &str = "
ALTER TABLE sign_in_codes ADD COLUMN within_limit BOOLEAN NOT NULL DEFAULT FALSE;
";
