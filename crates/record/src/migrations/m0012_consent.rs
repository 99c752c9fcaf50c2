//! Consent requests to tenants, and codes that hand a case over.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0012_consent", TABLES);

/// Each row is a link or code. The outcome is recorded as an event; the row only records whether it is used.
const TABLES: &str = "
CREATE TABLE consents (
  id {uuid} NOT NULL PRIMARY KEY,
  case_id {uuid} NOT NULL REFERENCES cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('link', 'code', 'handover')),
  person INTEGER NOT NULL CHECK (person > 0),
  token_hash {blob} NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  last_day TEXT,
  own_contact BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  decided_at BIGINT,
  outcome TEXT,
  joined INTEGER
);
CREATE INDEX consents_by_case ON consents (case_id);
CREATE INDEX consents_by_expiry ON consents (expires_at);
";
