//! Where this tab's checkpoint lies. A duplicated tab, or a second one, must not write over the first one's, so each tab
//! holds a place by a lock of the browser, which goes with the tab.

use crate::models::store::scoped_here;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Places there are; tabs beyond these, and all where the browser has no locks, share the first.
const PLACES: u32 = 8;

#[wasm_bindgen]
extern "C" {
    /// Holds a lock, if it is free; in `www/browser.js`.
    #[wasm_bindgen(js_name = foolproofLock)]
    fn hold(name: &str) -> Promise;
}

/// A place that this tab holds, until this is dropped.
struct Held(Function);

impl Drop for Held {
    fn drop(&mut self) {
        // It only settles a promise.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

async fn take(place: u32) -> Option<Held> {
    let answer = JsFuture::from(hold(&scoped_here(&format!("foolproof run {place}")))).await.ok()?;
    answer.dyn_into().ok().map(Held)
}

/// Takes a place for as long as the tab is open: one that no other tab holds and where something was left, or else the
/// first that no other tab holds. The promise is of its number.
pub fn claim(left: impl AsyncFn(u32) -> bool + 'static) -> Promise {
    future_to_promise(async move {
        let mut free = None;
        for place in 0..PLACES {
            let Some(held) = take(place).await else { continue };
            if left(place).await {
                free = Some((place, held));
                break;
            }
            free = free.or(Some((place, held)));
        }
        let place = free.map(|(place, held)| {
            std::mem::forget(held);
            place
        });
        Ok(place.unwrap_or(0).into())
    })
}

/// The number of the place that was claimed.
pub async fn number(claimed: Promise) -> u32 {
    // The promise is of a small whole number.
    JsFuture::from(claimed).await.ok().and_then(|place| place.as_f64()).unwrap_or(0.0) as u32
}
