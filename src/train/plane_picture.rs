//! The picture of a network in the plane, as numbers and paths: regions, border, points, their balls, and which of
//! them fall.

use super::request::Points;
use foolproof_core::{
    catalog::Norm,
    plane::outline::{ball, borders, leader},
    protocol::Sample,
    report::Accuracy,
};
use std::{fmt::Write, sync::Arc};

/// Side of the drawing, in its own units.
pub const UNITS: f32 = 1000.0;
/// Half the width of a point's sign.
const SIZE: f32 = 9.0;
/// Colours of the classes: sky blue, orange and reddish purple of Okabe and Ito (2008).
pub const COLOURS: [[u8; 3]; 3] = [[0x56, 0xb4, 0xe9], [0xe6, 0x9f, 0x00], [0xcc, 0x79, 0xa7]];
/// How opaque a region is where the network is sure of it, 0 to 255.
const OPAQUE: f32 = 150.0;

/// A point under attack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Whether the network is right about the point itself.
    pub right: bool,
    /// Whether it is right all over the ball, as far as the attack saw.
    pub held: bool,
    /// Where the attack ended.
    pub end: [f32; 2],
}

impl Mark {
    /// From what the attack made of the point.
    pub fn of(sample: &Sample) -> Mark {
        let right = sample.clean.label == sample.truth;
        let at = |place: usize| sample.pixels.get(place).copied().unwrap_or(0.0);
        Mark { right, held: right && sample.adversarial.label == sample.truth, end: [at(0), at(1)] }
    }
}

/// One moment of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The points.
    pub points: Points,
    /// The probability of each class at each place of the grid.
    pub answers: Arc<[f32]>,
    /// One a point.
    pub marks: Vec<Mark>,
    /// Of the balls that were attacked.
    pub norm: Norm,
    /// Their radius.
    pub eps: f32,
}

impl Frame {
    /// Share of the points that are answered rightly, and share that hold.
    pub fn figures(&self) -> (Accuracy, Accuracy) {
        let count = |told: fn(&Mark) -> bool| {
            Accuracy::of(self.marks.iter().filter(|mark| told(mark)).count(), self.marks.len())
        };
        (count(|mark| mark.right), count(|mark| mark.held))
    }

    /// The same of one class.
    pub fn class(&self, class: usize) -> (usize, usize, usize) {
        // Classes take turns.
        let own = || self.marks.iter().skip(class).step_by(self.points.figure.classes());
        (own().count(), own().filter(|mark| mark.right).count(), own().filter(|mark| mark.held).count())
    }

    /// RGBA of the grid's places: the answer's colour, the more opaque the surer the network is.
    pub fn regions(&self) -> Vec<u8> {
        let classes = self.points.figure.classes();
        let shade = |answers: &[f32]| {
            let (class, lead) = leader(answers);
            let [red, green, blue] = COLOURS[class % COLOURS.len()];
            // The cast saturates.
            [red, green, blue, (OPAQUE * lead) as u8]
        };
        self.answers.chunks_exact(classes).flat_map(shade).collect()
    }

    /// Where the answer changes.
    pub fn border(&self, side: usize) -> String {
        let mut path = String::new();
        for [from, to] in borders(side, self.points.figure.classes(), &self.answers) {
            put(&mut path, 'M', from);
            put(&mut path, 'L', to);
        }
        path
    }
}

/// The signs and balls of points, a path for each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signs {
    /// Points by class: discs, squares, triangles.
    pub points: [String; 3],
    /// Rims of balls that hold, or of which nothing is known.
    pub held: String,
    /// Rims of balls in which the attack found another answer.
    pub fallen: String,
    /// From such a point to what the attack found, with a cross there.
    pub ways: String,
    /// Crosses on points that are answered wrongly themselves.
    pub wrong: String,
}

/// The signs of points with balls of this radius; of a point without a mark nothing is known.
pub fn signs(places: &[([f32; 2], u8)], norm: Norm, eps: f32, marks: &[Mark]) -> Signs {
    let mut signs = Signs::default();
    for (at, &(place, class)) in places.iter().enumerate() {
        let mark = marks.get(at);
        sign(&mut signs.points[usize::from(class) % 3], place, class);
        let fallen = mark.is_some_and(|mark| !mark.held);
        let rim = if fallen { &mut signs.fallen } else { &mut signs.held };
        for (corner, at) in ball(norm, place, eps).into_iter().enumerate() {
            put(rim, if corner == 0 { 'M' } else { 'L' }, at);
        }
        rim.push('Z');
        match mark {
            Some(mark) if !mark.right => cross(&mut signs.wrong, place, 1.3 * SIZE),
            Some(mark) if !mark.held => {
                put(&mut signs.ways, 'M', place);
                put(&mut signs.ways, 'L', mark.end);
                cross(&mut signs.ways, mark.end, 0.7 * SIZE);
            }
            _ => {}
        }
    }
    signs
}

