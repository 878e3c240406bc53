//! Which dimension of an array of pictures is what.

use super::npy::Array;
use foolproof_core::importing::dataset::LARGEST_SIDE;

/// Numbers of channels that pictures have.
const CHANNELS: [usize; 3] = [1, 3, 4];
/// Longest side that is made smaller.
const LONGEST_SIDE: usize = 4096;

/// An array as pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// How many there are.
    pub count: usize,
    /// `[channel, row, column]` of one.
    pub shape: [usize; 3],
    /// From one picture, channel, row and column to the next, in numbers.
    pub steps: [usize; 4],
    /// Whether the dimension of the channels could be another one as well.
    pub doubtful: bool,
}

impl Layout {
    /// Of `[n, row, column]`, `[n, row, column, channel]`, `[n, channel, row, column]`, or `[n, feature]` where the
    /// features are those of a square picture.
    ///
    /// # Errors
    /// A clause, if it is none of these, or its pictures are none that are taken.
    pub fn of(array: &Array) -> Result<Layout, String> {
        let (layout, sides) = match (&array.shape[..], &array.steps[..]) {
            (&[count, rows, columns], &[n, y, x]) => (plain(count, [1, rows, columns], [n, 0, y, x]), [rows, columns]),
            (&[count, a, b, c], &[n, one, two, three]) => {
                let (first, last) = (CHANNELS.contains(&a), CHANNELS.contains(&c));
                let layout = match (first, last) {
                    (false, true) | (true, true) => plain(count, [c, a, b], [n, three, one, two]),
                    (true, false) => plain(count, [a, b, c], [n, one, two, three]),
                    (false, false) => {
                        return Err(format!("its shape is {:?}, where 1, 3 or 4 channels are expected", array.shape));
                    }
                };
                (Layout { doubtful: first && last, ..layout }, [layout.shape[1], layout.shape[2]])
            }
            (&[count, features], &[n, x]) => {
                let square = |channels: usize| {
                    let side = features.checked_div(channels).unwrap_or(0).isqrt();
                    (side > 1 && side.checked_mul(side * channels) == Some(features)).then_some((channels, side))
                };
                let found = square(1).or_else(|| square(3));
                let why = || format!("its rows of {features} numbers are those of no square picture");
                let (channels, side) = found.ok_or_else(why)?;
                (plain(count, [channels, side, side], [n, side * side * x, side * x, x]), [side, side])
            }
            _ => return Err(format!("its shape {:?} is not that of pictures", array.shape)),
        };
        if sides.iter().any(|side| !(1..=LONGEST_SIDE).contains(side)) {
            return Err(format!("its pictures are {} x {} pixels", sides[1], sides[0]));
        }
        Ok(layout)
    }

    /// Whether its pictures are made smaller.
    pub fn is_large(&self) -> bool {
        self.shape[1].max(self.shape[2]) > LARGEST_SIDE
    }

    /// Places of a picture's numbers, channel by channel.
    pub fn places(&self, picture: usize) -> impl Iterator<Item = usize> + use<> {
        let ([channels, rows, columns], [n, c, y, x]) = (self.shape, self.steps);
        let start = picture * n;
        (0..channels).flat_map(move |channel| {
            (0..rows).flat_map(move |row| (0..columns).map(move |column| start + channel * c + row * y + column * x))
        })
    }
}

fn plain(count: usize, shape: [usize; 3], steps: [usize; 4]) -> Layout {
    Layout { count, shape, steps, doubtful: false }
}
