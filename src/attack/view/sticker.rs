//! The frame around a patch on the picture: dragged by hand, moved by arrow keys. Its place is in the link.

use crate::i18n::tr_with;
use crate::web::reactive::{live, memo, text};
use crate::web::when::When;
use crate::{
    attack::{
        plan,
        sticker::{KEYS, Sticker},
    },
    shell::state::State,
};
use leptos::{html, prelude::*};
use web_sys::{KeyboardEvent, PointerEvent};

/// What the hand holds: the pointer, where it came down, and where the patch was then.
type Held = Option<(i32, [i32; 2], Sticker)>;

/// The frame, while the attack in force is a patch.
#[component]
pub fn StickerFrame(
    /// Whether Tab stops at it; the same frame stands on the picture of each model.
    stop: bool,
) -> impl IntoView {
    let state = expect_context::<State>();
    let sticker = memo(move || state.job.with(|job| job.as_deref().and_then(Sticker::of)));
    view! {
        <When on=live(move || sticker.with(Option::is_some))>
            <Frame sticker stop />
        </When>
    }
}

#[component]
fn Frame(sticker: Memo<Option<Sticker>>, stop: bool) -> impl IntoView {
    let state = expect_context::<State>();
    let frame = NodeRef::<html::Button>::new();
    let held = StoredValue::new(Held::None);
    let fixed = state.setting(|settings| KEYS.iter().any(|key| !settings.lets(key)));
    let grab = move |event: PointerEvent| {
        let (Some(frame), Some(now)) = (frame.get_untracked(), sticker.get_untracked()) else { return };
        if !event.is_primary() || event.button() != 0 || fixed.get_untracked() {
            return;
        }
        // Without capture the drag just ends where the pointer leaves the frame.
        let _ = frame.set_pointer_capture(event.pointer_id());
        held.set_value(Some((event.pointer_id(), [event.client_y(), event.client_x()], now)));
    };
    let drag = move |event: PointerEvent| {
        let Some((pointer, [y, x], from)) = held.get_value() else { return };
        let Some(frame) = frame.get_untracked().filter(|_| pointer == event.pointer_id()) else { return };
        // A pixel of the picture, in pixels of the page.
        let pixel = frame.get_bounding_client_rect().width() / from.side as f64;
        let by = [event.client_y() - y, event.client_x() - x];
        put(state, from.moved(by.map(|way| (f64::from(way) / pixel.max(0.1)).round() as i32)));
    };
    let let_go = move |_: PointerEvent| {
        if held.try_update_value(Option::take).flatten().is_some() {
            state.rest();
        }
    };
    let press = move |event: KeyboardEvent| {
        let step = if event.shift_key() { 4 } else { 1 };
        let by = match event.key().as_str() {
            "ArrowUp" => [-step, 0],
            "ArrowDown" => [step, 0],
            "ArrowLeft" => [0, -step],
            "ArrowRight" => [0, step],
            _ => return,
        };
        event.prevent_default();
        sticker
            .get_untracked()
            .filter(|_| !fixed.get_untracked())
            .into_iter()
            .for_each(|now| put(state, now.moved(by)));
    };
    let share = move |part: fn(Sticker) -> (usize, usize)| {
        text(move || sticker.get().map(part).map(|(part, whole)| format!("{}%", part as f64 * 100.0 / whole as f64)))
    };
    let said = move || {
        sticker.get().map(|Sticker { side, at: [row, column], .. }| {
            tr_with(
                "Sticker of {0} x {0} pixels, its corner at row {1}, column {2}. Drag it, or move it with the arrow keys.",
                &[&side, &(row + 1), &(column + 1)],
            )
        })
    };
    view! {
        <button
            type="button"
            class="sticker"
            node_ref=frame
            disabled=fixed
            tabindex=if stop { "0" } else { "-1" }
            aria-label=text(said)
            title=text(said)
            style:top=share(|sticker| (sticker.at[0], sticker.within[0]))
            style:left=share(|sticker| (sticker.at[1], sticker.within[1]))
            style:width=share(|sticker| (sticker.side, sticker.within[1]))
            style:height=share(|sticker| (sticker.side, sticker.within[0]))
            on:pointerdown=grab
            on:pointermove=drag
            on:pointerup=let_go
            on:pointercancel=let_go
            on:keydown=press
            on:keyup=move |_| state.rest()
        ></button>
    }
}

/// Puts the patch somewhere; links have it.
fn put(state: State, to: Sticker) {
    let pairs = KEYS.into_iter().zip(to.shares());
    state.change("place", |settings| pairs.for_each(|(key, share)| plan::set_knob(settings, key, Some(share))));
}
