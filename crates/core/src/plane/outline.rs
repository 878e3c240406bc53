//! Lines in the plane: where one answer ends and the next begins, and the rims of norm balls.

use crate::catalog::Norm;

/// Corners of the polygon that stands for a disc.
const ROUND: usize = 28;

/// A short straight line between two places of the box.
pub type Line = [[f32; 2]; 2];

/// The rim of a ball around a place, clipped to the box as an attack's iterates are.
pub fn ball(norm: Norm, [x, y]: [f32; 2], radius: f32) -> Vec<[f32; 2]> {
    let corners: Vec<[f32; 2]> = match norm {
        Norm::Linf => vec![[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]],
        Norm::L1 => vec![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]],
        Norm::L2 => {
            let angle = |at: usize| std::f32::consts::TAU * at as f32 / ROUND as f32;
            (0..ROUND).map(|at| [angle(at).cos(), angle(at).sin()]).collect()
        }
    };
    corners.into_iter().map(|[u, v]| [(x + radius * u).clamp(0.0, 1.0), (y + radius * v).clamp(0.0, 1.0)]).collect()
}

/// The class with the largest value, and by how much it leads the next one.
pub fn leader(values: &[f32]) -> (usize, f32) {
    let (mut best, mut first, mut second) = (0, f32::NEG_INFINITY, f32::NEG_INFINITY);
    for (at, &value) in values.iter().enumerate() {
        if value > first {
            (best, first, second) = (at, value, first);
        } else {
            second = second.max(value);
        }
    }
    (best, first - second)
}

/// The places of a square grid over the box, `side` each way: row by row from y = 1 down to y = 0, in a row from x = 0
/// to x = 1. `side` is at least 2.
pub fn grid(side: usize) -> Vec<[f32; 2]> {
    let at = |step: usize| step as f32 / (side - 1) as f32;
    (0..side * side).map(|place| [at(place % side), 1.0 - at(place / side)]).collect()
}

/// Where the answer changes between the places of [`grid`], by linear interpolation (marching squares). `values` holds
/// one value a class at each place; a list of another length has no lines.
pub fn borders(side: usize, classes: usize, values: &[f32]) -> Vec<Line> {
    if side < 2 || classes < 2 || values.len() != side * side * classes {
        return Vec::new();
    }
    // By how much a class leads the best other one: positive where it is the answer.
    let lead = |class: usize, place: usize| {
        let own = &values[place * classes..][..classes];
        let other = own.iter().enumerate().filter(|(at, _)| *at != class).map(|(_, value)| *value);
        own[class] - other.fold(f32::NEG_INFINITY, f32::max)
    };
    // Between two classes, the border of one is that of the other.
    let drawn = if classes == 2 { 1 } else { classes };
    let places = grid(side);
    let mut lines = Vec::new();
    for class in 0..drawn {
        let leads: Vec<f32> = (0..side * side).map(|place| lead(class, place)).collect();
        for cell in (0..side * (side - 1)).filter(|cell| cell % side != side - 1) {
            let corners = [cell, cell + 1, cell + side + 1, cell + side];
            cross(corners.map(|corner| (places[corner], leads[corner])), &mut lines);
        }
    }
    lines
}

/// Adds where a value changes its sign inside a cell with these corners, in order around it.
fn cross(corners: [([f32; 2], f32); 4], lines: &mut Vec<Line>) {
    let mut found = Vec::new();
    for at in 0..4 {
        let ((a, first), (b, second)) = (corners[at], corners[(at + 1) % 4]);
        if (first > 0.0) != (second > 0.0) {
            let share = first / (first - second);
            found.push([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
        }
    }
    lines.extend(found.chunks_exact(2).map(|pair| [pair[0], pair[1]]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rim_of_a_ball_is_at_its_radius_or_at_the_box() {
        let middle = [0.5, 0.5];
        for norm in Norm::ALL {
            for [x, y] in ball(norm, middle, 0.2) {
                let (u, v) = ((x - 0.5).abs(), (y - 0.5).abs());
                let size = match norm {
                    Norm::Linf => u.max(v),
                    Norm::L2 => u.hypot(v),
                    Norm::L1 => u + v,
                };
                assert!((size - 0.2).abs() < 1e-6, "{norm:?}: {size}");
            }
            assert!(ball(norm, [0.0, 1.0], 0.4).iter().flatten().all(|at| (0.0..=1.0).contains(at)));
        }
    }

    #[test]
    fn the_border_of_a_straight_cut_is_that_line() {
        // Class 1 leads where x is above .37.
        let values: Vec<f32> = grid(11).iter().flat_map(|[x, _]| [0.37 - x, x - 0.37]).collect();
        let lines = borders(11, 2, &values);
        assert_eq!(lines.len(), 10);
        assert!(lines.iter().flatten().all(|[x, _]| (x - 0.37).abs() < 1e-6), "{lines:?}");
        let length: f32 = lines.iter().map(|[a, b]| (a[1] - b[1]).abs()).sum();
        assert!((length - 1.0).abs() < 1e-6);
    }

    #[test]
    fn three_classes_meet_and_each_border_is_drawn() {
        let corners = [[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]];
        let near = |[x, y]: [f32; 2]| corners.map(|[u, v]| -((x - u).powi(2) + (y - v).powi(2)));
        let values: Vec<f32> = grid(21).into_iter().flat_map(near).collect();
        let lines = borders(21, 3, &values);
        for [x, y] in lines.iter().flatten() {
            // On a border the two nearest corners are as far as each other.
            let mut far = near([*x, *y]);
            far.sort_by(f32::total_cmp);
            assert!((far[2] - far[1]).abs() < 0.06, "{x} {y} {far:?}");
        }
        assert!(lines.len() > 40);
    }

    #[test]
    fn one_answer_has_no_border_and_odd_lists_none_either() {
        assert!(borders(5, 2, &[1.0, 0.0].repeat(25)).is_empty());
        assert!(borders(5, 2, &[1.0; 7]).is_empty());
        assert_eq!(leader(&[0.1, 0.7, 0.2]), (1, 0.7 - 0.2));
    }
}
