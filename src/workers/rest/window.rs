//! Rest as this window has it: the mark on the document, and this program's clock.

use super::Clock;
use foolproof_browser::clock;
use gloo_events::EventListener;
use std::cell::RefCell;

/// The event of the window that tells of a new mark.
pub const CHANGED: &str = "foolproof-rest";
/// The mark, an attribute of the document's element.
const MARK: &str = "data-resting";

thread_local! {
    /// The clock, and what turns it. Listening begins with the first look at it; earlier rests took nothing from anybody.
    static CLOCK: RefCell<Option<(Clock, Option<EventListener>)>> = const { RefCell::new(None) };
}

/// Whether the page rests.
pub fn is_on() -> bool {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute(MARK))
}

/// Milliseconds since the page was opened, less those of its rests.
pub fn now() -> f64 {
    let now = clock::now();
    CLOCK.with_borrow_mut(|kept| kept.get_or_insert_with(|| open(now)).0.read(now))
}

fn open(now: f64) -> (Clock, Option<EventListener>) {
    let mut clock = Clock::default();
    clock.turn(is_on(), now);
    let turn = |_: &web_sys::Event| {
        CLOCK.with_borrow_mut(|kept| kept.iter_mut().for_each(|(clock, _)| clock.turn(is_on(), clock::now())));
    };
    (clock, web_sys::window().map(|window| EventListener::new(&window, CHANGED, turn)))
}
