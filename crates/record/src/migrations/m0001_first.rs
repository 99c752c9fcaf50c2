//! The first schema: drafts, uploads, cases with their events, sessions, API keys.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step {
    name: "m0001_first",
    sql: TABLES,
    append_only: &["case_events", "desk_calls"],
    fixed_columns: &[],
};

/// Times are microseconds since 1970 in UTC, dates `YYYY-MM-DD`.
///
/// A draft may be deleted while its case lives on, so `cases.draft_id` has no foreign key.
const TABLES: &str = "
CREATE TABLE cases (
  id {uuid} NOT NULL PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  draft_id {uuid} NOT NULL UNIQUE,
  submitted_at BIGINT NOT NULL,
  answers TEXT NOT NULL,
  access_code_hash TEXT NOT NULL,
  status TEXT NOT NULL,
  due TEXT,
  updated_at BIGINT NOT NULL
);
CREATE INDEX cases_by_update ON cases (updated_at, id);
CREATE INDEX cases_by_status ON cases (status, updated_at, id);

CREATE TABLE drafts (
  id {uuid} NOT NULL PRIMARY KEY,
  token_hash {blob} NOT NULL,
  answers TEXT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  saved_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  case_id {uuid} REFERENCES cases (id)
);
CREATE INDEX drafts_by_expiry ON drafts (expires_at);

CREATE TABLE uploads (
  id {uuid} NOT NULL PRIMARY KEY,
  draft_id {uuid} REFERENCES drafts (id),
  case_id {uuid} REFERENCES cases (id),
  purpose TEXT NOT NULL,
  filename TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT,
  state TEXT NOT NULL CHECK (state IN ('receiving', 'scanning', 'clean', 'refused')),
  reason TEXT,
  storage_key TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  CHECK (state = 'receiving' OR sha256 IS NOT NULL),
  CHECK (draft_id IS NOT NULL OR case_id IS NOT NULL)
);
CREATE INDEX uploads_by_draft ON uploads (draft_id);
CREATE INDEX uploads_by_case ON uploads (case_id);

CREATE TABLE case_events (
  seq {counter},
  case_id {uuid} NOT NULL REFERENCES cases (id),
  n INTEGER NOT NULL CHECK (n > 0),
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  actor_role TEXT NOT NULL,
  actor_name TEXT,
  body TEXT NOT NULL,
  prev_hash {blob} NOT NULL,
  hash {blob} NOT NULL,
  UNIQUE (case_id, n)
);

CREATE TABLE sessions (
  id {uuid} NOT NULL PRIMARY KEY,
  token_hash {blob} NOT NULL UNIQUE,
  case_id {uuid} NOT NULL REFERENCES cases (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
  id {uuid} NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  token_hash {blob} NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE desk_calls (
  seq {counter},
  at BIGINT NOT NULL,
  key_name TEXT NOT NULL,
  action TEXT NOT NULL,
  case_reference TEXT
);

CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash {blob} NOT NULL,
  answer TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
);
";
