//! The challenge at work: when a drawing rests and it is known where the chosen network falls, epsilon rises from 0 to
//! there, place by place, each as soon as its attack is done.

use super::State;
use crate::web::reactive::{effect, memo};
use crate::{
    attack::{
        challenge::ChallengeResult,
        defence,
        plan::Subject,
        results::{Phase, Run},
        rise::{PLACES, Rise, radius},
        scale::widen,
    },
    link::{Challenge, Input, Settings},
};
use foolproof_core::{catalog::Aim, protocol::AttackJob};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;

/// How long the pen has to be up before epsilon rises, in milliseconds: a digit may have several strokes.
const REST: u32 = 900;
/// How long a place on the way is shown at least, in milliseconds.
const PACE: u32 = 90;

#[wasm_bindgen]
extern "C" {
    /// Whether the visitor wants no motion; in `www/start.js`.
    #[wasm_bindgen(js_name = foolproofStill)]
    fn still() -> bool;
}

/// Follows the challenge.
pub(super) fn start(state: State) {
    let on = state.setting(|settings| settings.challenge.is_some());
    let search = memo(move || {
        state.job.track();
        if on.get() { untrack(|| state.radius_job()).map(Arc::new) } else { None }
    });
    forget(state, search);
    let goal = memo(move || search.get().and_then(|search| goal(state, &search)));
    let rested = RwSignal::new(false);
    let timer = StoredValue::new_local(None::<Timeout>);
    effect(move || {
        let waits = search.with(Option::is_some) && !state.drawing.get();
        rested.set(false);
        timer.set_value(waits.then(|| Timeout::new(REST, move || rested.set(true))));
    });
    effect(move || {
        let friends = state.settings.with(|settings| settings.challenge == Some(Challenge::Friend));
        let waits = state.rise.with(|rise| *rise == Rise::Waiting);
        if let (Some(goal), true) = (goal.get(), waits && (friends || rested.get() && !still())) {
            begin(state, goal, friends);
        }
    });
    climb(state);
}

/// Another drawing, network or attack begins anew; a figure to beat was found with one network and one attack.
fn forget(state: State, search: Memo<Option<Arc<AttackJob>>>) {
    let mut before = None;
    effect(move || {
        let search = search.get();
        if state.rise.with_untracked(|rise| *rise != Rise::Waiting) {
            state.rise.set(Rise::Waiting);
        }
        let Some(search) = search else { return };
        let terms = Some((search.models.first().cloned(), search.attack.clone(), search.seed));
        let others = before.is_some() && before != terms;
        before = terms;
        let beats = |settings: &Settings| matches!(settings.challenge, Some(Challenge::Beat { .. }));
        if others && state.settings.with_untracked(beats) {
            state.settings.update(|settings| settings.challenge = Some(Challenge::Draw));
        }
    });
}

/// Where the first network falls, once the search has found it, or the largest radius that it held; the second's place is
/// not waited for.
fn goal(state: State, search: &AttackJob) -> Option<f64> {
    let first = state.pair().into_iter().next()?.id;
    state.results.with(|results| {
        let known = results.searched() == Some(search) && defence::first(search) == Some(first.as_str());
        let to = results.marks.get(&first).copied().filter(|_| known)?;
        Some(widen(to.unwrap_or(search.attack.eps)))
    })
}

/// Sets out; `at_once` goes straight to the end.
fn begin(state: State, to: f64, at_once: bool) {
    // The radius means nothing to an attack that looks for the nearest input.
    let nearest = untrack(|| state.card()).is_some_and(|card| card.aim == Aim::Nearest);
    // A page that is loaded anew is there already.
    let there = state.settings.with_untracked(|settings| settings.eps == Some(to));
    let at = if at_once || nearest || there { PLACES } else { 0 };
    go(state, to, at);
}

fn go(state: State, to: f64, at: u32) {
    set_radius(state, radius(to, at));
    state.rise.set(Rise::Rising { to, at });
}

