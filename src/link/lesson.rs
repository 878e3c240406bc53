//! `lesson`: the step of a lesson that is open beside the page.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A place in a lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// The lesson's id.
    pub id: String,
    /// Its step, from 1.
    pub step: u32,
    /// `lesson.uses`: names of the controls that the step uses, which alone are shown; empty for all of them.
    pub uses: BTreeSet<String>,
}

impl Lesson {
    /// Whether a control stays beside the lesson. What surrounds the experiment is none of the step's business.
    pub(super) fn leaves(&self, control: &str) -> bool {
        let around = matches!(control, "engine" | "theme" | "lang" | "share") || control.starts_with("lesson.");
        self.uses.is_empty() || around || self.uses.contains(control)
    }
}
