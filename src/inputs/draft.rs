//! What is on the drawing pad, and what the model gets of it.

use super::format::Format;
use crate::link::{Drawing, Input};
use foolproof_core::picture::{Grey, Sketch, Unreadable, centre, ink, shrink};
use std::sync::Arc;

/// What is on the pad, and the picture it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The strokes; of grey inputs over the picture that was there before.
    pub sketch: Sketch,
    /// What is below the strokes and taken as it is, a byte a feature: a picture of several channels, or a grey one that
    /// came in the size of the inputs. Without it a grey sheet is centred.
    below: Option<Arc<[u8]>>,
    /// An uploaded picture before centring, a byte a pixel.
    photo: Option<Arc<[u8]>>,
}

impl Draft {
    /// A pad with nothing on it.
    pub fn blank(format: &Format) -> Draft {
        Draft { sketch: Sketch::blank(format.side()), below: None, photo: None }
    }

    /// The draft behind an input that came without one.
    pub fn of(input: &Input, format: &Format) -> Draft {
        match input {
            Input::Draw(drawing) if format.is_grey() => {
                Draft { sketch: Sketch::over(drawing.pixels(), format.side()), ..Draft::blank(format) }
            }
            Input::Draw(drawing) if drawing.pixels().len() == format.features() => {
                Draft { below: Some(drawing.pixels().into()), ..Draft::blank(format) }
            }
            Input::Draw(_) | Input::Test(_) | Input::Row(_) => Draft::blank(format),
        }
    }

    /// The draft of an uploaded picture of `width * height` RGBA pixels: its ink for grey inputs, unless it has their
    /// size already, and each channel as it is for others.
    ///
    /// # Errors
    /// [`Unreadable`] if there is nothing to see.
    pub fn uploaded(rgba: &[u8], width: usize, height: usize, format: &Format) -> Result<Draft, Unreadable> {
        let side = format.side();
        let channel = |at: usize| {
            let pixels = rgba.chunks_exact(4).map(|pixel| f32::from(pixel[at]) / 255.0).collect();
            shrink(&Grey { width, height, pixels }, side)
        };
        // Further channels than red, green and blue repeat these; grey is green.
        let taken = |first: usize| (0..format.shape[0]).flat_map(|at| channel((first + at) % 3)).collect();
        if !format.is_grey() {
            return Ok(Draft { below: Some(taken(0)), ..Draft::blank(format) });
        }
        // Ink on transparency has no values of its own where there is none.
        if (width, height) == (side, side) && rgba.chunks_exact(4).all(|pixel| pixel[3] == 255) {
            return Ok(Draft { below: Some(taken(1)), ..Draft::blank(format) });
        }
        let sketch = Sketch::over(&centre(&ink(rgba, width, height)?, side), side);
        Ok(Draft { sketch, below: None, photo: Some(taken(1)) })
    }

    /// Whether it is a grey picture that is taken as it is.
    pub fn is_as_it_came(&self, format: &Format) -> bool {
        format.is_grey() && self.below.is_some()
    }

    /// The draft of a grey picture that was taken as it is, centred like any other.
    ///
    /// # Errors
    /// [`Unreadable`] if there is nothing to see.
    pub fn centred(&self, format: &Format) -> Result<Draft, Unreadable> {
        let side = format.side();
        let below = self.below.as_deref().unwrap_or_default();
        let rgba: Vec<u8> = below.iter().flat_map(|&value| [value, value, value, 255]).collect();
        let sketch = Sketch::over(&centre(&ink(&rgba, side, side)?, side), side);
        Ok(Draft { sketch, below: None, photo: self.below.clone() })
    }

    /// The picture before centring.
    pub fn before(&self) -> Vec<u8> {
        self.photo.as_ref().map_or_else(|| shrink(self.sketch.sheet(), self.sketch.side()), |photo| photo.to_vec())
    }

    /// What the model gets of it: white ink over what is below, or the centred ink.
    pub fn input(&self, format: &Format) -> Option<Input> {
        let side = format.side();
        if format.is_grey() && self.below.is_none() {
            return Drawing::new(&centre(self.sketch.sheet(), side)).map(Input::Draw);
        }
        let ink = shrink(self.sketch.sheet(), side);
        let below = |feature: usize| self.below.as_ref().and_then(|below| below.get(feature)).copied().unwrap_or(0);
        let over = |feature: usize| over(below(feature), ink[feature % (side * side)]);
        let pixels: Vec<u8> = (0..format.features()).map(over).collect();
        Drawing::new(&pixels).map(Input::Draw)
    }
}

