//! What is on the drawing pad: strokes of a round pen on a sheet, over an earlier picture if there is one.

use super::Grey;
use std::sync::Arc;

/// Sheet pixels a model pixel: fine enough for soft edges after centring.
pub const FINENESS: usize = 4;
/// Radius of the pen as a share of the side; MNIST's strokes are two to three of 28 pixels wide.
const PEN: f32 = 1.15 / 28.0;
/// Least radius in model pixels: a thinner pen would leave no more than a shade of its ink.
const THINNEST: f32 = 0.75;
/// Points closer than this, in model pixels, are one point.
const CLOSEST: f32 = 0.2;
/// Most points of a sketch: some minutes of uninterrupted drawing.
const MOST_POINTS: usize = 40_000;

/// A place on the pad in model pixels, the origin at the upper left corner of the first pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downward.
    pub y: f32,
}

/// One movement of the pen.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke(Vec<Point>);

/// The pad's content. Equal sketches look the same.
#[derive(Clone, Debug)]
pub struct Sketch {
    base: Option<Arc<[u8]>>,
    strokes: Vec<Arc<Stroke>>,
    sheet: Grey,
}

impl PartialEq for Sketch {
    fn eq(&self, other: &Sketch) -> bool {
        self.base == other.base && self.strokes == other.strokes
    }
}

impl Sketch {
    /// A blank sketch of this side in model pixels.
    pub fn blank(side: usize) -> Sketch {
        Sketch { base: None, strokes: Vec::new(), sheet: Grey::blank(side * FINENESS, side * FINENESS) }
    }

    /// A sketch that begins with a picture of `side * side` bytes; a blank one if it has another size.
    pub fn over(picture: &[u8], side: usize) -> Sketch {
        let mut sketch = Sketch::blank(side);
        if picture.len() == side * side {
            sketch.base = Some(picture.into());
            let values: Vec<f32> = picture.iter().map(|&byte| f32::from(byte) / 255.0).collect();
            sketch.sheet = enlarged(&values, side);
        }
        sketch
    }

    /// Its side in model pixels.
    pub fn side(&self) -> usize {
        self.sheet.width / FINENESS
    }

    /// Whether there is nothing on it.
    pub fn is_blank(&self) -> bool {
        self.sheet.is_blank()
    }

    /// Whether the pen has been on it.
    pub fn is_drawn(&self) -> bool {
        !self.strokes.is_empty()
    }

    /// Its ink.
    pub fn sheet(&self) -> &Grey {
        &self.sheet
    }

    /// Sets the pen down.
    pub fn press(&mut self, at: Point) {
        if self.count() < MOST_POINTS && at.x.is_finite() && at.y.is_finite() {
            self.strokes.push(Arc::new(Stroke(vec![at])));
            self.line(at, at);
        }
    }

    /// Moves the pen; nothing happens before it was set down.
    pub fn draw(&mut self, to: Point) {
        if self.count() >= MOST_POINTS || !to.x.is_finite() || !to.y.is_finite() {
            return;
        }
        let Some(stroke) = self.strokes.last_mut() else { return };
        let Some(&from) = stroke.0.last() else { return };
        if (to.x - from.x).hypot(to.y - from.y) < CLOSEST {
            return;
        }
        Arc::make_mut(stroke).0.push(to);
        self.line(from, to);
    }

    fn count(&self) -> usize {
        self.strokes.iter().map(|stroke| stroke.0.len()).sum()
    }

