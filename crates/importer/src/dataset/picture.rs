//! One picture as bytes a channel, and what is done to it so that all have one size.

use foolproof_core::importing::dataset::LARGEST_SIDE;

/// A picture as the browser decodes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height * 4` bytes, not multiplied by alpha.
    pub rgba: Vec<u8>,
    /// Whether it was larger and has been made smaller.
    pub scaled: bool,
}

/// A picture as models take it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// `[channel, row, column]`.
    pub shape: [usize; 3],
    /// The values, channel by channel.
    pub values: Vec<u8>,
}

/// What alpha leaves of a value over white.
pub fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    // Both are at most 255, and so is the mean that alpha weighs.
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

impl Picture {
    /// Three channels over white.
    ///
    /// # Errors
    /// A clause, if its size is none that is taken, or its bytes are not as many as it needs.
    pub fn of(decoded: &Decoded) -> Result<Picture, String> {
        let Decoded { width, height, ref rgba, .. } = *decoded;
        let sides = 1..=LARGEST_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) || rgba.len() != 4 * width * height {
            return Err(format!("the browser decodes it to {width} x {height} pixels and {} bytes", rgba.len()));
        }
        let (pixels, _) = rgba.as_chunks::<4>();
        let channel = |at: usize| pixels.iter().map(move |pixel| over_white(pixel[at], pixel[3]));
        Ok(Picture { shape: [3, height, width], values: (0..3).flat_map(channel).collect() })
    }

    /// Whether all channels are alike.
    pub fn is_grey(&self) -> bool {
        let size = self.shape[1] * self.shape[2];
        let mut channels = self.values.chunks(size.max(1));
        let first = channels.next();
        channels.all(|channel| Some(channel) == first)
    }

    /// With its first channel alone.
    pub fn grey(mut self) -> Picture {
        self.values.truncate(self.shape[1] * self.shape[2]);
        self.shape[0] = 1;
        self
    }

    /// Its value at `[channel, row, column]`, which are inside.
    fn at(&self, channel: usize, row: usize, column: usize) -> u8 {
        let [_, rows, columns] = self.shape;
        self.values.get((channel * rows + row) * columns + column).copied().unwrap_or_default()
    }

    /// In the middle of a larger field, around it the mean of its own edge.
    pub fn centred(&self, rows: usize, columns: usize) -> Picture {
        let [channels, height, width] = self.shape;
        let (top, left) = (rows.saturating_sub(height) / 2, columns.saturating_sub(width) / 2);
        let mut values = Vec::with_capacity(channels * rows * columns);
        for channel in 0..channels {
            let ground = self.edge(channel);
            for row in 0..rows {
                let inside =
                    |column: &usize| (left..left + width).contains(column) && (top..top + height).contains(&row);
                let value = |column: usize| match inside(&column) {
                    true => self.at(channel, row - top, column - left),
                    false => ground,
                };
                values.extend((0..columns).map(value));
            }
        }
        Picture { shape: [channels, rows, columns], values }
    }

    /// The mean of a channel along the picture's edge.
    fn edge(&self, channel: usize) -> u8 {
        let [_, rows, columns] = self.shape;
        let along = |row: usize| (0..columns).map(move |column| (row, column));
        let down = |column: usize| (0..rows).map(move |row| (row, column));
        let (bottom, right) = (rows.saturating_sub(1), columns.saturating_sub(1));
        let places = along(0).chain(along(bottom)).chain(down(0)).chain(down(right));
        let (sum, count) = places.fold((0usize, 0usize), |(sum, count), (row, column)| {
            (sum + usize::from(self.at(channel, row, column)), count + 1)
        });
        // A mean of bytes is one.
        sum.checked_div(count).unwrap_or_default() as u8
    }

    /// No side above [`LARGEST_SIDE`], its aspect kept: each value is the mean of those that it covers.
    pub fn limited(self) -> Picture {
        let [channels, height, width] = self.shape;
        let longest = height.max(width);
        if longest <= LARGEST_SIDE {
            return self;
        }
        let side = |length: usize| (length * LARGEST_SIDE).div_ceil(longest).max(1);
        let (rows, columns) = (side(height), side(width));
        // Places overlap by a pixel at most, so that none is left out.
        let part = |at: usize, of: usize, length: usize| at * length / of..((at + 1) * length).div_ceil(of);
        let mut values = Vec::with_capacity(channels * rows * columns);
        for channel in 0..channels {
            for row in 0..rows {
                for column in 0..columns {
                    let (down, along) = (part(row, rows, height), part(column, columns, width));
                    let count = down.len() * along.len();
                    let sum: usize = down
                        .flat_map(|row| along.clone().map(move |column| (row, column)))
                        .map(|(row, column)| usize::from(self.at(channel, row, column)))
                        .sum();
                    values.push(sum.checked_div(count).unwrap_or_default() as u8);
                }
            }
        }
        Picture { shape: [channels, rows, columns], values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(width: usize, height: usize, pixel: [u8; 4]) -> Decoded {
        Decoded { width, height, rgba: pixel.repeat(width * height), scaled: false }
    }

    #[test]
    fn alpha_lies_over_white() {
        let of = |pixel| Picture::of(&decoded(1, 1, pixel)).unwrap().values;
        assert_eq!(of([10, 20, 30, 255]), [10, 20, 30]);
        assert_eq!(of([10, 20, 30, 0]), [255; 3]);
        assert_eq!(of([0, 0, 0, 128]), [127; 3]);
    }

    #[test]
    fn what_the_browser_should_not_give_is_refused() {
        for (width, height) in [(0, 3), (65, 3), (3, 1000)] {
            let told = Picture::of(&decoded(width, height, [0; 4])).unwrap_err();
            assert!(told.contains(&format!("{width} x {height}")), "{told}");
        }
        let short = Decoded { rgba: vec![0; 3], ..decoded(1, 1, [0; 4]) };
        assert!(Picture::of(&short).unwrap_err().contains("3 bytes"));
    }

    #[test]
    fn a_small_one_lies_in_the_middle_on_the_ground_of_its_edge() {
        let small = Picture { shape: [1, 1, 2], values: vec![10, 20] };
        assert_eq!(small.centred(3, 4).values, [15, 15, 15, 15, 15, 10, 20, 15, 15, 15, 15, 15]);
        assert_eq!(small.centred(1, 2), small);
    }

    #[test]
    fn a_large_one_keeps_its_aspect_and_its_mean() {
        let large = Picture { shape: [1, 128, 256], values: [vec![0; 128], vec![200; 128]].concat().repeat(128) };
        let small = large.limited();
        assert_eq!(small.shape, [1, 32, 64]);
        assert_eq!(small.values[..64], [vec![0; 32], vec![200; 32]].concat());
        let odd = Picture { shape: [3, 65, 1], values: vec![9; 195] }.limited();
        assert_eq!((odd.shape, odd.values), ([3, 64, 1], vec![9; 192]));
    }
}
