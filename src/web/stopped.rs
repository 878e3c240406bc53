//! A program that panics: the visitor is told, and the console where.

use foolproof_core::panicked;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Says at the edge of the page that a part of it has stopped, and offers to load it again; in `www/start.js`.
    #[wasm_bindgen(js_name = foolproofStopped)]
    fn stopped(why: &str);
}

/// To be called before anything else. What the visitor has drawn and set stands in the address, so that nothing is lost by
/// loading the page again.
pub fn install() {
    std::panic::set_hook(Box::new(|info| stopped(&panicked::said(info))));
}
