//! Runs the rules' test vectors in Wasm, where residents' browsers run them. `cargo xtask test` starts it with Node.

use complaint::vectors;
use wasm_bindgen::prelude::wasm_bindgen;

/// Returns the number of expectations of the complaint clock, then a line for each that is not met.
#[wasm_bindgen]
pub fn complaint_clock() -> Vec<String> {
    lines(vectors::complaint_clock::check())
}

/// Returns the number of typed texts, then a line for each that Wasm accepts and the server refuses.
#[wasm_bindgen]
pub fn typed() -> Vec<String> {
    lines(vectors::typed::check_all())
}

fn lines((count, wrong): (usize, Vec<String>)) -> Vec<String> {
    [count.to_string()].into_iter().chain(wrong).collect()
}
