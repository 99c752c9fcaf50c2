//! Upkeep of the record as a whole: cleanup of expired data, facts about the installation, verification, the published log and its
//! receipts.
//!
//! [`verification::Finding`] is the verdict on one case, and [`housekeeping::CleanupReport`] counts what a cleanup deleted.
//! Several servers may run a cleanup at once, and a verification changes nothing.

pub mod housekeeping;
pub mod installation;
pub mod log;
pub mod log_keys;
pub mod receipts;
pub mod verification;
