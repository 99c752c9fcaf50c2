//! People on a case and their access. Sessions belong to a person from now on.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0007_people", TABLES);

/// Each row is a person with access of their own; the case's events determine what they may do.
///
/// `ended_at` is when the person lost access. `mailbox` is a fingerprint of the address that their messages go to,
/// and `mailbox_confirmed_at` is when they proved that they read it. The sender of an existing case becomes its
/// person 1. Existing sessions are dropped: they are short-lived anyway.
const TABLES: &str = "
CREATE TABLE people (
  id {uuid} NOT NULL PRIMARY KEY,
  case_id {uuid} NOT NULL REFERENCES cases (id),
  number INTEGER NOT NULL CHECK (number > 0),
  access_code_hash TEXT,
  mailbox {blob},
  mailbox_confirmed_at BIGINT,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  UNIQUE (case_id, number)
);
CREATE INDEX people_by_mailbox ON people (mailbox) WHERE mailbox IS NOT NULL;
INSERT INTO people (id, case_id, number, access_code_hash, created_at)
  SELECT id, id, 1, access_code_hash, submitted_at FROM cases;

DROP TABLE sessions;
CREATE TABLE sessions (
  id {uuid} NOT NULL PRIMARY KEY,
  token_hash {blob} NOT NULL UNIQUE,
  person_id {uuid} NOT NULL REFERENCES people (id),
  mailbox {blob},
  remembered BOOLEAN NOT NULL,
  device TEXT,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_person ON sessions (person_id);
ALTER TABLE cases DROP COLUMN access_code_hash;
";
