//! Undo and redo: a line of states and a place on it.

/// Most states kept.
const DEPTH: usize = 200;

/// The past and the future of a value.
#[derive(Clone, Debug)]
pub struct History<T> {
    past: Vec<T>,
    future: Vec<T>,
    /// The future before the row of changes under way, which comes back if that is cancelled.
    lost: Vec<T>,
    /// What the last change was about; further changes about the same are one step.
    about: Option<&'static str>,
}

impl<T> Default for History<T> {
    fn default() -> History<T> {
        History { past: Vec::new(), future: Vec::new(), lost: Vec::new(), about: None }
    }
}

impl<T: PartialEq> History<T> {
    /// Keeps the state as it was before a change. Changes in a row about the same thing, as while a slider is
    /// dragged, are one step.
    pub fn keep(&mut self, before: T, about: Option<&'static str>) {
        let lost = std::mem::take(&mut self.future);
        if about.is_some() && self.about == about {
            return;
        }
        (self.lost, self.about) = (lost, about);
        if self.past.len() == DEPTH {
            self.past.remove(0);
        }
        self.past.push(before);
    }

    /// Ends a row of changes, so that the next one is a step of its own.
    pub fn rest(&mut self) {
        self.about = None;
        self.lost.clear();
    }

    /// The state before the row of changes under way, which was never made then; nothing if none is under way.
    pub fn cancel(&mut self) -> Option<T> {
        self.about.take()?;
        self.future = std::mem::take(&mut self.lost);
        self.past.pop()
    }

    /// The state before the last step.
    pub fn undo(&mut self, now: T) -> Option<T> {
        self.about = None;
        let before = self.past.pop()?;
        self.future.push(now);
        Some(before)
    }

    /// The state after the step that was undone last.
    pub fn redo(&mut self, now: T) -> Option<T> {
        self.about = None;
        let after = self.future.pop()?;
        self.past.push(now);
        Some(after)
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_and_redo_walk_the_same_line() {
        let mut history = History::default();
        for before in 0..3 {
            history.keep(before, None);
        }
        assert_eq!(history.undo(3), Some(2));
        assert_eq!(history.undo(2), Some(1));
        assert_eq!(history.redo(1), Some(2));
        assert_eq!(history.redo(2), Some(3));
        assert_eq!(history.redo(3), None);
        assert_eq!(history.undo(3), Some(2));
    }

    #[test]
    fn a_drag_is_one_step_until_it_rests() {
        let mut history = History::default();
        (0..10).for_each(|before| history.keep(before, Some("eps")));
        history.rest();
        (10..12).for_each(|before| history.keep(before, Some("eps")));
        assert_eq!(history.undo(12), Some(10));
        assert_eq!(history.undo(10), Some(0));
        assert!(!history.can_undo() && history.can_redo());
    }

    /// F24: a cancelled stroke takes no undo.
    #[test]
    fn a_row_that_is_cancelled_was_never_made() {
        let mut history = History::default();
        history.keep(0, None);
        assert_eq!(history.cancel(), None, "nothing is under way");
        history.keep(1, None);
        assert_eq!(history.undo(2), Some(1));
        (1..4).for_each(|before| history.keep(before, Some("pen")));
        assert_eq!(history.cancel(), Some(1));
        assert_eq!((history.redo(1), history.undo(2)), (Some(2), Some(1)));
        history.keep(1, Some("pen"));
        history.rest();
        assert_eq!((history.cancel(), history.undo(9)), (None, Some(1)));
    }

    #[test]
    fn a_change_forgets_what_was_undone_and_the_past_is_bounded() {
        let mut history = History::default();
        (0..2 * DEPTH).for_each(|before| history.keep(before, None));
        assert_eq!(history.undo(2 * DEPTH), Some(2 * DEPTH - 1));
        history.keep(5, None);
        assert!(!history.can_redo());
        let steps = std::iter::from_fn(|| history.undo(0)).count();
        assert_eq!(steps, DEPTH);
    }
}
