//! Files from the visitor: a button that opens the browser's choice of files, in a place that takes drops too.
//!
//! The browser's own button speaks the browser's language and cannot be styled, so its field is out of sight in a label
//! that looks like a button; the keyboard reaches it as before.

use super::complaint::Complaint;
use crate::web::reactive::live;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DataTransfer, DragEvent, Event, File, HtmlInputElement};

/// A file, and its path below the folder that it was chosen or dropped in; its name, where it came alone.
pub type Chosen = (String, File);

/// What is done with files.
pub type Take = Callback<Vec<Chosen>>;

#[wasm_bindgen]
extern "C" {
    /// Pairs of paths and files of what is being dropped, those in folders among them; in `www/browser.js`.
    #[wasm_bindgen(js_name = foolproofDropping)]
    fn dropping(data: &DataTransfer) -> js_sys::Promise;
    /// Whether something of this kind was dropped beside the places for it, and not taken yet; in `www/browser.js`.
    #[wasm_bindgen(js_name = foolproofHasDropped)]
    pub fn has_dropped(kind: &str) -> bool;
    /// That, as pairs of paths and files; in `www/browser.js`.
    #[wasm_bindgen(js_name = foolproofTakeDropped)]
    fn take_dropped(kind: &str) -> js_sys::Promise;
}

/// The event of the window that tells of files that were dropped beside the places for them (`www/start.js`).
pub const DROPPED: &str = "foolproof-dropped";

/// What a button is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// What it says.
    pub label: &'static str,
    /// Endings and types, as HTML has them.
    pub accept: &'static str,
    /// Whether several may be chosen.
    pub several: bool,
    /// Whether it is a folder that is chosen.
    pub folder: bool,
}

/// The button; `complaint` is what is wrong with what was chosen.
pub fn button(wanted: Wanted, off: Signal<bool>, complaint: Complaint, take: Take) -> AnyView {
    let change = move |event: Event| {
        let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let files = field.files().map(|files| (0..files.length()).filter_map(|at| files.get(at)).collect::<Vec<_>>());
        let below = |file: &File| js_sys::Reflect::get(file, &"webkitRelativePath".into()).ok()?.as_string();
        let path = |file: &File| below(file).filter(|path| !path.is_empty()).unwrap_or_else(|| file.name());
        take.run(files.unwrap_or_default().into_iter().map(|file| (path(&file), file)).collect());
        // The same file may be chosen again.
        field.set_value("");
    };
    let Wanted { label, accept, several, folder } = wanted;
    view! {
        <label class="file">
            <input
                type="file"
                class="hidden"
                accept=accept
                multiple=several
                prop:webkitdirectory=folder
                disabled=off
                aria-invalid=complaint.invalid()
                aria-describedby=complaint.describes()
                on:change=change
            />
            {label}
        </label>
    }
    .into_any()
}

/// Buttons in a place that takes drops; `hint` says of what.
pub fn zone(buttons: Vec<AnyView>, hint: &'static str, off: Signal<bool>, take: Take) -> AnyView {
    let fall = move |event: DragEvent| {
        let Some(data) = event.data_transfer().filter(|_| !off.get_untracked()) else { return };
        arrive(dropping(&data), take);
    };
    // The page's own listener (www/start.js) keeps the browser from opening what is dropped.
    view! {
        <div class="drop" class:off=live(move || off.get()) data-drop="" on:drop=fall>
            {buttons}
            <span class="dim">{hint}</span>
        </div>
    }
    .into_any()
}

/// Takes what was dropped beside the places for it, now and whenever something is, as long as the owner lives.
pub fn follow(kind: &'static str, take: Take) {
    let look = move || {
        if has_dropped(kind) {
            arrive(take_dropped(kind), take);
        }
    };
    look();
    let listener = gloo_events::EventListener::new(&window(), DROPPED, move |_| look());
    let listener = StoredValue::new_local(Some(listener));
    on_cleanup(move || drop(listener.try_update_value(Option::take)));
}

/// Hands files over once they are found. A place that is gone by then takes none.
fn arrive(found: js_sys::Promise, take: Take) {
    spawn_local(async move {
        let pairs: Vec<Chosen> = JsFuture::from(found).await.map(|found| pairs(&found)).unwrap_or_default();
        let _ = take.try_run(pairs);
    });
}

fn pairs(found: &JsValue) -> Vec<Chosen> {
    let pair = |pair: JsValue| {
        let pair: js_sys::Array = pair.dyn_into().ok()?;
        Some((pair.get(0).as_string()?, pair.get(1).dyn_into().ok()?))
    };
    found.dyn_ref::<js_sys::Array>().into_iter().flat_map(js_sys::Array::iter).filter_map(pair).collect()
}
