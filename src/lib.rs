//! On Record: a complaint form and self-service portal for people who live in social housing.

#[cfg(feature = "ssr")]
pub mod record;
#[cfg(feature = "ssr")]
pub mod evidence;
