//! The files that were chosen, in the browser's keeping: their bytes one at a time, and pictures by its own decoder.

use super::tell;
use crate::dataset::{Decoded, Hands, Listed};
use foolproof_core::{
    importing::dataset::{DatasetAnswer, LARGEST_SIDE},
    picture::file_kind,
};
use js_sys::{Array, Date, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, File, ImageBitmap, ImageBitmapOptions, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d, ResizeQuality,
};

/// Milliseconds between two words on how far it is.
const BEAT: f64 = 100.0;
/// Side of the picture that is painted and read back, to find out whether the browser alters it.
const PROBE: u32 = 16;
/// Change of a byte that no answer hangs on; some browsers alter the last bit of a few.
const HIDDEN: u8 = 2;

/// What was chosen.
pub struct Chosen {
    scope: DedicatedWorkerGlobalScope,
    files: Array,
    /// When it was said last how far it is.
    told: Cell<f64>,
    /// Whether the browser alters pictures that are read; found out at the first one.
    alters: Cell<Option<bool>>,
}

impl Chosen {
    /// These files.
    pub fn new(scope: &DedicatedWorkerGlobalScope, files: Array) -> Chosen {
        Chosen { scope: scope.clone(), files, told: Cell::new(0.0), alters: Cell::new(None) }
    }

    /// Their paths, which the page hands over beside them, and lengths.
    pub fn listed(&self, paths: &Array) -> Vec<Listed> {
        let of = |(at, file): (usize, JsValue)| {
            let path = paths.get(at as u32).as_string().unwrap_or_default();
            // Lengths are whole.
            let bytes = file.dyn_ref::<File>().map_or(0.0, |file| file.size()) as u64;
            Listed { path, bytes }
        };
        self.files.iter().enumerate().map(of).collect()
    }
}

impl Hands for Chosen {
    async fn bytes(&self, place: usize) -> Result<Vec<u8>, String> {
        let lost = |_: JsValue| "the browser cannot read it".to_owned();
        let file: File = self.files.get(place as u32).dyn_into().map_err(lost)?;
        let bytes = JsFuture::from(file.array_buffer()).await.map_err(lost)?;
        Ok(Uint8Array::new(&bytes).to_vec())
    }

    async fn picture(&self, bytes: &[u8]) -> Result<Decoded, String> {
        let alters = self.alters.get().unwrap_or_else(alters);
        self.alters.set(Some(alters));
        if alters {
            return Err("this browser alters pictures that a page reads, against tracking".into());
        }
        let unreadable = |_: JsValue| match file_kind(bytes) {
            Some(kind) => {
                format!("it is of the kind {kind}, which this browser does not read here; save it as PNG or JPEG")
            }
            None => "it is no picture that this browser can read".into(),
        };
        let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).map_err(unreadable)?;
        let decoded = self.scope.create_image_bitmap_with_blob(&blob).map_err(unreadable)?;
        let bitmap: ImageBitmap = JsFuture::from(decoded).await.and_then(JsCast::dyn_into).map_err(unreadable)?;
        let read = self.read(&bitmap).await;
        bitmap.close();
        read.map_err(unreadable)
    }

    fn told(&self, done: usize, total: usize) {
        let now = Date::now();
        if done == total || now - self.told.get() > BEAT {
            self.told.set(now);
            tell(&self.scope, &DatasetAnswer::Progress { done: done as u32, total: total as u32 });
        }
    }
}

impl Chosen {
    /// A picture's pixels, made smaller by the browser where it is too large.
    async fn read(&self, bitmap: &ImageBitmap) -> Result<Decoded, JsValue> {
        let (longest, most) = (bitmap.width().max(bitmap.height()), LARGEST_SIDE as u32);
        if longest <= most {
            return pixels(bitmap, false);
        }
        // Sides fit 16 bits or so, and the product 32.
        let side = |length: u32| (length * most).div_ceil(longest).clamp(1, most);
        let options = ImageBitmapOptions::new();
        options.set_resize_width(side(bitmap.width()));
        options.set_resize_height(side(bitmap.height()));
        options.set_resize_quality(ResizeQuality::High);
        let smaller = self.scope.create_image_bitmap_with_image_bitmap_and_image_bitmap_options(bitmap, &options)?;
        let smaller: ImageBitmap = JsFuture::from(smaller).await?.dyn_into()?;
        let read = pixels(&smaller, true);
        smaller.close();
        read
    }
}

fn sheet(width: u32, height: u32) -> Result<OffscreenCanvasRenderingContext2d, JsValue> {
    let context = OffscreenCanvas::new(width, height)?.get_context("2d")?;
    context.ok_or(JsValue::NULL)?.dyn_into().map_err(JsValue::from)
}

fn pixels(bitmap: &ImageBitmap, scaled: bool) -> Result<Decoded, JsValue> {
    let (width, height) = (bitmap.width(), bitmap.height());
    let context = sheet(width, height)?;
    context.draw_image_with_image_bitmap(bitmap, 0.0, 0.0)?;
    let data = context.get_image_data(0.0, 0.0, width.into(), height.into())?;
    Ok(Decoded { width: width as usize, height: height as usize, rgba: data.data().0, scaled })
}

/// Whether a picture that is read back is not the one that was painted: some browsers alter it against tracking.
fn alters() -> bool {
    let read = || {
        let context = sheet(PROBE, PROBE)?;
        context.set_fill_style_str("#808080");
        context.fill_rect(0.0, 0.0, PROBE.into(), PROBE.into());
        context.get_image_data(0.0, 0.0, PROBE.into(), PROBE.into()).map(|data| data.data().0)
    };
    let grey = |pixel: &[u8; 4]| matches!(pixel, [colours @ .., 255] if colours.iter().all(|value| value.abs_diff(0x80) <= HIDDEN));
    read().is_ok_and(|rgba| !rgba.as_chunks::<4>().0.iter().all(grey))
}
