//! What the host is told without asking: `ready engine state progress result fault height`.

use super::{
    attack::{engine, result},
    post,
};
use crate::host::answer;
use crate::web::reactive::{effect, memo};
use crate::{attack::results::Phase, host::message::event, shell::state::State, workers::rest::now};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use serde_json::json;
use wasm_bindgen::{JsCast, prelude::Closure};

/// Quiet time before `state` and `height` are told, in milliseconds.
const REST: u32 = 120;

/// Tells from now on.
pub fn start(state: State) {
    tell_engine(state);
    tell_state(state);
    tell_run(state);
    tell_faults(state);
    tell_height();
}

fn tell_engine(state: State) {
    let ready = memo(move || state.engine.with(|status| status.as_ref().is_some_and(|status| status.ready)));
    let known =
        memo(move || state.engine.with(|status| status.as_ref().map(|s| (s.kind, s.name.clone(), s.reason.clone()))));
    let mut told = false;
    effect(move || {
        if ready.get() && !std::mem::replace(&mut told, true) {
            post(&event("ready", engine(state)));
        }
    });
    effect(move || {
        if known.get().is_some() && ready.get() {
            post(&event("engine", engine(state)));
        }
    });
}

fn tell_state(state: State) {
    let timer = StoredValue::new_local(None::<Timeout>);
    effect(move || {
        state.settings.track();
        timer.set_value(Some(Timeout::new(REST, move || {
            post(&event("state", state.settings.with_untracked(answer::state)));
        })));
    });
}

fn tell_run(state: State) {
    let mut started = (0, 0.0);
    let mut told = 0;
    effect(move || {
        let Some(run) = state.results.with(|results| results.run.clone()) else { return };
        let ticket = run.ticket.0;
        if started.0 != ticket {
            started = (ticket, now());
        } else if let (Phase::Running, Some((done, total))) = (&run.phase, run.progress) {
            let left = (now() - started.1) * f64::from(total.saturating_sub(done)) / f64::from(done.max(1));
            post(&event("progress", json!({ "done": done, "total": total, "etaMillis": left.round() })));
        }
        if told != ticket
            && let Some(Ok(value)) = result(state, &run)
        {
            told = ticket;
            post(&event("result", value));
        }
    });
}

fn tell_faults(state: State) {
    let mut told = Vec::new();
    effect(move || {
        let notes = state.notes.get();
        for note in notes.iter().filter(|note| !told.contains(*note)) {
            if let Some(kind) = note.fault {
                post(&event("fault", json!({ "kind": kind, "message": note.text })));
            }
        }
        told = notes;
    });
}

/// The height in the words of Canvas, the learning platform, which is told by a frame and by nobody else.
fn tell_canvas(height: i32) {
    let parent = window().parent().ok().flatten().filter(|parent| *parent != window());
    if let Some(parent) = parent {
        let message = json!({ "subject": "lti.frameResize", "height": height }).to_string();
        // Refused only for values that cannot be copied; a text can.
        let _ = parent.post_message(&message.into(), "*");
    }
}

/// The height of the content once it rests, so that a frame can fit it: a page around it that moved with every step of
/// loading would move under its reader.
fn tell_height() {
    let watch = HeightWatch {
        seen: StoredValue::new(0),
        told: StoredValue::new(0),
        timer: StoredValue::new_local(None),
        observer: StoredValue::new_local(None),
    };
    let moved = Closure::<dyn FnMut()>::new(move || watch.moved());
    if let Ok(observer) = web_sys::ResizeObserver::new(moved.as_ref().unchecked_ref()) {
        watch.observer.set_value(Some((observer, moved)));
        watch.observe();
        on_cleanup(move || {
            watch.observer.with_value(|kept| kept.iter().for_each(|(observer, _)| observer.disconnect()))
        });
    }
}

/// An observer with what it calls.
type Observer = (web_sys::ResizeObserver, Closure<dyn FnMut()>);

/// The watch over the height. While it moves nothing is observed: a second change in one frame is an error in the console
/// of some browsers ("ResizeObserver loop completed with undelivered notifications").
#[derive(Clone, Copy)]
struct HeightWatch {
    /// The height when it was last looked at.
    seen: StoredValue<i32>,
    /// That of which the host knows.
    told: StoredValue<i32>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
    observer: StoredValue<Option<Observer>, LocalStorage>,
}

impl HeightWatch {
    fn observe(self) {
        if let Some(root) = document().document_element() {
            self.observer.with_value(|kept| kept.iter().for_each(|(observer, _)| observer.observe(&root)));
        }
    }

    /// It may have changed, or is observed anew.
    fn moved(self) {
        if height() != self.seen.get_value() {
            self.observer.with_value(|kept| kept.iter().for_each(|(observer, _)| observer.disconnect()));
            self.wait();
        }
    }

    /// Looks again in a moment, until it rests.
    fn wait(self) {
        let now = height();
        self.seen.set_value(now);
        self.timer.set_value(Some(Timeout::new(REST, move || match height() == now {
            true => self.tell(now),
            false => self.wait(),
        })));
    }

    fn tell(self, height: i32) {
        if self.told.get_value() != height {
            self.told.set_value(height);
            post(&event("height", json!(height)));
            tell_canvas(height);
        }
        self.observe();
    }
}

fn height() -> i32 {
    document().body().map_or(0, |body| body.scroll_height())
}
