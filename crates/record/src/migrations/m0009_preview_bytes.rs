//! The size of each preview, so that an incomplete preview is not served.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0009_preview_bytes", COLUMN);

/// Existing previews have no recorded size and are made again.
const COLUMN: &str = "
ALTER TABLE uploads ADD COLUMN preview_bytes BIGINT;
UPDATE uploads SET preview_state = NULL, preview_key = NULL, preview_sha256 = NULL WHERE preview_state = 'made';
";
