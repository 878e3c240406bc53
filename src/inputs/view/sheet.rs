//! What lies on the drawing pad, as pixels.

use crate::{charts::colour, link::Input, shell::state::State};
use foolproof_core::picture::{FINENESS, enlarged};
use leptos::prelude::*;

/// What is added to a third of what stays as it is: a blue, which no input has.
const VEIL: [u8; 4] = [20, 40, 90, 170];

/// What the pad shows, in RGBA: the sheet with what is on it, or the test image at the sheet's size.
pub(super) fn content(state: State) -> Vec<u8> {
    let (format, draft) = (state.format(), state.on_pad());
    let drawn = state.settings.with(|settings| matches!(settings.input, Input::Draw(_)));
    if drawn && format.is_grey() && !draft.is_as_it_came(&format) {
        return colour::grey(draft.sketch.sheet().pixels.iter().copied());
    }
    let features = format.features();
    state.subject.with(|subject| {
        let fits = subject.as_ref().map(|subject| &subject.pixels).filter(|pixels| pixels.len() == features);
        let pixels: &[f32] = fits.map_or(&[], |pixels| pixels);
        let side = format.side();
        let channels = pixels.chunks(side * side).flat_map(|channel| enlarged(channel, side).pixels);
        let large: Vec<f32> = channels.collect();
        colour::picture(&large, [format.shape[0], side * FINENESS, side * FINENESS])
    })
}

/// Veils the pixels that attacks may not change.
pub(super) fn veil(rgba: &mut [u8], open: &[bool], side: usize) {
    let sheet = side * FINENESS;
    for (index, pixel) in rgba.chunks_exact_mut(4).enumerate() {
        let place = index / sheet / FINENESS * side + index % sheet / FINENESS;
        if !open.get(place).copied().unwrap_or(true) {
            pixel.iter_mut().zip(VEIL).for_each(|(value, veil)| *value = *value / 3 + veil);
        }
    }
}
