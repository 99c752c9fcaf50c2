//! Facts found in a file's content, the sender's description of it, and its preview.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0005_file_facts", COLUMNS);

/// `taken_at` is text: a camera knows no time zone, so the value is no instant.
const COLUMNS: &str = "
ALTER TABLE uploads ADD COLUMN taken_at TEXT;
ALTER TABLE uploads ADD COLUMN has_place BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE uploads ADD COLUMN caption TEXT;
ALTER TABLE uploads ADD COLUMN shows TEXT;
ALTER TABLE uploads ADD COLUMN original_sha256 TEXT;
ALTER TABLE uploads ADD COLUMN preview_state TEXT CHECK (preview_state IN ('made', 'undecodable'));
ALTER TABLE uploads ADD COLUMN preview_key TEXT;
ALTER TABLE uploads ADD COLUMN preview_sha256 TEXT;
CREATE INDEX uploads_without_preview ON uploads (id) WHERE state = 'clean' AND preview_state IS NULL;
";
