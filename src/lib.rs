//! On Record: a complaint form and self-service portal for people who live in social housing.
//!
//! The package has two targets: feature `ssr` builds the server, feature `hydrate` the browser's part. `docs/`
//! describes the modules; dependencies between them go one way only, which `tests/layering.rs` checks.

// Both macros panic if the stream is closed, which can happen to a server's log.
#![deny(clippy::print_stdout, clippy::print_stderr)]

// The server and the browser must agree on the markers between views, which this flag changes. `.cargo/config.toml`
// sets it, but a RUSTFLAGS environment variable silently overrides that.
#[cfg(not(erase_components))]
compile_error!("compile with `--cfg erase_components`, as .cargo/config.toml does: unset RUSTFLAGS or add the flag to it");

pub mod app;
#[cfg(feature = "ssr")]
pub mod field_errors;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod setting_rules;
