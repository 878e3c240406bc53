//! A text onto the clipboard, and a sentence about whether it is there.

use crate::i18n::tr;
use crate::web::reactive::text as words;
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Puts a text on the clipboard, and says whether it is there.
pub async fn put(text: &str) -> &'static str {
    let clipboard = window().navigator().clipboard();
    // Outside secure contexts there is no clipboard, and a frame may not be allowed to use it.
    match !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok() {
        true => tr("Copied."),
        false => tr("The clipboard is not available here; please select the text and copy it."),
    }
}

/// A button that copies a text, and says so beside it.
#[component]
pub fn CopyButton(
    /// The button's word.
    name: &'static str,
    /// The text.
    text: Signal<String>,
) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let answer = put(&text).await;
            // The button may be gone by then.
            let _ = said.try_set(answer);
        });
    };
    view! {
        <button type="button" on:click=copy>
            {name}
        </button>
        <span class="dim copied" role="status">
            {words(move || said.get())}
        </span>
    }
}
