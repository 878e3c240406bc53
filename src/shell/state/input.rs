//! The input under attack: strokes, pictures, test images, and undo.

use super::State;
use crate::web::reactive::effect;
use crate::{
    inputs::history::History,
    link::{Drawing, Input},
};
use foolproof_core::picture::{Grey, Point, SIDE, Sketch, centre, shrink};
use leptos::prelude::*;
use std::sync::Arc;

/// What is on the pad, and the picture it came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The pad.
    pub sketch: Sketch,
    /// An uploaded picture before centring, `SIDE * SIDE` bytes.
    pub photo: Option<Arc<[u8]>>,
}

impl Draft {
    /// The draft behind an input that came without one.
    pub fn of(input: &Input) -> Draft {
        match input {
            Input::Test(_) => Draft::default(),
            Input::Draw(drawing) => Draft { sketch: Sketch::over(drawing.pixels()), photo: None },
        }
    }

    /// The picture before centring.
    pub fn before(&self) -> Vec<u8> {
        self.photo.as_ref().map_or_else(|| shrink(self.sketch.sheet()), |photo| photo.to_vec())
    }
}

/// The input with nothing on it.
fn blank() -> Option<Input> {
    Drawing::new(&[0; SIDE * SIDE]).map(Input::Draw)
}

impl State {
    /// Keeps the settings of links and the lab equal to these while the pen is up: a drawing is packed for them once a
    /// stroke, not at every move.
    pub fn link(self) {
        effect(move || {
            if !self.drawing.get() {
                self.linked.set(self.settings.get());
            }
        });
    }

    /// Sets the pen down. On a test image this begins a new drawing; undo brings the image back.
    pub fn press(self, at: Point) {
        self.keep_input();
        self.drawing.set(true);
        self.draft.update(|draft| {
            if self.settings.with_untracked(|settings| matches!(settings.input, Input::Test(_))) {
                *draft = Draft::default();
            }
            draft.sketch.press(at);
        });
        self.take_draft();
    }

    /// Moves the pen along these points.
    pub fn draw(self, points: &[Point]) {
        self.draft.update(|draft| points.iter().for_each(|&point| draft.sketch.draw(point)));
        self.take_draft();
    }

    /// Lifts the pen.
    pub fn lift(self) {
        self.drawing.set(false);
    }

    /// Wipes the pad.
    pub fn wipe(self) {
        self.keep_input();
        self.draft.set(Draft::default());
        self.take_draft();
    }

    /// Takes a decoded picture; `photo` shows it before centring.
    pub fn upload(self, ink: &Grey, photo: Arc<[u8]>) {
        self.keep_input();
        self.draft.set(Draft { sketch: Sketch::over(&centre(ink)), photo: Some(photo) });
        self.take_draft();
    }

    /// Takes a test image.
    pub fn pick(self, index: usize) {
        self.keep_input();
        self.draft.set(Draft::default());
        self.settings.update(|settings| settings.input = Input::Test(index));
    }

    /// Opens another dataset, at its first test image, with its own model and radius.
    pub fn open_data(self, id: String) {
        self.draft.set(Draft::default());
        self.change("data", |settings| {
            (settings.data, settings.model, settings.eps, settings.input) = (id, None, None, Input::Test(0));
        });
    }

    /// Takes back the last change of the input.
    pub fn undo_input(self) {
        self.walk_input(History::undo);
    }

    /// Does again what was undone last.
    pub fn redo_input(self) {
        self.walk_input(History::redo);
    }

    fn walk_input(self, step: impl FnOnce(&mut History<(Input, Draft)>, (Input, Draft)) -> Option<(Input, Draft)>) {
        let now = self.input_now();
        if let Some((input, draft)) = self.drafts.try_update(|history| step(history, now)).flatten() {
            self.draft.set(draft);
            self.settings.update(|settings| settings.input = input);
        }
    }

    fn input_now(self) -> (Input, Draft) {
        (self.settings.with_untracked(|settings| settings.input.clone()), self.draft.get_untracked())
    }

    fn keep_input(self) {
        let now = self.input_now();
        self.drafts.update(|history| history.keep(now, None));
    }

    /// The pad's ink, centred, becomes the input.
    fn take_draft(self) {
        let pixels = self.draft.with_untracked(|draft| centre(draft.sketch.sheet()));
        if let Some(input) = Drawing::new(&pixels).map(Input::Draw).or_else(blank) {
            self.settings.update(|settings| settings.input = input);
        }
    }
}
