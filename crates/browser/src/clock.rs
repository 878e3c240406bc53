//! The browser's clock.

/// Milliseconds since the page or worker began, never running backwards.
pub fn now() -> f64 {
    let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into()).map(web_sys::Performance::from);
    performance.map_or_else(|_| js_sys::Date::now(), |performance| performance.now())
}
