//! On Record: a complaint form and self-service portal for people who live in social housing.
//!
//! One package, two targets: feature `ssr` is the server, feature `hydrate` the browser's half. The rooms are described in
//! `docs/`; arrows between them point one way, and `tests/layering.rs` checks that.

rust_i18n::i18n!("locales", fallback = "en");

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
pub mod record;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod service;
pub mod text;
