//! Changes that the browser's Back undoes.

use super::State;
use crate::link::address_bar;
use leptos::prelude::*;

impl State {
    /// The next change is one that the browser's Back undoes.
    pub fn mark_landmark(self) {
        address_bar::write(self, false);
        self.landmarks.update(|landmarks| *landmarks += 1);
    }
}
