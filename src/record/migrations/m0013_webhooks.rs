//! Where news of cases is delivered, and how far that has got.

use super::frame::Step;

pub(super) const STEP: Step = Step::new("m0013_webhooks", TABLE);

/// `delivered` is the place of the last event that arrived there; everything after it is still to come. The secret is sealed.
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
