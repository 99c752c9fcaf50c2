//! Files that a scanner suspects and that a person of the organisation decides about.

use super::frame::Step;

pub(super) const STEP: Step = Step::new("m0021_suspected_files", CHANGES);

/// What the scanner calls what it suspects.
const CHANGES: &str = "
ALTER TABLE uploads ADD COLUMN suspicion TEXT;
";
