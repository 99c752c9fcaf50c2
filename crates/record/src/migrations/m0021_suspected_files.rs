//! Files in which a scanner suspects something, held for a decision by a person of the organisation.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0021_suspected_files", CHANGES);

/// The scanner's name for what it suspects.
const CHANGES: &str = "
ALTER TABLE uploads ADD COLUMN suspicion TEXT;
";
