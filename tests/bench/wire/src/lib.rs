//! The protocol for the benchmark's page: requests from JSON, events to JSON, by the code that page and engine themselves use.
//! `cargo xtask bench` builds it; nothing of it ships. Natively it is empty.
#![cfg(target_arch = "wasm32")]

use foolproof_core::protocol::{Event, Request, VERSION};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// The fingerprint of the protocol that this was built from.
#[wasm_bindgen]
pub fn version() -> u32 {
    VERSION
}

/// The message of a request, which is given as serde writes it: `{"Stop": {"ticket": 1}}`.
///
/// # Errors
/// What the protocol misses in it.
#[wasm_bindgen]
pub fn request(json: &str) -> Result<Vec<u8>, JsError> {
    let request: Request = serde_json::from_str(json)?;
    Ok(postcard::to_allocvec(&request)?)
}

/// An event that was read.
#[wasm_bindgen]
pub struct Heard(Event);

#[wasm_bindgen]
impl Heard {
    /// Reads a message of the engine's, as the page does.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(message: &[u8]) -> Result<Heard, JsError> {
        Ok(Heard(postcard::from_bytes(message)?))
    }

    /// Whether an answer is complete with it.
    pub fn ends(&self) -> bool {
        matches!(self.0, Event::Ready { .. } | Event::ModelReady { .. } | Event::Done { .. } | Event::Fault { .. })
    }

    /// The event as serde writes it.
    ///
    /// # Errors
    /// None that is known of.
    pub fn json(&self) -> Result<String, JsError> {
        Ok(serde_json::to_string(&self.0)?)
    }
}
