//! Marks mailbox fingerprints made before addresses were normalised to one spelling.
//!
//! The server, which has the key, makes them again.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0024_mailbox_spelling", CHANGES);

const CHANGES: &str = "
ALTER TABLE people ADD COLUMN mailbox_as_typed BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE people SET mailbox_as_typed = TRUE WHERE mailbox IS NOT NULL;
CREATE INDEX people_mailbox_as_typed ON people (id) WHERE mailbox_as_typed;
";
