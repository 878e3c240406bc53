//! What workers stand on, in a real browser: messages, pauses, GPUs that are none.

#![cfg(target_arch = "wasm32")]

mod adapter;
mod messages;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