fn set_radius(state: State, eps: f64) {
    let eps = Some(eps);
    if state.settings.with_untracked(|settings| settings.eps != eps) {
        state.settings.update(|settings| settings.eps = eps);
    }
}

/// Goes on when the attack of a place is done, until the network falls.
fn climb(state: State) {
    let timer = StoredValue::new_local(None::<Timeout>);
    effect(move || {
        timer.set_value(None);
        let Rise::Rising { to, at } = state.rise.get() else { return };
        let Some(job) = state.job.get() else { return };
        // Another hand has moved epsilon.
        if job.attack.eps != radius(to, at) as f32 {
            return state.rise.set(Rise::Left);
        }
        let Some(run) = state.results.with(|results| results.run.clone()).filter(|run| run.job == job) else { return };
        match run.phase {
            Phase::Running => {}
            Phase::Stopped | Phase::Failed(_) => state.rise.set(Rise::Left),
            Phase::Done(_) if at >= PLACES || has_fallen(&run) => end(state, &run),
            Phase::Done(_) => timer.set_value(Some(Timeout::new(PACE, move || go(state, to, at + 1)))),
        }
    });
}

/// Whether the attack has fooled the first network.
fn has_fallen(run: &Run) -> bool {
    let first = run.outcomes.iter().find(|outcome| Some(outcome.model.as_str()) == defence::first(&run.job));
    first.and_then(|outcome| outcome.samples.first()).is_some_and(|sample| sample.success)
}

fn end(state: State, run: &Run) {
    let (pair, classes, search) = untrack(|| (state.pair(), state.classes(), state.radius_job()));
    let result = search.and_then(|search| ChallengeResult::of(run, &pair, classes, search.attack.eps));
    state.rise.set(result.map_or(Rise::Left, |result| Rise::Over(Arc::new(result))));
}

impl State {
    /// Whether the visitor wants no motion.
    pub fn is_still(self) -> bool {
        still()
    }

    /// The visitor's hand takes epsilon to where the network falls.
    pub fn raise(self) {
        let goal = untrack(|| self.radius_job().and_then(|search| goal(self, &search)));
        goal.into_iter().for_each(|goal| begin(self, goal, true));
    }

    /// Whether it is known where the network falls. Tracks what that follows from.
    pub fn can_rise(self) -> bool {
        self.job.track();
        untrack(|| self.radius_job()).is_some_and(|search| goal(self, &search).is_some())
    }

    /// In a challenge, epsilon is 0 again for another input, and whoever has looked at a friend's draws against it.
    pub(super) fn begin_again(self) {
        let Some(challenge) = self.settings.with_untracked(|settings| settings.challenge) else { return };
        let beaten = match (challenge, self.rise.get_untracked()) {
            (Challenge::Friend, Rise::Over(result)) => result.to_beat(),
            (Challenge::Friend, _) => Challenge::Draw,
            (other, _) => other,
        };
        set_radius(self, 0.0);
        if beaten != challenge {
            self.settings.update(|settings| settings.challenge = Some(beaten));
        }
    }

    /// Begins the challenge, on an empty pad unless something of the visitor's own is on it; the browser's Back ends it.
    pub fn challenge(self) {
        self.mark_landmark();
        self.settings.update(|settings| settings.challenge = Some(Challenge::Draw));
        match self.settings.with_untracked(|settings| matches!(settings.input, Input::Draw(_))) {
            true => self.begin_again(),
            false => self.wipe(),
        }
    }

    /// Ends it. An empty pad gives way to the first test image.
    pub fn end_challenge(self) {
        self.settings.update(|settings| settings.challenge = None);
        if self.subject.with_untracked(|subject| subject.as_ref().is_some_and(Subject::is_blank)) {
            self.pick(Input::Test(0));
            self.settings.update(|settings| settings.eps = None);
            self.check();
        }
    }
}
