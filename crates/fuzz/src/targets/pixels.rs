//! Decoded pictures: what the page makes of their pixels.

use foolproof::inputs::{draft::Draft, format::Format};
use foolproof_core::{input_kind::InputKind, picture::ink};
use std::ops::RangeInclusive;

/// Sides of decoded pictures, pixels. What levels out the paper takes a millisecond for more.
const SIDES: RangeInclusive<usize> = 1..=9;
/// Inputs that a picture becomes.
const SHAPES: [[usize; 3]; 2] = [[1, 8, 8], [3, 4, 4]];

/// Width, height and pixels, as if a browser had decoded them.
pub fn check(bytes: &[u8]) {
    let [width, height, rest @ ..] = bytes else { return };
    let (width, height) = (usize::from(*width), usize::from(*height));
    if !SIDES.contains(&width) || !SIDES.contains(&height) {
        return;
    }
    let rgba: Vec<u8> = rest.iter().copied().chain([0]).cycle().take(4 * width * height).collect();
    if let Ok(ink) = ink(&rgba, width, height) {
        assert_eq!((ink.width, ink.height, ink.pixels.len()), (width, height, width * height));
        assert!(ink.pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)), "{:?}", ink.pixels);
        assert!(ink.pixels.iter().any(|&pixel| pixel > 0.0));
    }
    for shape in SHAPES {
        drawn(&rgba, width, height, &Format { kind: InputKind::Picture, shape });
    }
}

/// An upload as an input of these datasets, and centred.
fn drawn(rgba: &[u8], width: usize, height: usize, format: &Format) {
    let Ok(draft) = Draft::uploaded(rgba, width, height, format) else { return };
    assert!(draft.input(format).is_some());
    if draft.is_as_it_came(format)
        && let Ok(centred) = draft.centred(format)
    {
        assert!(centred.input(format).is_some());
    }
    let _ = draft.before();
}
