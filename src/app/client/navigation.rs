//! Moving between the pages of the questionnaire without a page load. `navigation.js` listens to links and to the browser's Back and Forward.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::app::address::{Address, CurrentAddress};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = navigation)]
    fn listen(show: &Closure<dyn Fn(String)>) -> String;
    #[wasm_bindgen(js_namespace = navigation, js_name = go)]
    fn change_address(path: &str, is_replaced: bool);
}

thread_local! {
    static CURRENT: Cell<Option<CurrentAddress>> = const { Cell::new(None) };
}

/// Starts to follow the address, and returns it.
pub fn start() -> CurrentAddress {
    let show = Closure::<dyn Fn(String)>::new(|address: String| {
        if let Some(CurrentAddress(current)) = CURRENT.get() {
            current.set(Address::new(&address));
        }
    });
    let current = CurrentAddress(RwSignal::new(Address::new(&listen(&show))));
    show.forget();
    CURRENT.set(Some(current));
    current
}

/// Shows another page, and adds it to the history.
pub fn go(path: &str) {
    change_address(path, false);
}

/// Shows another page in place of this one, also in the history.
pub fn replace(path: &str) {
    change_address(path, true);
}
