//! The loss around an input as a landscape seen from the side: one ridge a row of the map, the far ones behind.

use foolproof_core::protocol::DecisionMap;
use std::fmt::Write;

/// Width of a ridge in the drawing's units.
const ACROSS: f32 = 52.0;
/// How far the farthest ridge is drawn to the right of the nearest.
const SHEAR: f32 = 9.0;
/// How far it is drawn above the nearest.
const DEPTH: f32 = 22.0;
/// Height of the largest loss.
const HEIGHT: f32 = 26.0;
/// Rows of the map from one ridge to the next, at the most.
const APART: usize = 2;

/// A ridge, to be drawn over those behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ridge {
    /// The outline of what it hides.
    pub skin: String,
    /// Its crest in pieces: the answer there, and a line.
    pub crest: Vec<(u32, String)>,
}

/// The landscape.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// From the farthest to the nearest.
    pub ridges: Vec<Ridge>,
    /// Where the clean input stands, and the loss there.
    pub clean: ([f32; 2], f32),
    /// The same of the adversarial one, if there is one.
    pub attacked: Option<([f32; 2], f32)>,
    /// The largest loss.
    pub most: f32,
}

impl Surface {
    /// Width and height of the drawing.
    pub const SIZE: [f32; 2] = [ACROSS + SHEAR, HEIGHT + DEPTH];
    /// Width of the nearest ridge, below which the axis stands.
    pub const FRONT: f32 = ACROSS;

    /// The landscape of a map; nothing if the map is cut off.
    pub fn of(map: &DecisionMap) -> Option<Surface> {
        let side = map.side as usize;
        if side < 3 || [map.labels.len(), map.losses.len()] != [side * side; 2] {
            return None;
        }
        let land = Land { map, side, most: map.losses.iter().copied().fold(f32::MIN_POSITIVE, f32::max) };
        let rows = (0..side).filter(|row| (side - 1 - row).is_multiple_of(APART));
        let attacked = map.attacked.map(|along| land.at(along));
        Some(Surface {
            ridges: rows.map(|row| land.ridge(row)).collect(),
            clean: land.at(0.0),
            attacked,
            most: land.most,
        })
    }
}

/// Where a coarse grid has its rows and columns, in multiples of the map's reach; rows from far behind.
pub const COARSE: [f32; 5] = [-1.0, -0.5, 0.0, 0.5, 1.0];

/// The losses of a map at a few places, row by row as the map has them; nothing if the map is cut off.
pub fn coarse(map: &DecisionMap) -> Option<[[f32; 5]; 5]> {
    let side = map.side as usize;
    if side < 3 || map.losses.len() != side * side {
        return None;
    }
    let nearest = |share: f32| ((1.0 + share) / 2.0 * (side - 1) as f32).round() as usize;
    Some(COARSE.map(|down| COARSE.map(|right| map.losses[nearest(down) * side + nearest(right)])))
}

/// A map to be drawn.
struct Land<'a> {
    map: &'a DecisionMap,
    side: usize,
    most: f32,
}

