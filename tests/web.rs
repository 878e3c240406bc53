//! The browser glue, in a real browser: messages, pauses, workers that break, GPUs that are none.

#![cfg(target_arch = "wasm32")]

#[path = "web/adapter.rs"]
mod adapter;
#[path = "web/messages.rs"]
mod messages;
#[path = "web/threads.rs"]
mod threads;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
