//! One file over HTTP: progress in bytes, a limit on its size, its hash, and a plain sentence when it fails.

use crate::i18n::{tr, tr_with};
use foolproof_core::{
    manifest::{File, digest},
    protocol::{Fault, FaultKind},
};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, RequestCache, RequestInit, Response};

/// How much the browser's cache is trusted.
#[derive(Clone, Copy, PartialEq)]
pub enum Freshness {
    /// As the server says.
    Usual,
    /// Ask the server whether the file has changed.
    Revalidate,
    /// Not at all.
    Reload,
}

/// A file of the manifest. One whose hash differs is asked for once more past the cache, which may be older than
/// the manifest.
///
/// # Errors
/// A [`Fault`] with one sentence that names the file.
pub async fn checked(file: &File, progress: impl Fn(u64)) -> Result<Vec<u8>, Fault> {
    let first = bytes(&file.path, file.bytes, Freshness::Usual, &progress).await;
    match first.and_then(|bytes| verify(file, bytes)) {
        Err(fault) if !fault.message.contains("HTTP") => {
            let again = bytes(&file.path, file.bytes, Freshness::Reload, &progress).await?;
            verify(file, again)
        }
        done => done,
    }
}

fn verify(file: &File, bytes: Vec<u8>) -> Result<Vec<u8>, Fault> {
    if (bytes.len() as u64) < file.bytes {
        return Err(bad(&file.path, &tr_with("only {0} of its {1} bytes arrived", &[&bytes.len(), &file.bytes])));
    }
    if digest(&bytes) == file.sha256 {
        Ok(bytes)
    } else {
        Err(bad(&file.path, tr("its content is not what the page expects (SHA-256)")))
    }
}

fn bad(path: &str, why: &str) -> Fault {
    Fault::new(FaultKind::File, tr_with("{0} cannot be used: {1}.", &[&path, &why]))
}

/// A file of at most so many bytes.
///
/// # Errors
/// A [`Fault`] with one sentence that names the file.
pub async fn bytes(path: &str, most: u64, freshness: Freshness, progress: impl Fn(u64)) -> Result<Vec<u8>, Fault> {
    let lost = |_: JsValue| bad(path, tr("the connection failed"));
    let options = RequestInit::new();
    options.set_cache(match freshness {
        Freshness::Usual => RequestCache::Default,
        Freshness::Revalidate => RequestCache::NoCache,
        Freshness::Reload => RequestCache::Reload,
    });
    let window = web_sys::window().ok_or_else(|| lost(JsValue::NULL))?;
    let response = JsFuture::from(window.fetch_with_str_and_init(path, &options)).await.map_err(lost)?;
    let response: Response = response.dyn_into().map_err(lost)?;
    if !response.ok() {
        return Err(bad(path, &tr_with("the server answers HTTP {0}", &[&response.status()])));
    }
    let body = response.body().ok_or_else(|| bad(path, tr("it is empty")))?;
    let too_long = || bad(path, &tr_with("it is longer than {0} bytes", &[&most]));
    drain(&body, most, progress).await.map_err(lost)?.ok_or_else(too_long)
}

/// All bytes of a stream, or `None` if there are more than `most`.
///
/// # Errors
/// Whatever the stream breaks with.
pub async fn drain(body: &ReadableStream, most: u64, progress: impl Fn(u64)) -> Result<Option<Vec<u8>>, JsValue> {
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into()?;
    let mut bytes = Vec::new();
    loop {
        let part = JsFuture::from(reader.read()).await?;
        if Reflect::get(&part, &"done".into())?.is_truthy() {
            return Ok(Some(bytes));
        }
        let chunk: Uint8Array = Reflect::get(&part, &"value".into())?.dyn_into()?;
        if bytes.len() as u64 + u64::from(chunk.length()) > most {
            // Whether the rest still arrives does not matter any more.
            drop(reader.cancel());
            return Ok(None);
        }
        let start = bytes.len();
        bytes.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut bytes[start..]);
        progress(bytes.len() as u64);
    }
}
