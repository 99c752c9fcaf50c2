//! The running server: configuration, the router with its middleware, connections and background tasks.

pub mod assets;
mod background;
mod brand;
pub mod check;
pub mod config;
mod connections;
pub mod encoding;
mod error;
mod first_pages;
mod headers;
mod health;
mod metrics;
mod outer_layer;
mod router;
pub mod run;
pub mod services;
mod telemetry;
mod time_limit;

pub use config::Config;
pub use error::StartError;
pub use first_pages::PATHS as FIRST_PAGES;
pub use router::app;
pub use telemetry::start as start_telemetry;
