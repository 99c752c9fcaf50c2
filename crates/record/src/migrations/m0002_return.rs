//! Resume links and codes, and the outbox.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0002_return", TABLES);

/// A message may outlive the draft that it is about, so `outbox.draft_id` has no foreign key.
const TABLES: &str = "
CREATE TABLE return_tickets (
  id {uuid} NOT NULL PRIMARY KEY,
  draft_id {uuid} NOT NULL REFERENCES drafts (id),
  kind TEXT NOT NULL CHECK (kind IN ('link', 'code')),
  token_hash {blob} NOT NULL UNIQUE,
  sealed {blob} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX return_tickets_by_draft ON return_tickets (draft_id);
CREATE INDEX return_tickets_by_expiry ON return_tickets (expires_at);

CREATE TABLE outbox (
  id {uuid} NOT NULL PRIMARY KEY,
  channel TEXT NOT NULL,
  draft_id {uuid},
  recipient {blob} NOT NULL,
  payload {blob},
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
  attempts INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  useless_from BIGINT NOT NULL,
  ended_at BIGINT,
  last_error TEXT,
  CHECK (state = 'waiting' OR ended_at IS NOT NULL),
  CHECK (state <> 'waiting' OR payload IS NOT NULL)
);
CREATE INDEX outbox_by_due ON outbox (state, due_at);
CREATE INDEX outbox_by_recipient ON outbox (recipient, created_at);
CREATE INDEX outbox_by_draft ON outbox (draft_id);
";
