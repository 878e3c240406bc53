//! Where a patch lies: the square that it paints, as the engine rounds it, and the place that it starts at where the link
//! names none, over the strokes.

use crate::link::Settings;
use foolproof_core::protocol::AttackJob;
use std::collections::BTreeMap;

/// The attack's id, and the key of its side as a share of the picture's.
const ID: &str = "patch";
const SIZE: &str = "size";
/// Keys of its place, each from 0 to 1: how far down and how far to the right, of the way that there is.
pub const PLACE: [&str; 2] = ["row", "column"];
/// Digits of a place in the link: enough for every pixel of a picture with a thousand a side.
const GRAIN: f64 = 1e4;

/// The keys of its place in the link.
pub const KEYS: [&str; 2] = ["patch.row", "patch.column"];

/// A square of pixels in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sticker {
    /// Its side.
    pub side: usize,
    /// Its first row and column.
    pub at: [usize; 2],
    /// Rows and columns of the picture.
    pub within: [usize; 2],
}

impl Sticker {
    /// That of a job; `None` of another attack.
    pub fn of(job: &AttackJob) -> Option<Sticker> {
        let [_, _, rows, columns] = job.inputs.shape;
        (job.attack.id == ID).then(|| Sticker::read(&job.attack.knobs, [rows, columns]))
    }

    fn read(knobs: &BTreeMap<String, f64>, within: [usize; 2]) -> Sticker {
        let knob = |key: &str| knobs.get(key).copied().unwrap_or(0.0);
        let shorter = within[0].min(within[1]);
        // The engine computes with 32 bits, and so rounds a half where it lies there.
        let side = ((knob(SIZE) as f32 * shorter as f32).round() as usize).clamp(1, shorter.max(1));
        let first =
            |at: usize| (knob(PLACE[at]) as f32 * within[at].saturating_sub(side) as f32).round().max(0.0) as usize;
        Sticker { side, at: [first(0), first(1)], within }
    }

    /// It, so many rows down and columns to the right, within the picture.
    pub fn moved(self, by: [i32; 2]) -> Sticker {
        let to = |at: usize| self.at[at].saturating_add_signed(by[at] as isize).min(self.room(at));
        Sticker { at: [to(0), to(1)], ..self }
    }

    /// What one pixel is in the knob of this key.
    pub fn pixel(self, key: &str) -> Option<f64> {
        let length = match key {
            SIZE => self.within[0].min(self.within[1]),
            _ => self.room(PLACE.iter().position(|own| *own == key)?),
        };
        Some(1.0 / length.max(1) as f64)
    }

    fn room(self, at: usize) -> usize {
        self.within[at].saturating_sub(self.side)
    }

    /// Its place as the link has it.
    pub fn shares(self) -> [f64; 2] {
        [0, 1].map(|at| (self.at[at] as f64 / self.room(at).max(1) as f64 * GRAIN).round() / GRAIN)
    }
}

/// Puts a patch over the strokes of a picture of this `[channel, row, column]`, where the settings name no place. Nothing
/// for other attacks.
pub fn settle(knobs: &mut BTreeMap<String, f64>, id: &str, settings: &Settings, pixels: &[f32], shape: [usize; 3]) {
    if id != ID {
        return;
    }
    let [_, rows, columns] = shape;
    let here = Sticker::read(knobs, [rows, columns]);
    let best = Sticker { at: most_inked(pixels, shape, here.side), ..here }.shares();
    for ((key, link), share) in PLACE.into_iter().zip(KEYS).zip(best) {
        if !settings.knobs.contains_key(link) {
            knobs.insert(key.to_owned(), share);
        }
    }
}

