//! Values to colours: ink as grey, and a signed change from blue over white to vermilion, which colour-blind people
//! tell apart (Okabe and Ito 2008).

use std::iter;

/// Darker than before.
const BLUE: [f32; 3] = [0.0, 114.0, 178.0];
/// No change.
const WHITE: [f32; 3] = [250.0, 250.0, 250.0];
/// Brighter than before.
const VERMILION: [f32; 3] = [213.0, 94.0, 0.0];

/// Ink in [0, 1] as RGBA, white on black like MNIST itself.
pub fn grey(pixels: impl Iterator<Item = f32>) -> Vec<u8> {
    pixels.map(byte).flat_map(|value| [value, value, value, 255]).collect()
}

/// An input of `[channels, rows, columns]`, values in [0, 1] channel by channel, as RGBA row by row: one channel is grey,
/// three are red, green and blue, and of any other number the mean is shown as grey. What is missing is 0.
pub fn picture(values: &[f32], [channels, rows, columns]: [usize; 3]) -> Vec<u8> {
    let value = |channel: usize, at: usize| values.get(channel * rows * columns + at).copied().unwrap_or(0.0);
    let places = 0..rows * columns;
    if channels == 3 {
        return places.flat_map(|at| [byte(value(0, at)), byte(value(1, at)), byte(value(2, at)), 255]).collect();
    }
    grey(places.map(|at| (0..channels).map(|channel| value(channel, at)).sum::<f32>() / channels.max(1) as f32))
}

/// A value in [0, 1] as 0 to 255; what lies outside is taken to the nearer end.
fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Changes as RGBA; `most` is where the colours are full. Without any change all is white.
pub fn signed(changes: impl Iterator<Item = f32>, most: f32) -> Vec<u8> {
    let scale = if most > 0.0 { 1.0 / most } else { 0.0 };
    changes.flat_map(|change| diverging(change * scale).into_iter().chain(iter::once(255))).collect()
}

/// The colour of a share between -1 and 1.
pub fn diverging(share: f32) -> [u8; 3] {
    let end = if share < 0.0 { BLUE } else { VERMILION };
    let amount = share.abs().min(1.0);
    std::array::from_fn(|channel| (WHITE[channel] + (end[channel] - WHITE[channel]) * amount).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_is_the_hue_and_the_size_the_depth() {
        assert_eq!((diverging(-1.0), diverging(0.0), diverging(1.0)), ([0, 114, 178], [250, 250, 250], [213, 94, 0]));
        assert_eq!((diverging(-9.0), diverging(9.0)), (diverging(-1.0), diverging(1.0)));
        let [red, _, blue] = diverging(0.5);
        assert!(red > blue && blue < 250);
    }

    #[test]
    fn pixels_are_opaque_and_bounded() {
        assert_eq!(grey([-1.0, 0.5, 7.0].into_iter()), [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
        assert_eq!(signed([0.3, 0.0].into_iter(), 0.0), [250, 250, 250, 255, 250, 250, 250, 255]);
        assert_eq!(signed([0.3].into_iter(), 0.3), [213, 94, 0, 255]);
    }

    #[test]
    fn a_picture_has_the_colours_of_its_channels() {
        let grey_one = [-1.0, 0.0, 0.3, 0.5, 1.0, 7.0];
        assert_eq!(picture(&grey_one, [1, 2, 3]), grey(grey_one.into_iter()), "one channel is grey as before");
        // Red and green fall off from the first pixel to the second, and blue stands in both.
        assert_eq!(picture(&[1.0, 0.0, 0.5, 0.2, 1.0, 1.0], [3, 1, 2]), [255, 128, 255, 255, 0, 51, 255, 255]);
        assert_eq!(picture(&[0.0, 1.0, 0.5, 0.5], [2, 1, 2]), [64, 64, 64, 255, 191, 191, 191, 255], "the mean");
        assert_eq!(picture(&[1.0], [3, 1, 1]), [255, 0, 0, 255], "what is missing is 0");
        assert_eq!((picture(&[], [3, 0, 8]), picture(&[], [0, 1, 1])), (vec![], vec![0, 0, 0, 255]));
    }
}
