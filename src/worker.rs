//! The loop around a session in a web worker: requests in, a piece of work, events out.
//!
//! The worker takes every message that has come, does one piece of work, posts what came of it, and lets the event
//! loop run before the next piece, so that a newer request or a Stop is never more than one piece away. The engine
//! has no clock: the time comes from here.

pub mod adapter;
pub mod alarm;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod inbox;
pub mod pause;
pub mod post;

#[cfg(feature = "worker")]
mod serve;
#[cfg(feature = "worker")]
pub use serve::start;

use wasm_bindgen::JsValue;

/// Milliseconds since the page or worker began, never running backwards.
pub fn now() -> f64 {
    let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into()).map(web_sys::Performance::from);
    performance.map_or_else(|_| js_sys::Date::now(), |performance| performance.now())
}

/// What JavaScript threw, as a sentence's part.
pub fn thrown(value: &JsValue) -> String {
    let error = js_sys::Object::from(value.clone());
    String::from(error.to_string()).trim_end_matches('.').to_string()
}
