//! The networks that files of unsent complaints came from, so that one address cannot fill the disk. Also a table for
//! the write test of the health check.

use crate::migrations::frame::Step;

pub(crate) const STEP: Step = Step::new("m0020_unsent_space", CHANGES);

/// `sent_near` and `sent_wide` are fingerprints under the server's key, and are cleared when the complaint is sent.
const CHANGES: &str = "
ALTER TABLE uploads ADD COLUMN sent_near {blob};
ALTER TABLE uploads ADD COLUMN sent_wide {blob};
CREATE INDEX uploads_unsent ON uploads (bytes) WHERE draft_id IS NOT NULL;
CREATE INDEX uploads_unsent_near ON uploads (sent_near, bytes) WHERE draft_id IS NOT NULL;
CREATE INDEX uploads_unsent_wide ON uploads (sent_wide, bytes) WHERE draft_id IS NOT NULL;
CREATE TABLE health_probes (id {uuid} PRIMARY KEY);
";
