//! Progress and result of scanning each file.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0006_scanning", TABLE);

/// A row is deleted together with its file. The partial indexes contain only unfinished work, however many files
/// there are.
const TABLE: &str = "
CREATE TABLE scans (
  upload_id {uuid} NOT NULL PRIMARY KEY REFERENCES uploads (id) ON DELETE CASCADE,
  attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL,
  last_error TEXT,
  verdict TEXT CHECK (verdict IN ('clean', 'infected')),
  signature TEXT,
  engine TEXT,
  scanned_at BIGINT,
  ended_at BIGINT,
  CHECK ((verdict IS NULL) = (scanned_at IS NULL)),
  CHECK (ended_at IS NULL OR verdict IS NOT NULL)
);
CREATE INDEX scans_by_due ON scans (due_at) WHERE ended_at IS NULL;
CREATE INDEX uploads_to_scan ON uploads (received_at) WHERE state = 'scanning';
";
