//! Rest as this window has it: the mark on the document, and this program's clock.

use super::Clock;
use foolproof_browser::clock;
use gloo_events::EventListener;
use std::cell::RefCell;
use web_sys::EventTarget;

/// The event of the window that tells of a new mark.
pub const CHANGED: &str = "foolproof-rest";
/// The mark, an attribute of the document's element.
const MARK: &str = "data-resting";

thread_local! {
    /// The clock, and what turns it. Listening begins with the first look at it; earlier rests took nothing from anybody.
    static CLOCK: RefCell<Option<(Clock, Vec<EventListener>)>> = const { RefCell::new(None) };
}

/// Whether the page rests.
pub fn is_on() -> bool {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute(MARK))
}

/// Milliseconds since the page was opened, less those of its rests and those in which it stood still.
pub fn now() -> f64 {
    with_clock(|clock, now| clock.read(now))
}

/// A timer came so many milliseconds too late.
pub fn lose(late: f64) {
    let hidden = web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden());
    with_clock(|clock, _| clock.lose(late, hidden));
}

fn with_clock<T>(with: impl FnOnce(&mut Clock, f64) -> T) -> T {
    let now = clock::now();
    CLOCK.with_borrow_mut(|kept| with(&mut kept.get_or_insert_with(|| open(now)).0, now))
}

fn open(now: f64) -> (Clock, Vec<EventListener>) {
    let mut clock = Clock::default();
    clock.turn(is_on(), now);
    let Some(window) = web_sys::window() else { return (clock, Vec::new()) };
    let document = window.document().map(EventTarget::from);
    let on = |target: &EventTarget, event: &'static str, frozen: bool| {
        EventListener::new(target, event, move |_| {
            CLOCK.with_borrow_mut(|kept| {
                kept.iter_mut().for_each(|(clock, _)| clock.turn(frozen || is_on(), clock::now()));
            });
        })
    };
    let mut listeners =
        vec![on(&window, CHANGED, false), on(&window, "pagehide", true), on(&window, "pageshow", false)];
    listeners
        .extend(document.iter().flat_map(|document| [on(document, "freeze", true), on(document, "resume", false)]));
    (clock, listeners)
}