impl Land<'_> {
    /// Where a loss is drawn that lies this far to the right and to the front, 0 to 1 each.
    fn place(&self, right: f32, front: f32, loss: f32) -> [f32; 2] {
        [right * ACROSS + (1.0 - front) * SHEAR, HEIGHT + front * DEPTH - loss / self.most * HEIGHT]
    }

    fn ridge(&self, row: usize) -> Ridge {
        let last = (self.side - 1) as f32;
        let (front, from) = (row as f32 / last, row * self.side);
        let point = |column: usize| self.place(column as f32 / last, front, self.map.losses[from + column]);
        let [left, right] = [0.0, 1.0].map(|right| self.place(right, front, 0.0));
        let all: Vec<[f32; 2]> = [left].into_iter().chain((0..self.side).map(point)).chain([right]).collect();
        let mut crest = Vec::new();
        let mut column = 0;
        for run in self.map.labels[from..from + self.side].chunk_by(|a, b| a == b) {
            // On to the next run's first point, so that the crest has no gaps.
            let end = (column + run.len()).min(self.side - 1);
            crest.push((run[0], line((column..=end).map(point))));
            column += run.len();
        }
        Ridge { skin: line(all.into_iter()) + "Z", crest }
    }

    /// Where the input is drawn that lies this far along the attack, and its loss, between those of the two places
    /// beside it.
    fn at(&self, along: f32) -> ([f32; 2], f32) {
        let middle = (self.side / 2) as f32;
        let column = (middle + along / self.map.reach * middle).clamp(0.0, 2.0 * middle);
        let (left, share) = (column.floor() as usize, column.fract());
        let row = self.side / 2 * self.side;
        let loss = |column: usize| self.map.losses[row + column.min(self.side - 1)];
        let loss = loss(left) * (1.0 - share) + loss(left + 1) * share;
        (self.place(column / (2.0 * middle), 0.5, loss), loss)
    }
}

fn line(points: impl Iterator<Item = [f32; 2]>) -> String {
    let mut path = String::new();
    for (at, [x, y]) in points.enumerate() {
        // Writing to memory does not fail.
        let _ = write!(path, "{}{x:.2} {y:.2}", if at == 0 { 'M' } else { 'L' });
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slope: the loss grows from 0 to 4 from left to right; class 1 on the rightmost two of five columns.
    fn map() -> DecisionMap {
        let labels: Vec<u32> = (0..25).map(|at| u32::from(at % 5 >= 3)).collect();
        let losses: Vec<f32> = (0..25).map(|at| (at % 5) as f32).collect();
        let (probabilities, outline) = (vec![0.9; 25], Vec::new());
        DecisionMap { side: 5, reach: 2.0, labels, probabilities, outline, attacked: Some(1.5), losses }
    }

    #[test]
    fn a_slope_climbs_to_the_right() {
        let surface = Surface::of(&map()).unwrap();
        assert_eq!((surface.most, surface.ridges.len()), (4.0, 3));
        let front = surface.ridges.last().unwrap();
        assert_eq!(front.skin, "M0.00 48.00L0.00 48.00L13.00 41.50L26.00 35.00L39.00 28.50L52.00 22.00L52.00 48.00Z");
        let crest =
            [(0, "M0.00 48.00L13.00 41.50L26.00 35.00L39.00 28.50".into()), (1, "M39.00 28.50L52.00 22.00".into())];
        assert_eq!(front.crest, crest);
        assert!(surface.ridges[0].skin.starts_with("M9.00 26.00"), "the farthest is to the right and above");
    }

    #[test]
    fn inputs_stand_on_the_ground() {
        let surface = Surface::of(&map()).unwrap();
        assert_eq!(surface.clean, ([30.5, 24.0], 2.0));
        assert_eq!(surface.attacked, Some(([0.875 * 52.0 + 4.5, 37.0 - 3.5 / 4.0 * 26.0], 3.5)));
        let still = Surface::of(&DecisionMap { attacked: None, losses: vec![0.0; 25], ..map() }).unwrap();
        assert!(still.attacked.is_none() && still.clean.0.iter().all(|place| place.is_finite()));
    }

    #[test]
    fn a_coarse_grid_reaches_from_corner_to_corner() {
        let losses: Vec<f32> = (0..61 * 61).map(|at| at as f32).collect();
        let grid = coarse(&DecisionMap { side: 61, losses, ..map() }).unwrap();
        let places = [0, 15, 30, 45, 60];
        let expected = places.map(|row| places.map(|column| (row * 61 + column) as f32));
        assert_eq!(grid, expected);
    }

    #[test]
    fn a_map_that_is_cut_off_has_no_landscape() {
        assert_eq!(Surface::of(&DecisionMap { losses: vec![0.0; 24], ..map() }), None);
        assert_eq!(coarse(&DecisionMap { losses: vec![0.0; 24], ..map() }), None);
    }
}
