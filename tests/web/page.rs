//! The page's side of its workers, in a real browser: workers that answer, and workers that break.

#![cfg(target_arch = "wasm32")]

mod threads;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
