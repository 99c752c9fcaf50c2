//! Progress of resumable uploads.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0004_resumable", TABLES);

/// A row is deleted together with its upload. `writer` is the request that advances the row; `asked` is 1 when
/// another request wants the row.
const TABLES: &str = "
CREATE TABLE upload_progress (
  upload_id {uuid} NOT NULL PRIMARY KEY REFERENCES uploads (id) ON DELETE CASCADE,
  received BIGINT NOT NULL CHECK (received >= 0),
  pieces TEXT NOT NULL,
  metadata TEXT NOT NULL,
  writer {uuid},
  asked BIGINT NOT NULL CHECK (asked IN (0, 1)),
  expires_at BIGINT NOT NULL
);
CREATE INDEX upload_progress_by_expiry ON upload_progress (expires_at);
CREATE INDEX uploads_by_state ON uploads (state, received_at);
";
