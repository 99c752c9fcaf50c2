//! Pausing the deliveries to a webhook.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0019_webhook_pauses", "ALTER TABLE webhooks ADD COLUMN paused_at BIGINT;");