/// White ink over a value.
fn over(below: u8, ink: u8) -> u8 {
    below + (u16::from(255 - below) * u16::from(ink) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use foolproof_core::{input_kind::InputKind, picture::Point};

    fn colour() -> Format {
        Format { kind: InputKind::Picture, shape: [3, 8, 8] }
    }

    fn pixels(draft: &Draft, format: &Format) -> Vec<u8> {
        let Some(Input::Draw(drawing)) = draft.input(format) else { panic!("no drawing") };
        drawing.pixels().to_vec()
    }

    #[test]
    fn a_stroke_on_a_coloured_picture_is_white_and_leaves_the_rest() {
        let below: Vec<u8> = (0..192).map(|at| (at / 64 * 40) as u8).collect();
        let mut draft = Draft::of(&Input::Draw(Drawing::new(&below).unwrap()), &colour());
        assert_eq!(pixels(&draft, &colour()), below);
        draft.sketch.press(Point { x: 4.5, y: 4.5 });
        let drawn = pixels(&draft, &colour());
        assert!([0, 64, 128].iter().all(|channel| drawn[channel + 4 * 8 + 4] > 150 + below[*channel] / 2), "{drawn:?}");
        assert_eq!((drawn[0], drawn[64], drawn[191]), (below[0], below[64], below[191]));
        assert_eq!((over(0, 255), over(200, 255), over(200, 0), over(255, 9)), (255, 255, 200, 255));
    }

    #[test]
    fn an_uploaded_picture_keeps_its_colours_where_the_model_has_them() {
        // A bright stripe on the right of an orange sheet.
        let pixel = |at: usize| if at % 16 < 8 { [255, 128, 0, 255] } else { [255, 255, 255, 255] };
        let rgba: Vec<u8> = (0..256).flat_map(pixel).collect();
        let found = pixels(&Draft::uploaded(&rgba, 16, 16, &colour()).unwrap(), &colour());
        assert_eq!((found[0], found[64], found[128]), (255, 128, 0));
        assert_eq!((found[7], found[71], found[135]), (255, 255, 255));
        let grey = Draft::uploaded(&rgba, 16, 16, &Format::default()).unwrap();
        assert_eq!((grey.before()[0], grey.before()[27]), (128, 255), "green, before centring");
        assert_eq!(pixels(&grey, &Format::default()).len(), 784);
        let own: Vec<u8> =
            (0..784).map(|at| if at % 28 < 9 && at % 28 > 5 && at > 99 && at < 700 { 230 } else { 0 }).collect();
        let rgba: Vec<u8> = own.iter().flat_map(|&value| [value, value, value, 255]).collect();
        let taken = Draft::uploaded(&rgba, 28, 28, &Format::default()).unwrap();
        assert!(taken.is_as_it_came(&Format::default()) && !grey.is_as_it_came(&Format::default()));
        assert_eq!(pixels(&taken, &Format::default()), own, "a picture of the inputs' size is not centred");
        let glass: Vec<u8> = own.iter().flat_map(|&value| [0, 0, 0, value]).collect();
        let drawn = Draft::uploaded(&glass, 28, 28, &Format::default()).unwrap();
        assert!(!drawn.is_as_it_came(&Format::default()) && pixels(&drawn, &Format::default()).contains(&255));
        let centred = taken.centred(&Format::default()).unwrap();
        assert!(pixels(&centred, &Format::default()) != own && centred.before() == own);
        let plain = [90, 90, 90, 255].repeat(256);
        assert_eq!(Draft::uploaded(&plain, 16, 16, &Format::default()), Err(Unreadable::Blank));
        assert!(Draft::uploaded(&plain, 16, 16, &colour()).is_ok(), "a coloured picture needs no ink");
    }

    #[test]
    fn a_drawing_of_another_size_begins_blank() {
        let other = Input::Draw(Drawing::new(&[9; 100]).unwrap());
        for format in [colour(), Format::default()] {
            assert_eq!(Draft::of(&other, &format), Draft::blank(&format));
            assert!(pixels(&Draft::blank(&format), &format).iter().all(|&value| value == 0));
        }
    }
}
