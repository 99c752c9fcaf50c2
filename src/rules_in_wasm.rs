//! The root of another crate, `tests/wasm`: the rules without the rest, and what checks them in Wasm. No part of the program.

pub mod complaint;

#[path = "../tests/vectors/complaint_clock.rs"]
mod complaint_clock;

#[path = "../tests/vectors/typed.rs"]
mod typed_vectors;

use wasm_bindgen::prelude::wasm_bindgen;

/// How many expectations of the complaint clock there are, and a line for each that is not met in Wasm.
#[wasm_bindgen]
#[must_use]
pub fn complaint_clock() -> Vec<String> {
    let (count, wrong) = complaint_clock::check();
    [count.to_string()].into_iter().chain(wrong).collect()
}

/// How many texts are typed, and a line for each that is accepted in Wasm although the server refuses it.
#[wasm_bindgen]
#[must_use]
pub fn typed() -> Vec<String> {
    let (count, wrong) = typed_vectors::check_all();
    [count.to_string()].into_iter().chain(wrong).collect()
}
