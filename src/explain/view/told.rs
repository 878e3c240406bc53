//! An attack that is done, as the page tells it through the bridge.

use foolproof_core::protocol::{AttackJob, Request};
use js_sys::{Array, Float32Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// An attack with what it found.
#[derive(Clone, Debug, PartialEq)]
pub struct Attack {
    /// What was attacked, and how.
    pub job: AttackJob,
    /// Adversarial pixels by model.
    pub twins: Vec<(String, Vec<f32>)>,
    /// Whether the pen has been on the input since it was opened.
    pub penned: bool,
}

impl Attack {
    /// From `[bytes, [[model, pixels]], penned]`; nothing if it is anything else.
    pub fn read(value: &JsValue) -> Option<Attack> {
        let parts = value.dyn_ref::<Array>()?;
        let bytes = parts.get(0).dyn_into::<Uint8Array>().ok()?.to_vec();
        let Ok(Request::Attack { job, .. }) = postcard::from_bytes(&bytes) else { return None };
        let twin = |twin: JsValue| {
            let twin = twin.dyn_into::<Array>().ok()?;
            Some((twin.get(0).as_string()?, twin.get(1).dyn_into::<Float32Array>().ok()?.to_vec()))
        };
        let twins = parts.get(1).dyn_into::<Array>().ok()?.iter().filter_map(twin).collect();
        Some(Attack { job, twins, penned: parts.get(2).is_truthy() })
    }
}
