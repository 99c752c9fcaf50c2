//! Sign-in codes by email, and messages to people on a case.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0011_hearing", TABLES);

/// A code without a person opens nothing: its address is unknown, and the caller must not see the difference.
///
/// `place` is a fingerprint of what the code is valid for, `mailbox` of the address. A message about a case names its
/// person and contains no address: that is looked up just before delivery.
const TABLES: &str = "
CREATE TABLE sign_in_codes (
  id {uuid} NOT NULL PRIMARY KEY,
  place {blob} NOT NULL,
  mailbox {blob} NOT NULL,
  person_id {uuid} REFERENCES people (id),
  code_hash {blob} NOT NULL,
  tries INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX sign_in_codes_by_place ON sign_in_codes (place, expires_at);
CREATE INDEX sign_in_codes_by_mailbox ON sign_in_codes (mailbox, created_at);
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);
CREATE TABLE sign_in_tries (
  code_id {uuid} NOT NULL REFERENCES sign_in_codes (id),
  address {blob} NOT NULL,
  tries INTEGER NOT NULL,
  PRIMARY KEY (code_id, address)
);

ALTER TABLE people ADD COLUMN language TEXT;

ALTER TABLE outbox ADD COLUMN case_id {uuid};
ALTER TABLE outbox ADD COLUMN person_id {uuid};
ALTER TABLE outbox ADD COLUMN way TEXT;
CREATE INDEX outbox_by_case ON outbox (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX outbox_by_person ON outbox (person_id, created_at) WHERE person_id IS NOT NULL;
";
