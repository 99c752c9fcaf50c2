//! Wrong sign-in codes are counted by request for a code, no longer by network address.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0014_asked_codes", CHANGES);

const CHANGES: &str = "
DROP TABLE sign_in_tries;
ALTER TABLE sign_in_codes ADD COLUMN asked_from {blob};
";
