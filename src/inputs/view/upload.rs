//! A picture from a file, dropped, or pasted: sizes first, then the browser's own decoder, then ink.

use crate::i18n::{tr, tr_heard, tr_mark, tr_with};
use crate::{
    attack::words::bytes,
    inputs::{draft::Draft, format::Format},
    link::{Page, Settings},
    shell::state::State,
};
use foolproof_core::{fault::FaultKind, picture::file_kind};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    CanvasRenderingContext2d, DataTransfer, File, HtmlCanvasElement, HtmlInputElement, ImageBitmap, ImageBitmapOptions,
    ResizeQuality,
};

/// Largest file that is decoded.
const MOST_BYTES: f64 = 20e6;
/// Longest side of a picture that is decoded at all.
const LONGEST: usize = 10_000;
/// Where a file must have stated its size; in a photo much else may come first.
const HEAD: f64 = 1e6;
/// Longest side that is looked at; larger pictures are scaled down.
const WORKING: u32 = 512;
/// Side of the picture that is painted and read back, to find out whether the browser alters it.
const PROBE: u32 = 16;
/// Change of a byte that no answer hangs on; some browsers alter the last bit of a few.
const HIDDEN: u8 = 2;

/// What tells of a picture that was dropped on the page (`www/drop.js`).
const DROPPED: &str = "foolproof-picture";

/// Takes pictures that are dropped anywhere on the page, and leads to where they are attacked.
pub fn follow_drops(state: State) {
    let taken = move |event: &web_sys::Event| {
        let file = event.dyn_ref::<web_sys::CustomEvent>().and_then(|event| event.detail().dyn_into::<File>().ok());
        let Some(file) = file else { return };
        let takes = |settings: &Settings| {
            ["input", "draw", "upload"].iter().all(|control| settings.shows(control) && settings.lets(control))
        };
        if !state.settings.with_untracked(takes) || !state.formats.get_untracked().kind.is_picture() {
            let said = tr_mark("“{0}” is not taken: the input of this page is no picture, or is fixed.");
            let sentence = tr_with(said, &[&file.name()]);
            return state.note(sentence, Some(FaultKind::Input));
        }
        state.settings.update(|settings| settings.page = Page::Attack);
        take(state, file);
    };
    gloo_events::EventListener::new(&window(), DROPPED, taken).forget();
}

/// A button that opens a file; files pasted into the page are taken too.
#[component]
pub fn UploadButton() -> impl IntoView {
    let state = expect_context::<State>();
    let field = NodeRef::<html::Input>::new();
    let locked = state.input_locked();
    let chosen = move |event: ev::Event| {
        let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        if let Some(file) = field.files().and_then(|files| files.get(0)) {
            take(state, file);
        }
        // The same file may be chosen again.
        field.set_value("");
    };
    let offered = move |data: Option<DataTransfer>| {
        data.and_then(|data| data.files()).and_then(|files| files.get(0)).filter(|_| !locked.get_untracked())
    };
    let listener = window_event_listener(ev::paste, move |event| {
        let data = event.dyn_ref::<web_sys::ClipboardEvent>().and_then(web_sys::ClipboardEvent::clipboard_data);
        offered(data).into_iter().for_each(|file| take(state, file));
    });
    on_cleanup(move || listener.remove());
    let open = move |_| field.get_untracked().into_iter().for_each(|field| field.click());
    view! {
        <button type="button" disabled=locked on:click=open title=tr("A picture: PNG, JPEG, WebP. You can also drop or paste one.")>
            {tr("Upload")}
        </button>
        <input node_ref=field type="file" accept="image/*" hidden=true tabindex="-1" aria-hidden="true" on:change=chosen />
    }
}

fn take(state: State, file: File) {
    spawn_local(async move {
        match read(&file, &state.formats.get_untracked()).await {
            Ok(draft) => state.upload(draft),
            Err(sentence) => state.note(sentence, Some(FaultKind::Input)),
        }
    });
}

