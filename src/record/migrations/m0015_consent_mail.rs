//! The email that asks a tenant belongs to the link in it.

use super::frame::Step;

pub(super) const STEP: Step = Step::new("m0015_consent_mail", "ALTER TABLE outbox ADD COLUMN consent_id {uuid};");
