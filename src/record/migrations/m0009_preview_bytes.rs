//! How large previews are, so that one that is not all there is not given out.

use super::frame::Step;

pub(super) const STEP: Step = Step::new("m0009_preview_bytes", COLUMN);

/// Previews of before, whose size nobody noted, are made once more.
const COLUMN: &str = "
ALTER TABLE uploads ADD COLUMN preview_bytes BIGINT;
UPDATE uploads SET preview_state = NULL, preview_key = NULL, preview_sha256 = NULL WHERE preview_state = 'made';
";