/// What becomes of a file's picture; or one sentence.
async fn read(file: &File, format: &Format) -> Result<Draft, String> {
    let name = file.name();
    if file.size() == 0.0 {
        return Err(tr_with("“{0}” is empty, so there is no picture in it.", &[&name]));
    }
    if file.size() > MOST_BYTES {
        return Err(tr_with(
            "“{0}” has {1}; pictures up to {2} are taken.",
            &[&name, &bytes(file.size()), &bytes(MOST_BYTES)],
        ));
    }
    // A picture of a few kilobytes may need gigabytes once it is decoded, so its header is asked first.
    let head = head(file).await.unwrap_or_default();
    if let Ok(size) = imagesize::blob_size(&head) {
        fits(&name, size.width, size.height)?;
    }
    if alters() {
        return Err(tr_with(
            "This browser alters pictures that a page reads, against tracking, so “{0}” cannot be taken. Drawing works.",
            &[&name],
        ));
    }
    let window = web_sys::window().ok_or(tr("This page has no window."))?;
    let unreadable = |_: JsValue| match file_kind(&head) {
        Some(kind) => tr_with(
            "“{0}” is of the kind {1}, which this browser does not read. Save it as PNG or JPEG first.",
            &[&name, &kind],
        ),
        None => tr_with("“{0}” is not a picture that this browser can read.", &[&name]),
    };
    let decoded = window.create_image_bitmap_with_blob(file).map_err(unreadable)?;
    let bitmap: ImageBitmap = JsFuture::from(decoded).await.and_then(JsCast::dyn_into).map_err(unreadable)?;
    if let Err(sentence) = fits(&name, bitmap.width() as usize, bitmap.height() as usize) {
        bitmap.close();
        return Err(sentence);
    }
    let small = scaled(&window, &bitmap).await;
    bitmap.close();
    let (rgba, width, height) = small.ok_or_else(|| unreadable(JsValue::NULL))?;
    Draft::uploaded(&rgba, width, height, format)
        .map_err(|why| tr_with("“{0}” cannot be used. {1}", &[&name, &tr_heard(&why.to_string())]))
}

/// The beginning of a file, which states its kind and, of a PNG, JPEG, GIF or WebP, its size.
async fn head(file: &File) -> Option<Vec<u8>> {
    let head = file.slice_with_f64_and_f64(0.0, HEAD).ok()?;
    let bytes = JsFuture::from(head.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&bytes).to_vec())
}

fn fits(name: &str, width: usize, height: usize) -> Result<(), String> {
    match width.max(height) > LONGEST {
        true => {
            Err(tr_with("“{0}” is {1} x {2} pixels; sides up to {3} are taken.", &[&name, &width, &height, &LONGEST]))
        }
        false => Ok(()),
    }
}

fn sheet(width: u32, height: u32) -> Option<CanvasRenderingContext2d> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Whether a picture that is read back is not the one that was painted: some browsers alter it against tracking.
fn alters() -> bool {
    let read = || {
        let context = sheet(PROBE, PROBE)?;
        context.set_fill_style_str("#808080");
        context.fill_rect(0.0, 0.0, PROBE.into(), PROBE.into());
        Some(context.get_image_data(0.0, 0.0, PROBE.into(), PROBE.into()).ok()?.data().0)
    };
    let grey = |pixel: &[u8]| pixel[..3].iter().all(|value| value.abs_diff(0x80) <= HIDDEN) && pixel[3] == 255;
    read().is_some_and(|rgba| !rgba.chunks_exact(4).all(grey))
}

/// RGBA of a picture, scaled down to the working size if it is larger, aspect kept.
async fn scaled(window: &web_sys::Window, bitmap: &ImageBitmap) -> Option<(Vec<u8>, usize, usize)> {
    let longest = bitmap.width().max(bitmap.height()).max(1);
    let side = |length: u32| if longest > WORKING { (length * WORKING).div_ceil(longest).max(1) } else { length };
    let (width, height) = (side(bitmap.width()), side(bitmap.height()));
    let options = ImageBitmapOptions::new();
    options.set_resize_width(width);
    options.set_resize_height(height);
    options.set_resize_quality(ResizeQuality::High);
    let resized = window.create_image_bitmap_with_image_bitmap_and_image_bitmap_options(bitmap, &options).ok()?;
    let resized: ImageBitmap = JsFuture::from(resized).await.ok()?.dyn_into().ok()?;
    let context = sheet(width, height)?;
    context.draw_image_with_image_bitmap(&resized, 0.0, 0.0).ok()?;
    resized.close();
    let data = context.get_image_data(0.0, 0.0, width.into(), height.into()).ok()?;
    Some((data.data().0, width as usize, height as usize))
}
