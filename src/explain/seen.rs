//! What the visitor has attacked: each input once, and a drawing once, however many strokes it takes.

use std::sync::Arc;

/// Inputs that are kept.
const KEPT: usize = 60;

/// The visitor's newest inputs, for the question whether they drift: near copies would pass for independent draws.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The model that was attacked and the pixels, the newest last.
    all: Vec<(String, Arc<[f32]>)>,
    /// Whether the newest is a drawing that may go on.
    goes_on: bool,
}

impl Seen {
    /// Notes an input. `drawing`: it is one of the visitor's; `penned`: the pen has been on it since it was opened, so that it
    /// takes the place of what it was before.
    pub fn note(&mut self, model: &str, pixels: &[f32], drawing: bool, penned: bool) {
        if drawing && penned && self.goes_on {
            self.all.pop();
        }
        self.all.retain(|(_, known)| **known != *pixels);
        self.all.push((model.to_owned(), pixels.into()));
        if self.all.len() > KEPT {
            self.all.remove(0);
        }
        self.goes_on = drawing;
    }

    /// The pad is blank: what is drawn next is another drawing.
    pub fn wipe(&mut self) {
        self.goes_on = false;
    }

    /// The inputs, the newest last.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[f32])> {
        self.all.iter().map(|(model, pixels)| (model.as_str(), &**pixels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inks(seen: &Seen) -> Vec<f32> {
        seen.iter().map(|(_, pixels)| pixels[0]).collect()
    }

    #[test]
    fn a_drawing_counts_once_until_the_pad_is_wiped() {
        let mut seen = Seen::default();
        seen.note("cnn", &[0.1], false, false);
        for ink in [0.2, 0.3, 0.4] {
            seen.note("cnn", &[ink], true, true);
        }
        assert_eq!(inks(&seen), [0.1, 0.4], "the test image stays, the strokes are one drawing");
        seen.wipe();
        seen.note("cnn", &[0.5], true, true);
        assert_eq!(inks(&seen), [0.1, 0.4, 0.5]);
        seen.note("cnn", &[0.6], false, false);
        seen.note("cnn", &[0.7], true, true);
        assert_eq!(inks(&seen), [0.1, 0.4, 0.5, 0.6, 0.7], "a press on a test image begins a drawing");
    }

    #[test]
    fn drawings_that_come_whole_are_inputs_of_their_own_until_the_pen_is_on_them() {
        let mut seen = Seen::default();
        seen.note("cnn", &[0.1], true, false);
        seen.note("cnn", &[0.2], true, false);
        seen.note("cnn", &[0.3], true, true);
        assert_eq!(inks(&seen), [0.1, 0.3]);
    }

    #[test]
    fn an_input_is_kept_once_and_only_the_newest_are() {
        let mut seen = Seen::default();
        (0..KEPT + 5).for_each(|at| seen.note("cnn", &[at as f32], false, false));
        seen.note("robust", &[9.0], false, false);
        assert_eq!((seen.iter().count(), seen.iter().last()), (KEPT, Some(("robust", &[9.0][..]))));
        assert_eq!(inks(&seen).iter().filter(|&&ink| ink == 9.0).count(), 1);
        assert_eq!(inks(&seen)[0], 5.0);
    }
}
