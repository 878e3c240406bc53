//! The panel as a sheet over the lower part of a narrow window, so that the text and what it is about are seen together:
//! a handle to drag, and two buttons for those who do not drag. Its heights are the styles' own, by a mark on the panel;
//! a wide window has no use for them.

use crate::i18n::tr;
use crate::{
    lessons::words,
    web::reactive::{effect, text},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, PointerEvent};

/// Heights, from the lowest, as the styles call them.
const HEIGHTS: [&str; 3] = ["low", "half", "high"];
/// The height that a visit begins with.
const FIRST: usize = 1;
/// A drag shorter than this, in pixels, is none.
const SHORTEST: i32 = 24;

/// The bar at the upper edge of the sheet.
#[component]
pub fn SheetBar() -> impl IntoView {
    let height = RwSignal::new(FIRST);
    effect(move || {
        let height = HEIGHTS[height.get()];
        if let Some(panel) = panel() {
            // An attribute of a plain name can always be set.
            let _ = panel.set_attribute("data-sheet", height);
        }
    });
    let begun = StoredValue::new(None::<i32>);
    let grasp = move |event: PointerEvent| {
        begun.set_value(Some(event.client_y()));
        let handle = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(handle) = handle {
            // Without the capture a drag would end where the handle does, and that is no loss.
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    };
    // A drag moves the edge by one height, as soon as it is long enough to be meant.
    let follow = move |event: PointerEvent| {
        let by = begun.get_value().map_or(0, |start| start - event.client_y());
        if by.abs() > SHORTEST {
            begun.set_value(None);
            move_by(height, by.signum());
        }
    };
    let release = move |_: PointerEvent| begun.set_value(None);
    let button = move |name: &'static str, sign: &'static str, by: i32| {
        // Not `disabled`, which would take the focus from under the hand that pressed it.
        let last = move || moved(height.get(), by) == height.get();
        view! {
            <button
                type="button"
                class="quiet"
                aria-label=tr(name)
                title=tr(name)
                aria-disabled=text(move || last().to_string())
                on:click=move |_| move_by(height, by)
            >
                {sign}
            </button>
        }
    };
    view! {
        <div class="sheet" role="group" aria-label=tr(words::SHEET)>
            {button(words::LOWER, "▾", -1)}
            <span
                class="handle"
                on:pointerdown=grasp
                on:pointermove=follow
                on:pointerup=release
                on:pointercancel=release
            ></span> {button(words::HIGHER, "▴", 1)}
        </div>
    }
}

/// Brings the experiment to the upper edge of a window whose lower part the sheet covers, once its page is the one shown.
pub fn show_experiment() {
    request_animation_frame(|| {
        // As a sheet it goes from edge to edge, beside or above the page it does not.
        let wide = document().document_element().map_or(0, |root| root.client_width());
        let covers = panel().is_some_and(|panel| panel.offset_width() == wide);
        let main = document().query_selector("div:not([hidden]) > main").ok().flatten();
        if let Some(main) = main.filter(|_| covers) {
            main.scroll_into_view();
        }
    });
}

fn moved(height: usize, by: i32) -> usize {
    height.saturating_add_signed(by as isize).min(HEIGHTS.len() - 1)
}

fn move_by(height: RwSignal<usize>, by: i32) {
    height.update(|height| *height = moved(*height, by));
}

fn panel() -> Option<HtmlElement> {
    document().get_element_by_id("lesson")?.dyn_into().ok()
}
