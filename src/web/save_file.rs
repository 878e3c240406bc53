//! Files that the browser saves.

use js_sys::{Array, Uint8Array};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Has the browser save a text as a file.
///
/// # Errors
/// What the browser throws where it refuses.
pub fn save_text(name: &str, kind: &str, content: &str) -> Result<(), JsValue> {
    download(name, kind, &content.into())
}

/// Has the browser save bytes as a file.
///
/// # Errors
/// As [`save_text`].
pub fn save_bytes(name: &str, kind: &str, content: &[u8]) -> Result<(), JsValue> {
    download(name, kind, &Uint8Array::from(content).into())
}

fn download(name: &str, kind: &str, content: &JsValue) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_blob_sequence_and_options(&Array::of1(content), &options)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser has taken the blob by the time that it returns to us.
    gloo_timers::callback::Timeout::new(1000, move || drop(Url::revoke_object_url(&address))).forget();
    Ok(())
}
