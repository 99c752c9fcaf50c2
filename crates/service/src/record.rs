//! Upkeep of the record as a whole: cleanup of expired data, facts about the installation, and verification.
//!
//! [`verification::Finding`] is the verdict on one case, and [`housekeeping::CleanupReport`] counts what a cleanup deleted.
//! Several servers may run a cleanup at once, and a verification changes nothing.

pub mod housekeeping;
pub mod installation;
pub mod verification;
