//! On Record: a complaint form and self-service portal for people who live in social housing.
//!
//! One package, two targets: feature `ssr` is the server, feature `hydrate` the browser's half. The rooms are described in
//! `docs/`; arrows between them point one way, and `tests/layering.rs` checks that.

// Both macros panic when the stream is closed, as that of a server's log may be.
#![deny(clippy::print_stdout, clippy::print_stderr)]

// The server and the browser must agree on the markers between views, which this flag changes; `.cargo/config.toml` sets it,
// and a RUSTFLAGS variable from outside takes it away without a word.
#[cfg(not(erase_components))]
compile_error!("compile with `--cfg erase_components`, as .cargo/config.toml does: unset RUSTFLAGS or add the flag to it");

#[cfg(feature = "ssr")]
pub mod api;
pub mod app;
pub mod complaint;
#[cfg(feature = "ssr")]
pub mod door;
#[cfg(feature = "ssr")]
pub mod evidence;
#[cfg(feature = "ssr")]
pub mod forms;
#[cfg(feature = "ssr")]
pub mod notify;
#[cfg(feature = "ssr")]
pub mod record;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod service;
pub mod text;
