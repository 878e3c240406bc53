//! Sentences for the visitor: faults, and what a link had that could not be taken.

use super::State;
use crate::link::Remark;
use foolproof_core::protocol::{Fault, FaultKind};
use leptos::prelude::*;

/// Most notes on the page at once.
const MOST_NOTES: usize = 4;

/// A sentence for the visitor that stays until it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// What failed, if something did.
    pub fault: Option<FaultKind>,
}

impl State {
    /// Shows what a link had that could not be taken, in one note.
    pub fn remark(self, remarks: Vec<Remark>) {
        let said = |all: &Vec<Remark>| all.iter().map(Remark::sentence).collect::<Vec<_>>().join(" ");
        let before = self.remarks.with_value(said);
        self.remarks.update_value(|all| Remark::merge(all, remarks));
        let after = self.remarks.with_value(said);
        if after != before {
            self.notes.update(|notes| notes.retain(|note| note.text != before));
            self.note(after, None);
        }
    }

    /// Another link is in force: what the one before it had is no news any more.
    pub fn forget_remarks(self) {
        self.remarks.set_value(Vec::new());
    }

    /// Shows a fault.
    pub fn fault(self, fault: &Fault) {
        self.note(fault.message.clone(), Some(fault.kind));
    }

    /// Shows a sentence.
    pub fn note(self, text: String, fault: Option<FaultKind>) {
        let note = Note { text, fault };
        self.notes.update(|notes| {
            notes.retain(|known| *known != note);
            notes.push(note);
            let surplus = notes.len().saturating_sub(MOST_NOTES);
            notes.drain(..surplus);
        });
    }
}
