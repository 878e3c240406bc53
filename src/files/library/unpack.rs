//! Gzip, by the browser: off the page's thread, so that unpacking ten thousand pictures never holds up a pen stroke.
//!
//! Each browser that can run an engine has the unpacker: Chromium since version 80, Safari since 16.4, the first with
//! WebAssembly SIMD, and Firefox since 113, one before the first with module workers.

use super::fetch;
use crate::i18n::{tr, tr_with};
use foolproof_core::protocol::{Fault, FaultKind};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ReadableWritablePair, Response};

/// The content of a gzip file, which must be exactly as many bytes long as one of `sizes`, the smallest first.
///
/// # Errors
/// A [`Fault`] that names the file and says what is wrong.
pub async fn gunzip(path: &str, packed: &[u8], sizes: &[usize]) -> Result<Vec<u8>, Fault> {
    let bad = |why: &str| Fault::new(FaultKind::File, tr_with("{0} cannot be unpacked: {1}.", &[&path, &why]));
    let broken = |_: JsValue| bad(tr("it is no gzip file, or a damaged one"));
    let content = Response::new_with_opt_js_u8_array(Some(&Uint8Array::from(packed))).map_err(broken)?.body();
    let content = content.ok_or_else(|| bad(tr("it is empty")))?;
    let unpacker = unpacker().map_err(|_| bad(tr("this browser has no DecompressionStream")))?;
    let unpacked = content.pipe_through(&unpacker);
    let (size, longest) = (sizes.first().copied().unwrap_or_default(), sizes.last().copied().unwrap_or_default());
    let most = || bad(&tr_with("it is longer than the {0} bytes it should be", &[&longest]));
    let bytes = fetch::drain(&unpacked, longest as u64, |_| ()).await.map_err(broken)?.ok_or_else(most)?;
    if sizes.contains(&bytes.len()) {
        Ok(bytes)
    } else {
        Err(bad(&tr_with("it has {0} bytes, not {1}", &[&bytes.len(), &size])))
    }
}

/// The browser's unpacker. web-sys counts it among what may still change, so it is asked for by name.
fn unpacker() -> Result<ReadableWritablePair, JsValue> {
    let constructor: Function = Reflect::get(&js_sys::global(), &"DecompressionStream".into())?.dyn_into()?;
    // It has the two ends that a pair is made of, which is no class of its own.
    Reflect::construct(&constructor, &Array::of1(&"gzip".into())).map(JsValue::unchecked_into)
}
