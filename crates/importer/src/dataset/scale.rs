//! What the numbers of pictures mean: which one is black, and which one white.

use super::npy::{Kind, Number};

/// The numbers that are black and white, and what is said of it where it is not plain.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    black: f64,
    white: f64,
    /// One sentence, or nothing.
    pub notice: Option<String>,
}

impl Scale {
    /// Of numbers of this type between these two.
    ///
    /// # Errors
    /// A clause, if they are none that pictures have.
    pub fn of(number: Number, (low, high): (f64, f64)) -> Result<Scale, String> {
        let scale = |black: f64, white: f64, notice: &str| {
            Ok(Scale { black, white, notice: (!notice.is_empty()).then(|| notice.to_owned()) })
        };
        let bytes = number.kind == Kind::Unsigned && number.size == 1;
        match (low, high) {
            (0.0.., ..=1.0) if number.kind == Kind::Float => {
                scale(0.0, 1.0, "Pixels are numbers between 0 and 1, and are kept in steps of 1/255.")
            }
            (0.0.., ..=1.0) if number.kind == Kind::Truth => scale(0.0, 1.0, ""),
            (0.0.., ..=1.0) => scale(0.0, 1.0, "Pixels are 0 or 1; 1 is taken for white."),
            (-1.0.., ..=1.0) => scale(-1.0, 1.0, "Pixels are between -1 and 1; -1 is taken for black."),
            (0.0.., ..=16.0) if !bytes => scale(0.0, 16.0, "Pixels are between 0 and 16; 16 is taken for white."),
            (0.0.., ..=255.0) if bytes => scale(0.0, 255.0, ""),
            (0.0.., ..=255.0) => scale(0.0, 255.0, "Pixels are between 0 and 255; 255 is taken for white."),
            (0.0.., ..=65_535.0) if number.kind == Kind::Unsigned && number.size == 2 => {
                scale(0.0, 65_535.0, "Pixels are between 0 and 65535; 65535 is taken for white.")
            }
            _ => Err(format!(
                "its numbers are between {low} and {high}; pixels between 0 and 1 or 0 and 255 are expected"
            )),
        }
    }

    /// A number as a byte; `None` if it is not finite.
    pub fn byte(&self, value: f64) -> Option<u8> {
        let share = (value - self.black) / (self.white - self.black);
        share.is_finite().then(|| (share * 255.0).round().clamp(0.0, 255.0) as u8)
    }
}
