//! The areas of a decision map: how large each class's is, in all and inside the ball, and where its name can stand.

use foolproof_core::protocol::DecisionMap;
use std::fmt::Write;

/// Places around an input that its own name needs, of the 61 on a side.
const CLEAR: f32 = 9.0 / 61.0;

/// One class's part of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The class.
    pub label: u32,
    /// Share of the map.
    pub share: f32,
    /// Share of the ball's part of the map.
    pub within: f32,
    /// Row and column of the place farthest from every other class and clear of the two inputs, where its name is read
    /// best.
    pub middle: (usize, usize),
    /// How many places that is away from another class or the rim; a name needs about two.
    pub room: usize,
}

/// The areas, largest first.
pub fn areas(map: &DecisionMap) -> Vec<Area> {
    let side = map.side as usize;
    if map.labels.len() != side * side || side < 2 {
        return Vec::new();
    }
    let inside: Vec<bool> = (0..side * side).map(|at| contains(&map.outline, place(map, at))).collect();
    let ball = inside.iter().filter(|inside| **inside).count();
    let mut labels = map.labels.clone();
    labels.sort_unstable();
    labels.dedup();
    let mut areas: Vec<Area> = labels.into_iter().map(|label| area(map, label, &inside, ball)).collect();
    areas.sort_by(|a, b| b.share.total_cmp(&a.share));
    areas
}

fn area(map: &DecisionMap, label: u32, inside: &[bool], ball: usize) -> Area {
    let side = map.side as usize;
    let own = |at: &usize| map.labels[*at] == label;
    let count = (0..side * side).filter(own).count();
    let within = (0..side * side).filter(own).filter(|&at| inside[at]).count();
    let rooms = || (0..side * side).filter(own).map(|at| (at, room(map, at)));
    let widest = |best: (usize, usize), next: (usize, usize)| if next.1 > best.1 { next } else { best };
    let clear = rooms().filter(|(at, _)| is_clear(map, *at)).reduce(widest);
    let (at, room) = clear.or_else(|| rooms().reduce(widest)).unwrap_or((0, 0));
    Area {
        label,
        share: count as f32 / (side * side) as f32,
        within: within as f32 / ball.max(1) as f32,
        middle: (at / side, at % side),
        room,
    }
}

/// Whether a place is away from the clean and the adversarial input, whose names stand there.
fn is_clear(map: &DecisionMap, at: usize) -> bool {
    let [along, across] = place(map, at);
    let far = 2.0 * map.reach * CLEAR;
    let inputs = std::iter::once(0.0).chain(map.attacked);
    inputs.into_iter().all(|input| (along - input).hypot(across) > far)
}

/// How far one can go from a place in all four directions without leaving its class or the map.
fn room(map: &DecisionMap, at: usize) -> usize {
    let side = map.side as usize;
    let (row, column) = (at / side, at % side);
    let same = |row: usize, column: usize| map.labels[row * side + column] == map.labels[at];
    let rim = row.min(column).min(side - 1 - row).min(side - 1 - column);
    let fits = |far: &usize| {
        same(row - far, column) && same(row + far, column) && same(row, column - far) && same(row, column + far)
    };
    (1..=rim).take_while(fits).count()
}

/// Along and across of a place on the grid.
fn place(map: &DecisionMap, at: usize) -> [f32; 2] {
    let (side, middle) = (map.side as usize, (map.side / 2) as f32);
    let (row, column) = ((at / side) as f32, (at % side) as f32);
    [(column - middle) / middle * map.reach, (middle - row) / middle * map.reach]
}

/// Whether a closed outline holds a point: a ray from it crosses the outline an odd number of times.
fn contains(outline: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
    let next = outline.iter().cycle().skip(1);
    let crosses = |(&[ax, ay], &[bx, by]): (&[f32; 2], &[f32; 2])| {
        (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
    };
    outline.iter().zip(next).filter(|&pair| crosses(pair)).count() % 2 == 1
}

/// The area of a class as an SVG path of the grid's places, a unit each: runs in a row are one rectangle.
pub fn path(map: &DecisionMap, label: u32) -> String {
    let (side, mut path) = ((map.side as usize).max(1), String::new());
    for (row, labels) in map.labels.chunks(side).enumerate() {
        let mut column = 0;
        for run in labels.chunk_by(|a, b| a == b) {
            if run[0] == label {
                // Writing to memory does not fail.
                let _ = write!(path, "M{column} {row}h{0}v1h-{0}z", run.len());
            }
            column += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Class 1 on the rightmost two of five columns, a square ball that reaches two of five places each way.
    fn map() -> DecisionMap {
        let labels: Vec<u32> = (0..25).map(|at| u32::from(at % 5 >= 3)).collect();
        let outline = vec![[1.1, 1.1], [-1.1, 1.1], [-1.1, -1.1], [1.1, -1.1]];
        DecisionMap {
            side: 5,
            reach: 2.0,
            labels,
            probabilities: vec![0.9; 25],
            outline,
            attacked: Some(1.0),
            losses: vec![0.5; 25],
        }
    }

    #[test]
    fn areas_are_counted_on_the_map_and_in_the_ball() {
        let found = areas(&map());
        let figures: Vec<(u32, f32, f32)> = found.iter().map(|area| (area.label, area.share, area.within)).collect();
        assert_eq!(figures, [(0, 0.6, 6.0 / 9.0), (1, 0.4, 3.0 / 9.0)]);
        assert_eq!((found[0].middle, found[0].room), ((1, 1), 1));
    }

    #[test]
    fn a_path_has_one_rectangle_a_run() {
        assert!(path(&map(), 0).starts_with("M0 0h3v1h-3zM0 1h3v1h-3z"));
        assert!(path(&map(), 1).starts_with("M3 0h2v1h-2zM3 1h2v1h-2z"));
        assert_eq!(path(&map(), 7), "");
    }

    #[test]
    fn a_name_stands_clear_of_the_inputs() {
        // One class everywhere: the middle is the input's, and the place to the right the twin's.
        let found = areas(&DecisionMap { labels: vec![7; 25], ..map() });
        assert_eq!((found.len(), found[0].middle, found[0].room), (1, (1, 1), 1));
    }

    #[test]
    fn a_map_that_is_cut_off_has_no_areas() {
        assert!(areas(&DecisionMap { labels: vec![0; 7], ..map() }).is_empty());
    }
}
