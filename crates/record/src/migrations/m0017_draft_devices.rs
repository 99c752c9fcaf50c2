//! A draft key for each device on which a draft is open.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0017_draft_devices", TABLES);

/// An existing draft's only token becomes the key of its first device, which takes the draft's id. Existing cookies
/// therefore keep opening their draft, and a draft that was sent counts as sent by that device.
///
/// `drafts.sent_by` has no foreign key, because the device's row is deleted when the receipt is no longer shown. A
/// resume link or code no longer contains the draft's secret: opening one makes a new key.
const TABLES: &str = "
CREATE TABLE draft_devices (
  id {uuid} NOT NULL PRIMARY KEY,
  draft_id {uuid} NOT NULL REFERENCES drafts (id),
  key_hash {blob} NOT NULL,
  opened_by TEXT NOT NULL CHECK (opened_by IN ('first', 'link', 'code')),
  device TEXT,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  ended_at BIGINT,
  UNIQUE (draft_id, key_hash)
);
INSERT INTO draft_devices (id, draft_id, key_hash, opened_by, device, created_at, seen_at, ended_at)
  SELECT id, id, token_hash, 'first', NULL, created_at, saved_at, NULL FROM drafts;
ALTER TABLE drafts ADD COLUMN sent_by {uuid};
UPDATE drafts SET sent_by = id WHERE case_id IS NOT NULL;
ALTER TABLE drafts DROP COLUMN token_hash;
ALTER TABLE return_tickets DROP COLUMN sealed;
";
