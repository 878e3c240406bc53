//! The input under attack: strokes, pictures, test images, and undo.

use super::State;
use crate::web::reactive::effect;
use crate::{
    inputs::{draft::Draft, format::Format, history::History},
    link::Input,
};
use foolproof_core::picture::Point;
use leptos::prelude::*;

/// What the points of one stroke are about, to the history.
const STROKE: &str = "stroke";

/// An input, and the drawing that it came from.
pub type Drafted = (Input, Option<Draft>);

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

    /// What the inputs of the dataset are.
    pub fn format(self) -> Format {
        self.formats.get()
    }

    /// What is on the pad: what was drawn, or the input that came without a drawing.
    pub fn on_pad(self) -> Draft {
        let format = self.format();
        let of_input = || self.settings.with(|settings| Draft::of(&settings.input, &format));
        self.draft.get().unwrap_or_else(of_input)
    }

    /// Whether the input is fixed.
    pub fn input_locked(self) -> Signal<bool> {
        self.setting(|settings| !settings.lets("input") || !settings.lets("draw")).into()
    }

    /// Sets the pen down. On a test image this begins a new drawing; undo brings the image back.
    pub fn press(self, at: Point) {
        self.keep_input(Some(STROKE));
        self.drawing.set(true);
        let mut draft = untrack(|| self.on_pad());
        draft.sketch.press(at);
        self.take_draft(draft);
    }

    /// Moves the pen along these points.
    pub fn draw(self, points: &[Point]) {
        let mut draft = untrack(|| self.on_pad());
        points.iter().for_each(|&point| draft.sketch.draw(point));
        self.take_draft(draft);
    }

    /// Lifts the pen.
    pub fn lift(self) {
        self.drafts.update_untracked(History::rest);
        self.drawing.set(false);
    }

    /// Takes back the stroke under way, on the input or on its mask, as if the pen had never been down.
    pub fn cancel(self) {
        if self.masking.get_untracked() {
            let before = self.controls.try_update(History::cancel).flatten();
            before.into_iter().for_each(|before| self.settings.update(|settings| settings.mask = before.mask));
        }
        let before = self.drafts.try_update(History::cancel).flatten();
        before.into_iter().for_each(|before| self.take_drafted(before));
        self.lift();
    }

    /// Wipes the pad.
    pub fn wipe(self) {
        self.keep_input(None);
        self.take_draft(Draft::blank(&self.formats.get_untracked()));
    }

    /// Takes an uploaded picture.
    pub fn upload(self, draft: Draft) {
        self.keep_input(None);
        self.take_draft(draft);
    }

    /// Takes an input that comes without a drawing.
    pub fn pick(self, input: Input) {
        self.keep_input(None);
        self.draft.set(None);
        self.begin_again();
        self.settings.update(|settings| settings.input = input);
    }

    /// Opens another dataset, at its first test image, with its own model and radius.
    pub fn open_data(self, id: String) {
        self.draft.set(None);
        self.change("data", |settings| {
            (settings.data, settings.model, settings.eps, settings.input) = (id, None, None, Input::Test(0));
            settings.mask = None;
        });
        self.masking.set(false);
    }

    /// Takes back the last change of the input.
    pub fn undo_input(self) {
        self.walk_input(History::undo);
    }

    /// Does again what was undone last.
    pub fn redo_input(self) {
        self.walk_input(History::redo);
    }

    fn walk_input(self, step: impl FnOnce(&mut History<Drafted>, Drafted) -> Option<Drafted>) {
        let now = self.input_now();
        let found = self.drafts.try_update(|history| step(history, now)).flatten();
        found.into_iter().for_each(|found| self.take_drafted(found));
    }

    fn take_drafted(self, (input, draft): Drafted) {
        self.draft.set(draft);
        self.begin_again();
        self.settings.update(|settings| settings.input = input);
    }

    fn input_now(self) -> Drafted {
        (self.settings.with_untracked(|settings| settings.input.clone()), self.draft.get_untracked())
    }

    fn keep_input(self, about: Option<&'static str>) {
        let now = self.input_now();
        self.drafts.update(|history| history.keep(now, about));
    }

    /// What the model gets of a draft becomes the input.
    fn take_draft(self, draft: Draft) {
        let input = draft.input(&self.formats.get_untracked());
        self.draft.set(Some(draft));
        if let Some(input) = input {
            self.begin_again();
            self.settings.update(|settings| settings.input = input);
        }
    }
}
