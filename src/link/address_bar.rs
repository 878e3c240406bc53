//! The address bar: settings become the fragment, and a fragment opened or walked back to becomes settings.

use super::{Page, Remark, Settings};
use crate::{shell::state::State, web::reactive::effect};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Quiet time before the fragment is written, in milliseconds: browsers refuse more than a few writes a second.
const REST: u32 = 250;

/// The settings in the address bar.
pub fn read() -> (Settings, Vec<Remark>) {
    Settings::read(&here())
}

/// The fragment in the address bar, as the browser spells it.
fn here() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// Keeps the fragment and the settings equal.
pub fn start(state: State) {
    state.seen.set_value(here());
    let timer = StoredValue::new_local(None::<Timeout>);
    let later = move || timer.set_value(Some(Timeout::new(REST, move || write(state, false))));
    let landmark = state.setting(landmark);
    let place = StoredValue::new(None);
    effect(move || {
        state.settings.track();
        let here = Some((landmark.get(), state.landmarks.get()));
        let before = place.get_value();
        place.set_value(here.clone());
        if before.is_some() && before != here {
            timer.set_value(None);
            write(state, true);
        } else {
            later();
        }
    });
    let listener = window_event_listener(leptos::ev::hashchange, move |event| {
        arrive(state, event.new_url().split_once('#').map_or("", |(_, fragment)| fragment));
        // The browser has made this entry of its history; only its spelling may have to change.
        place.set_value(Some((landmark.get_untracked(), state.landmarks.get_untracked())));
        later();
    });
    on_cleanup(move || listener.remove());
}

/// What a visitor would walk back to.
fn landmark(settings: &Settings) -> (Page, Option<super::Lesson>) {
    (settings.page, settings.lesson.clone())
}

/// Writes the settings' fragment, as a new entry of the browser's history or over the present one. A fragment that has
/// not been read yet stays: it is a link just opened, and the browser is about to tell of it.
pub fn write(state: State, new: bool) {
    let fragment = state.settings.with_untracked(Settings::fragment);
    let found = here();
    let unread = state.seen.with_value(|seen| *seen != found);
    let Some(history) = web_sys::window().and_then(|window| window.history().ok()) else { return };
    if unread || fragment == found {
        return;
    }
    let address = format!("#{fragment}");
    // A browser that refuses, for being asked too often, loses nothing but the address.
    let _ = match new {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(&address)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(&address)),
    };
    state.seen.set_value(here());
    hand_over(&address);
}

/// Hugging Face shows a Space in a frame, and takes its fragment for the address bar around it.
fn hand_over(hash: &str) {
    let Some(window) = web_sys::window() else { return };
    let is_space = window.location().hostname().is_ok_and(|name| name.ends_with(".hf.space"));
    if let (true, Ok(Some(parent))) = (is_space, window.parent()) {
        let message = js_sys::Object::new();
        // A fresh object takes any key, and where nobody of that name listens the message is dropped.
        let _ = js_sys::Reflect::set(&message, &"hash".into(), &hash.into());
        let _ = parent.post_message(&message, "https://huggingface.co");
    }
}

/// A link was opened, or Back or Forward pressed. The address bar may be at a later one already.
fn arrive(state: State, fragment: &str) {
    state.seen.set_value(fragment.to_owned());
    let (settings, mut remarks) = Settings::read(fragment);
    remarks.extend(state.replace(settings));
    state.forget_remarks();
    state.remark(remarks);
}

/// The address that restores the experiment.
pub fn address(state: State) -> String {
    let here = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let page = here.split('#').next().unwrap_or_default();
    format!("{page}#{}", state.settings.with_untracked(Settings::fragment))
}
