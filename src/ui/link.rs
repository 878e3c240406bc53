//! The address bar: settings become the fragment, and a fragment opened or walked back to becomes settings.

use super::{
    address::{Page, Remark, Settings},
    state::State,
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Quiet time before the fragment is written, in milliseconds: browsers refuse more than a few writes a second.
const REST: u32 = 250;

/// The settings in the address bar.
pub fn read() -> (Settings, Vec<Remark>) {
    Settings::read(&location_hash())
}

fn location_hash() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// Keeps the fragment and the settings equal.
pub fn start(state: State) {
    let timer = StoredValue::new_local(None::<Timeout>);
    let landmark = state.setting(landmark);
    Effect::new(move |before: Option<_>| {
        let fragment = state.settings.with(Settings::fragment);
        let here = (landmark.get(), state.landmarks.get());
        let moved = before.is_some_and(|before| before != here);
        if moved && fragment != written() {
            timer.set_value(None);
            write(&fragment, true);
        } else {
            timer.set_value(Some(Timeout::new(REST, move || write(&fragment, false))));
        }
        here
    });
    let listener = window_event_listener(leptos::ev::hashchange, move |_| arrive(state));
    on_cleanup(move || listener.remove());
}

/// What a visitor would walk back to.
fn landmark(settings: &Settings) -> (Page, Option<super::address::Lesson>) {
    (settings.page, settings.lesson.clone())
}

fn written() -> String {
    location_hash().trim_start_matches('#').to_owned()
}

/// Writes the fragment, as a new entry of the browser's history or over the present one.
pub fn write(fragment: &str, new: bool) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    let Some(history) = history.filter(|_| fragment != written()) else { return };
    let address = format!("#{fragment}");
    // A browser that refuses, for being asked too often, loses nothing but the address.
    let _ = match new {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(&address)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(&address)),
    };
}

/// A link was opened, or Back or Forward pressed.
fn arrive(state: State) {
    let (settings, mut remarks) = read();
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
