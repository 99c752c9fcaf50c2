//! The screens: one set of Leptos components, rendered on the server and brought alive in the browser.

pub mod portal;