    /// Inks a line with round ends.
    fn line(&mut self, from: Point, to: Point) {
        let scale = FINENESS as f32;
        let (a, b) = ((from.x * scale, from.y * scale), (to.x * scale, to.y * scale));
        let sheet = self.sheet.width;
        let radius = (PEN * sheet as f32).max(THINNEST * scale);
        let reach = radius + 1.0;
        let span = |low: f32, high: f32| {
            let first = (low.min(high) - reach).floor().clamp(0.0, sheet as f32) as usize;
            first..((low.max(high) + reach).ceil().clamp(0.0, sheet as f32) as usize)
        };
        for row in span(a.1, b.1) {
            for column in span(a.0, b.0) {
                let distance = to_segment((column as f32 + 0.5, row as f32 + 0.5), a, b);
                let ink = &mut self.sheet.pixels[row * sheet + column];
                *ink = ink.max((radius + 0.5 - distance).clamp(0.0, 1.0));
            }
        }
    }
}

/// A picture of `side * side` values at the size of a sheet, each pixel a square.
pub fn enlarged(values: &[f32], side: usize) -> Grey {
    let sheet = side * FINENESS;
    let at = |index: usize| index / sheet / FINENESS * side + index % sheet / FINENESS;
    let pixels = (0..sheet * sheet).map(|index| values.get(at(index)).copied().unwrap_or(0.0)).collect();
    Grey { width: sheet, height: sheet, pixels }
}

/// Distance of a point from a segment.
fn to_segment(p: (f32, f32), a: (f32, f32), b: (f32, f32)) -> f32 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{centre, shrink};

    const SIDE: usize = 28;

    fn point(x: f32, y: f32) -> Point {
        Point { x, y }
    }

    #[test]
    fn a_stroke_is_inked_with_soft_edges_where_it_was_drawn() {
        let mut sketch = Sketch::blank(SIDE);
        sketch.draw(point(3.0, 3.0));
        assert!(sketch.is_blank() && !sketch.is_drawn(), "a pen that is up leaves nothing");
        sketch.press(point(14.0, 5.0));
        assert!(sketch.is_drawn() && !Sketch::over(&[9; SIDE * SIDE], SIDE).is_drawn());
        sketch.draw(point(14.0, 23.0));
        let small = shrink(sketch.sheet(), SIDE);
        assert_eq!(small[14 * SIDE + 13], 255);
        assert_eq!(small[14 * SIDE + 5], 0);
        let soft = small.iter().filter(|&&pixel| pixel > 0 && pixel < 255).count();
        assert!(soft > 10, "{soft} soft pixels");
    }

    #[test]
    fn a_single_dot_can_be_seen() {
        let mut sketch = Sketch::blank(SIDE);
        sketch.press(point(20.0, 20.0));
        assert!(!sketch.is_blank());
        assert!(centre(sketch.sheet(), SIDE).contains(&255));
    }

    #[test]
    fn strokes_outside_and_without_a_place_are_harmless() {
        let mut sketch = Sketch::blank(SIDE);
        sketch.press(point(f32::NAN, 3.0));
        sketch.press(point(-1e9, 1e9));
        sketch.draw(point(f32::INFINITY, 0.0));
        assert!(sketch.is_blank());
        sketch.draw(point(1e9, -1e9));
        assert!(!sketch.is_blank(), "the line crosses the sheet");
    }

    #[test]
    fn a_picture_stays_below_the_strokes() {
        let mut picture = vec![0; SIDE * SIDE];
        picture[3 * SIDE + 4] = 200;
        let mut sketch = Sketch::over(&picture, SIDE);
        assert_eq!(shrink(sketch.sheet(), SIDE), picture);
        sketch.press(point(20.5, 20.5));
        let drawn = shrink(sketch.sheet(), SIDE);
        assert_eq!((drawn[3 * SIDE + 4], drawn[20 * SIDE + 20]), (200, 255));
        assert_eq!(Sketch::over(&picture[1..], SIDE), Sketch::blank(SIDE));
    }

    #[test]
    fn endless_drawing_is_bounded() {
        let mut sketch = Sketch::blank(SIDE);
        sketch.press(point(0.0, 0.0));
        (0..MOST_POINTS * 2).for_each(|step| sketch.draw(point((step % 2) as f32, 0.0)));
        assert_eq!(sketch.count(), MOST_POINTS);
    }
}
