//! Links an email to the consent request whose link it contains.

use super::frame::Step;

pub(super) const STEP: Step = Step::new("m0015_consent_mail", "ALTER TABLE outbox ADD COLUMN consent_id {uuid};");