/// A place in the drawing's units, y downward.
fn units([x, y]: [f32; 2]) -> (f32, f32) {
    (UNITS * x, UNITS * (1.0 - y))
}

// Writing to memory does not fail.

fn put(path: &mut String, pen: char, place: [f32; 2]) {
    let (x, y) = units(place);
    let _ = write!(path, "{pen}{x:.0} {y:.0}");
}

fn cross(path: &mut String, place: [f32; 2], size: f32) {
    let (x, y) = units(place);
    let (left, top, whole) = (x - size, y - size, 2.0 * size);
    let _ = write!(path, "M{left:.1} {top:.1}l{whole:.1} {whole:.1}m0 -{whole:.1}l-{whole:.1} {whole:.1}");
}

fn sign(path: &mut String, place: [f32; 2], class: u8) {
    let (x, y) = units(place);
    let _ = match class {
        0 => write!(path, "M{:.1} {y:.1}a{SIZE} {SIZE} 0 1 0 {1} 0a{SIZE} {SIZE} 0 1 0 -{1} 0", x - SIZE, 2.0 * SIZE),
        1 => write!(path, "M{:.1} {:.1}h{2}v{2}h-{2}z", x - SIZE, y - SIZE, 2.0 * SIZE),
        _ => write!(path, "M{x:.1} {:.1}l{} {}h-{}z", y - 1.2 * SIZE, 1.1 * SIZE, 2.0 * SIZE, 2.2 * SIZE),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::plane::Figure;

    fn frame() -> Frame {
        let points = Points { figure: Figure::Moons, noise: 0.0, width: 4, count: 4, seed: 1 };
        let mark = |right, held| Mark { right, held, end: [0.5, 0.5] };
        let marks = vec![mark(true, true), mark(true, false), mark(false, false), mark(true, true)];
        let answers = [[1.0, 0.0], [0.5, 0.5], [0.25, 0.75], [0.0, 1.0]].concat().into();
        Frame { points, answers, marks, norm: Norm::Linf, eps: 0.1 }
    }

    #[test]
    fn points_are_counted_in_all_and_by_class() {
        let (clean, robust) = frame().figures();
        assert_eq!((clean.value, robust.value, robust.n), (0.75, 0.5, 4));
        assert_eq!([frame().class(0), frame().class(1)], [(2, 1, 1), (2, 2, 1)]);
    }

    #[test]
    fn regions_have_the_colour_of_the_answer_and_fade_where_it_is_unsure() {
        let pixels = frame().regions();
        let [blue, orange] = [COLOURS[0], COLOURS[1]];
        assert_eq!(pixels[..4], [blue[0], blue[1], blue[2], 150]);
        assert_eq!(pixels[7], 0, "as sure of one as of the other");
        assert_eq!(pixels[8..12], [orange[0], orange[1], orange[2], 75]);
        assert!(frame().border(2).starts_with('M'));
    }

    #[test]
    fn each_point_has_its_sign_and_a_ball_of_its_kind() {
        let places = [([0.25, 0.75], 0), ([0.5, 0.5], 1), ([0.9, 0.1], 0), ([0.5, 0.1], 2)];
        let signs = signs(&places, Norm::Linf, 0.1, &frame().marks[..3]);
        let count = |path: &str, pen| path.matches(pen).count();
        assert_eq!(signs.points.each_ref().map(|path| count(path, 'M')), [2, 1, 1]);
        assert_eq!((count(&signs.held, 'Z'), count(&signs.fallen, 'Z')), (2, 2));
        assert!(signs.held.starts_with("M350 150L150 150L150 350L350 350Z"), "{}", signs.held);
        assert!(signs.ways.starts_with("M500 500L500 500M"), "{}", signs.ways);
        assert_eq!(count(&signs.wrong, 'M'), 1);
    }
}
