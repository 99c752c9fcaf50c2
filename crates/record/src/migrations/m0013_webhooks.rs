//! Webhooks, and how far the deliveries to each have got.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0013_webhooks", TABLE);

/// `delivered` is the position of the last delivered event; all later events are still to be delivered. The secret is
/// sealed.
const TABLE: &str = "
CREATE TABLE webhooks (
  id {uuid} NOT NULL PRIMARY KEY,
  url TEXT NOT NULL,
  made_by TEXT NOT NULL,
  secret {blob} NOT NULL,
  created_at BIGINT NOT NULL,
  began_after BIGINT NOT NULL,
  delivered BIGINT NOT NULL,
  failures INTEGER NOT NULL,
  failing_since BIGINT,
  last_error TEXT,
  due_at BIGINT NOT NULL,
  given_up_at BIGINT
);
CREATE INDEX webhooks_by_due ON webhooks (due_at) WHERE given_up_at IS NULL;
";
