//! The register of landlords.

pub mod find;
