//! The crate root of `tests/wasm`, which compiles the rules of `complaint` alone to Wasm and checks them there.
//!
//! It is not part of the program.

pub mod complaint;

#[path = "../tests/vectors/complaint_clock.rs"]
mod complaint_clock;

#[path = "../tests/vectors/typed.rs"]
mod typed_vectors;

use wasm_bindgen::prelude::wasm_bindgen;

/// Returns the number of expectations of the complaint clock, and one line for each that fails in Wasm.
#[wasm_bindgen]
pub fn complaint_clock() -> Vec<String> {
    let (count, wrong) = complaint_clock::check();
    [count.to_string()].into_iter().chain(wrong).collect()
}

/// Returns the number of typed texts, and one line for each that Wasm accepts although the server refuses it.
#[wasm_bindgen]
pub fn typed() -> Vec<String> {
    let (count, wrong) = typed_vectors::check_all();
    [count.to_string()].into_iter().chain(wrong).collect()
}
