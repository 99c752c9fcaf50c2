//! Links an email to the consent request whose link it contains.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0015_consent_mail", "ALTER TABLE outbox ADD COLUMN consent_id {uuid};");
