//! The OpenAPI document, as JSON and as an HTML page.

pub mod openapi;
pub mod page;
