//! Expected results as data, checked natively by unit tests and in Wasm by `tests/wasm`.

pub mod complaint_clock;
pub mod typed;
