//! Which codes were within the limits of mail when they were asked for, whether a person has the address or not.

use super::frame::Step;

pub(super) const STEP: Step = Step::new("m0023_codes_within_limit", CHANGES);

/// Codes live for minutes: what stands in the table when the step runs needs no value of its own.
const CHANGES: &str = "
ALTER TABLE sign_in_codes ADD COLUMN within_limit BOOLEAN NOT NULL DEFAULT FALSE;
";
