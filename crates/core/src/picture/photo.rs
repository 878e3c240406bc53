//! A decoded picture of any kind to ink: grey, paper made 0, the darkest stroke made 1.

use super::{Grey, paper::contrast_to_paper, ruled::without_lines};
use std::fmt;

/// Contrast between paper and ink below which a picture counts as empty, of 1.
const LEAST_CONTRAST: f32 = 0.06;
/// Share of the contrast that is still paper: grain, shadows, compression.
const GRAIN: f32 = 0.15;
/// Part of the pixels that may be brighter than what counts as full ink.
const BRIGHTEST: f32 = 0.005;

/// Why a picture cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// No pixels, or fewer than its size says.
    Empty,
    /// A pixel or a few.
    TooSmall,
    /// One colour from edge to edge.
    Blank,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::Empty => "The picture has no pixels.",
            Unreadable::TooSmall => "The picture is too small to show a digit: it needs at least 4 x 4 pixels.",
            Unreadable::Blank => "The picture is one colour from edge to edge, so there is nothing on it to read.",
        })
    }
}

/// The ink of a picture of `width * height` RGBA pixels: what differs from the paper around it, be it darker or brighter.
/// Ruled lines are no ink.
///
/// # Errors
/// [`Unreadable`] if there is nothing to see.
pub fn ink(rgba: &[u8], width: usize, height: usize) -> Result<Grey, Unreadable> {
    let expected = width.checked_mul(height).and_then(|count| count.checked_mul(4));
    if expected != Some(rgba.len()) || rgba.is_empty() {
        return Err(Unreadable::Empty);
    }
    if width < 4 || height < 4 {
        return Err(Unreadable::TooSmall);
    }
    // What is see-through shows white paper; if all is white then, the ink itself may be white: take the opacity.
    let mut grey = Grey { width, height, pixels: rgba.chunks_exact(4).map(over_white).collect() };
    if contrast(&grey.pixels) < LEAST_CONTRAST {
        grey.pixels = rgba.chunks_exact(4).map(|pixel| f32::from(pixel[3]) / 255.0).collect();
    }
    if contrast(&grey.pixels) < LEAST_CONTRAST {
        return Err(Unreadable::Blank);
    }
    let ink = stretched(&grey);
    if ink.is_blank() { Err(Unreadable::Blank) } else { Ok(ink) }
}

/// Luma (Rec. 709) of a pixel on white.
fn over_white(pixel: &[u8]) -> f32 {
    let alpha = f32::from(pixel[3]) / 255.0;
    let channel = |index: usize| f32::from(pixel[index]) / 255.0 * alpha + 1.0 - alpha;
    0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
}

fn contrast(pixels: &[f32]) -> f32 {
    let low = pixels.iter().copied().fold(1.0, f32::min);
    let high = pixels.iter().copied().fold(0.0, f32::max);
    high - low
}

/// Makes the paper 0 and the strongest ink 1.
fn stretched(grey: &Grey) -> Grey {
    let marks = contrast_to_paper(grey);
    let full = strongest(&marks.pixels);
    let mut ink = without_lines(&marks, full);
    for pixel in &mut ink.pixels {
        let share = (*pixel / full).min(1.0);
        *pixel = if share < GRAIN { 0.0 } else { share };
    }
    ink
}

/// The value that only [`BRIGHTEST`] of the inked pixels exceed.
fn strongest(pixels: &[f32]) -> f32 {
    let mut inked: Vec<f32> = pixels.iter().copied().filter(|&pixel| pixel > LEAST_CONTRAST / 2.0).collect();
    let Some(last) = inked.len().checked_sub(1) else { return 1.0 };
    let rank = last - (last as f32 * BRIGHTEST) as usize;
    *inked.select_nth_unstable_by(rank, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of one colour with a block of another in it.
    fn photo(width: usize, height: usize, paper: [u8; 4], ink: [u8; 4]) -> Vec<u8> {
        let inside = |at: usize, length: usize| at >= length / 3 && at < length - length / 3;
        let pixel = |index: usize| match inside(index % width, width) && inside(index / width, height) {
            true => ink,
            false => paper,
        };
        (0..width * height).flat_map(pixel).collect()
    }

    const WHITE: [u8; 4] = [255; 4];
    const BLACK: [u8; 4] = [0, 0, 0, 255];

    #[test]
    fn ink_is_what_differs_from_the_edges_dark_or_bright() {
        let pairs = [
            (WHITE, BLACK),
            (BLACK, WHITE),
            ([200, 190, 180, 255], [40, 40, 90, 255]),
            ([9, 9, 9, 255], [60, 60, 60, 255]),
        ];
        for (paper, colour) in pairs {
            let grey = ink(&photo(12, 9, paper, colour), 12, 9).unwrap();
            assert_eq!((grey.at(0, 0), grey.at(6, 4)), (0.0, 1.0), "{paper:?} {colour:?}");
        }
    }

    #[test]
    fn see_through_pictures_are_read_by_their_opacity_where_the_ink_is_white() {
        for colour in [BLACK, WHITE] {
            let grey = ink(&photo(12, 9, [0; 4], colour), 12, 9).unwrap();
            assert_eq!((grey.at(0, 0), grey.at(6, 4)), (0.0, 1.0), "{colour:?}");
        }
    }

    #[test]
    fn grain_of_the_paper_is_no_ink() {
        let mut picture = photo(30, 30, [250, 250, 250, 255], BLACK);
        (0..30).for_each(|index| picture[4 * (31 * index)] = 225);
        let grey = ink(&picture, 30, 30).unwrap();
        assert_eq!(grey.at(1, 1), 0.0);
    }

    #[test]
    fn each_kind_of_nothing_has_its_sentence() {
        assert_eq!(ink(&[], 0, 0), Err(Unreadable::Empty));
        assert_eq!(ink(&[0; 12], 2, 2), Err(Unreadable::Empty));
        assert_eq!(ink(&[0; 4], 1, 1), Err(Unreadable::TooSmall));
        assert_eq!(ink(&[0; 4], usize::MAX, usize::MAX), Err(Unreadable::Empty));
        assert_eq!(ink(&photo(8, 8, WHITE, WHITE), 8, 8), Err(Unreadable::Blank));
        assert_eq!(ink(&[0; 4 * 64], 8, 8), Err(Unreadable::Blank));
        assert!(Unreadable::Blank.to_string().ends_with('.'));
    }

    #[test]
    fn a_frame_does_not_turn_paper_into_ink() {
        let mut picture = photo(40, 40, WHITE, BLACK);
        picture[..40 * 4].fill(0);
        let grey = ink(&picture, 40, 40).unwrap();
        assert_eq!(grey.at(5, 5), 0.0, "the median of the edges is still the paper");
    }
}
