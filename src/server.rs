//! The wiring: configuration, the router with everything around it, and the running server.

pub mod assets;
pub mod config;
pub mod encoding;
