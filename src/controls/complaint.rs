//! What is wrong with what was entered into a field: said at the field, and tied to it for those who hear the page. The
//! value that was good before stays in force.

use crate::web::{
    reactive::{live, text},
    when::When,
};
use foolproof_core::fault::Fault;
use leptos::prelude::*;

/// What is wrong with one field's entry; copies are the same.
#[derive(Clone, Copy)]
pub struct Complaint {
    said: RwSignal<String>,
    id: StoredValue<String>,
}

impl Complaint {
    /// Nothing is wrong.
    pub fn new() -> Complaint {
        // Page and lab are two programs in one document, so no counter of one of them would do.
        let id = format!("wrong-{:x}", (js_sys::Math::random() * 2f64.powi(52)) as u64);
        Complaint { said: RwSignal::new(String::new()), id: StoredValue::new(id) }
    }

    /// Says what is wrong; the empty text for nothing.
    pub fn say(self, what: String) {
        // What it is about may be gone by now, and the field with it.
        if self.said.try_with_untracked(|said| *said != what) == Some(true) {
            let _ = self.said.try_set(what);
        }
    }

    /// What a deed came to: what went wrong is said here, and nothing is left to say elsewhere.
    pub fn or_done(self, done: Result<String, Fault>) -> String {
        let (done, wrong) = match done {
            Ok(done) => (done, String::new()),
            Err(fault) => (String::new(), fault.message),
        };
        self.say(wrong);
        done
    }

    fn is_there(self) -> bool {
        self.said.with(|said| !said.is_empty())
    }

    /// The field's `aria-invalid`.
    pub fn invalid(self) -> Signal<Option<&'static str>> {
        live(move || self.is_there().then_some("true"))
    }

    /// The field's `aria-describedby`.
    pub fn describes(self) -> Signal<Option<String>> {
        live(move || self.is_there().then(|| self.id.get_value()))
    }

    /// The sentence, to stand behind the field.
    pub fn view(self) -> AnyView {
        view! {
            <When on=live(move || self.is_there())>
                <span class="complaint" role="alert" id=self.id.get_value()>
                    {text(move || self.said.get())}
                </span>
            </When>
        }
        .into_any()
    }
}
