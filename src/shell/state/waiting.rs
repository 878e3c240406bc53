//! Whether what is shown is of the attack that the settings ask for, so that no sentence describes one by another's numbers.

use super::State;
use crate::{
    attack::results::Age,
    web::reactive::{effect, memo},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// How long a result of other numbers may stand without a word, in milliseconds.
const LATE: u32 = 150;

/// Notes when the result that is shown is of other numbers for a while: at once, words would flicker under a hand that
/// moves a control.
pub(super) fn start(state: State) {
    let timer = StoredValue::new_local(None::<Timeout>);
    let before = memo(move || state.age() == Some(Age::Before));
    effect(move || {
        state.late.set(false);
        timer.set_value(before.get().then(|| Timeout::new(LATE, move || state.late.set(true))));
    });
}

impl State {
    /// How the first model's result stands to the attack that the settings ask for.
    pub fn age(self) -> Option<Age> {
        let model = self.pair().into_iter().next()?;
        let job = self.job.get();
        self.results.with(|results| results.shown.get(&model.id).map(|shown| shown.age(job.as_deref())))
    }

    /// Whether the page has to wait for words about the attack in force: what is shown is of another one, or has been of
    /// other numbers for a while.
    pub fn waits(self) -> bool {
        match self.age() {
            Some(Age::Now) | None => false,
            Some(Age::Before) => self.late.get(),
            Some(Age::Another) => true,
        }
    }
}
