//! What a script has thrown.

use wasm_bindgen::JsValue;

/// What JavaScript threw, as a sentence's part.
pub fn thrown(value: &JsValue) -> String {
    let error = js_sys::Object::from(value.clone());
    String::from(error.to_string()).trim_end_matches('.').to_string()
}