/// First row and column of the square with the most ink: what is unlike the picture's edge, in any channel. Of several the
/// one nearest to the middle.
fn most_inked(pixels: &[f32], [channels, rows, columns]: [usize; 3], side: usize) -> [usize; 2] {
    // Ink above and to the left of each place, so that a square's is a sum of four.
    let wide = columns + 1;
    let mut above = vec![0.0f64; (rows + 1) * wide];
    for channel in pixels.chunks_exact(rows * columns).take(channels) {
        let paper = f64::from(edge(channel, rows, columns));
        for row in 0..rows {
            let mut line = 0.0;
            for column in 0..columns {
                line += (f64::from(channel[row * columns + column]) - paper).abs();
                // The sums of the rows above are added once all channels are there.
                above[(row + 1) * wide + column + 1] += line;
            }
        }
    }
    (wide..above.len()).for_each(|at| above[at] += above[at - wide]);
    let [down, right] = [rows, columns].map(|length| length.saturating_sub(side));
    let ink = |row: usize, column: usize| {
        let corner = |row: usize, column: usize| above[row * wide + column];
        corner(row + side, column + side) - corner(row, column + side) - corner(row + side, column)
            + corner(row, column)
    };
    let off = |at: usize, room: usize| (2 * at).abs_diff(room).pow(2);
    let places = (0..=down).flat_map(|row| (0..=right).map(move |column| [row, column]));
    let rank = |[row, column]: [usize; 2]| ((ink(row, column) * 1e3).round(), off(row, down) + off(column, right));
    let better = |best: [usize; 2], next: [usize; 2]| {
        let ((ink, far), (more, farther)) = (rank(best), rank(next));
        if more > ink || (more == ink && farther < far) { next } else { best }
    };
    places.reduce(better).unwrap_or_default()
}

/// The mean of a picture's outermost pixels.
fn edge(channel: &[f32], rows: usize, columns: usize) -> f32 {
    let outer = |at: &usize| [0, rows - 1].contains(&(at / columns)) || [0, columns - 1].contains(&(at % columns));
    let (sum, count) =
        (0..channel.len()).filter(outer).fold((0.0, 0.0f32), |(sum, count), at| (sum + channel[at], count + 1.0));
    sum / count.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::job;

    fn knobs(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect()
    }

    #[test]
    fn it_is_a_square_of_whole_pixels_that_stays_within_the_picture() {
        let mut patched = job(&["natural"]);
        assert_eq!(Sticker::of(&patched), None);
        patched.attack.id = "patch".into();
        patched.attack.knobs = knobs(&[("size", 0.3), ("row", 1.0), ("column", 0.5)]);
        let here = Sticker::of(&patched).unwrap();
        assert_eq!(here, Sticker { side: 8, at: [20, 10], within: [28, 28] });
        assert_eq!((here.shares(), here.moved([3, -4]).at, here.moved([-99, 99]).at), ([1.0, 0.5], [20, 6], [0, 20]));
        let pixels = ["size", "row", "steps"].map(|key| here.pixel(key));
        assert_eq!(pixels, [Some(1.0 / 28.0), Some(0.05), None]);
        let whole = Sticker { side: 28, at: [0, 0], within: [28, 28] };
        assert_eq!((whole.moved([1, 1]).at, whole.shares()), ([0, 0], [0.0, 0.0]));
    }

    #[test]
    fn every_place_comes_back_from_the_link() {
        for within in [[28, 28], [32, 32], [224, 180], [1000, 1000]] {
            let size = knobs(&[("size", 0.3)]);
            let side = Sticker::read(&size, within).side;
            for at in (0..=within[0] - side).step_by(7) {
                let there = Sticker { side, at: [at, at.min(within[1] - side)], within };
                let [row, column] = there.shares();
                assert_eq!(Sticker::read(&knobs(&[("size", 0.3), ("row", row), ("column", column)]), within), there);
            }
        }
    }

    #[test]
    fn it_starts_over_the_strokes_unless_the_link_names_a_place() {
        let mut pixels = vec![0.0; 784];
        (10..16).for_each(|row| (18..24).for_each(|column| pixels[row * 28 + column] = 0.9));
        let placed = |fragment: &str, pixels: &[f32], shape| {
            let mut own = knobs(&[("size", 0.3), ("row", 0.0), ("column", 0.0)]);
            settle(&mut own, "patch", &Settings::read(fragment).0, pixels, shape);
            Sticker::read(&own, [shape[1], shape[2]]).at
        };
        assert_eq!(placed("", &pixels, [1, 28, 28]), [10, 16], "all the ink, and nearest to the middle");
        assert_eq!(placed("patch.row=0", &pixels, [1, 28, 28]), [0, 16]);
        let dark: Vec<f32> = pixels.iter().map(|ink| 1.0 - ink).collect();
        assert_eq!(placed("", &dark, [1, 28, 28]), [10, 16], "ink is what is unlike the edge");
        let colour = [vec![0.2; 784], pixels, vec![0.7; 784]].concat();
        assert_eq!(placed("", &colour, [3, 28, 28]), [10, 16]);
        let mut other = knobs(&[]);
        settle(&mut other, "pgd", &Settings::default(), &[0.0; 784], [1, 28, 28]);
        assert!(other.is_empty());
    }
}
