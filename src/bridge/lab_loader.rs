//! The page's end of the bridge: has the lab loaded, listens to it, tells it things, and carries questions and answers
//! both ways.

use super::{
    channel,
    messages::{self, LabAnswer, LabQuestion, Lost, PageAnswer, ToLab, ToPage},
    questions::{Questions, Then},
};
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Loads and starts the lab, unless it is there or on its way; in `www/start.js`, which also shows and tells it
    /// where that fails.
    #[wasm_bindgen(js_name = foolproofLab)]
    pub fn open();

    /// Whether the host waits for an answer, so that a frame must not rest though nobody sees it; in `www/start.js`.
    #[wasm_bindgen(js_name = foolproofAwaited)]
    pub fn awaited(on: bool);
}

thread_local! {
    /// What was asked of the lab.
    static ASKED: RefCell<Questions<LabAnswer>> = const { RefCell::new(Questions::new()) };
}

/// Listens to the lab. Answers go to whoever asked, everything else to `hear`.
pub fn start(hear: impl Fn(ToPage) + 'static) {
    let heard = move |bytes: &[u8]| match ToPage::read(bytes) {
        Ok(ToPage::Answer { id, answer }) => answered(id, answer),
        Ok(message) => hear(message),
        Err(why) => miss(bytes, &why),
    };
    channel::listen(channel::TO_PAGE, Box::new(heard));
}

/// Says what is lost with a message that cannot be read: on the console, and to whoever waits for it.
fn miss(bytes: &[u8], why: &str) {
    channel::complain(why);
    match Lost::of(bytes) {
        Some(Lost::Question(id)) => {
            tell(&ToLab::Answer { id, answer: PageAnswer::Refused(messages::unreadable(why)) });
        }
        Some(Lost::Answer(id)) => answered(id, LabAnswer::Refused(messages::unreadable(why))),
        None => {}
    }
}

/// Tells the lab something; nobody hears it where the lab is not there.
pub fn tell(message: &ToLab) {
    channel::send(channel::TO_LAB, message.write());
}

/// A number for a question to the lab, for whoever must know it before the answer comes.
pub fn number() -> u32 {
    ASKED.with_borrow_mut(Questions::number)
}

/// Asks the lab, which must be there. What it knows it answers before this returns, what it must wait for later.
pub fn ask(id: u32, question: LabQuestion, then: Then<LabAnswer>) {
    ASKED.with_borrow_mut(|asked| asked.wait(id, then));
    tell(&ToLab::Ask { id, question });
}

fn answered(id: u32, answer: LabAnswer) {
    if let Some(then) = ASKED.with_borrow_mut(|asked| asked.answered(id)) {
        then(answer);
    }
}
