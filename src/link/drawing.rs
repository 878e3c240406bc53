//! A drawing in the link: 8-bit pixels, zlib, base64url.

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use miniz_oxide::{
    deflate::compress_to_vec_zlib,
    inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit},
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// Most pixels a drawing may have: three channels of 32 x 32.
const MOST_PIXELS: usize = 3 * 32 * 32;
/// Longest text that is decoded at all; deflated noise of that many pixels fits.
const LONGEST_TEXT: usize = 4300;
/// What chats put into long words, so that they can be broken.
const UNSEEN: [char; 6] = ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// Effort of compression, of 10.
const BEST: u8 = 10;

/// Writes without padding, reads with or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Pixels of the visitor's own making, row by row, 255 being full ink. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing(#[serde(with = "pixels")] Arc<[u8]>);

/// Between the page's programs a drawing travels as plain bytes.
mod pixels {
    use serde::{Deserializer, Serializer};
    use std::sync::Arc;

    pub fn serialize<S: Serializer>(pixels: &Arc<[u8]>, to: S) -> Result<S::Ok, S::Error> {
        serde_bytes::serialize(&pixels[..], to)
    }

    pub fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Arc<[u8]>, D::Error> {
        serde_bytes::deserialize::<Vec<u8>, D>(from).map(Arc::from)
    }
}

impl fmt::Debug for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drawing({} pixels)", self.0.len())
    }
}

impl Drawing {
    /// A drawing of these pixels; `None` if there are none or too many for a link.
    pub fn new(pixels: &[u8]) -> Option<Drawing> {
        (1..=MOST_PIXELS).contains(&pixels.len()).then(|| Drawing(pixels.into()))
    }

    /// Its pixels.
    pub fn pixels(&self) -> &[u8] {
        &self.0
    }

    /// Its pixels as the model takes them, in [0, 1].
    pub fn scaled(&self) -> Vec<f32> {
        self.0.iter().map(|&pixel| f32::from(pixel) / 255.0).collect()
    }

    /// The text in the link.
    pub fn encode(&self) -> String {
        BASE64.encode(compress_to_vec_zlib(&self.0, BEST))
    }

    /// The drawing behind a text; `None` if it is not one. Raw deflate is understood too, and so is a text that a mail has
    /// broken into lines or a chat has made breakable.
    pub fn decode(text: &str) -> Option<Drawing> {
        let seen = |letter: &char| !letter.is_whitespace() && !UNSEEN.contains(letter);
        let text: String = text.chars().filter(seen).take(LONGEST_TEXT + 1).collect();
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let bytes = BASE64.decode(text).ok()?;
        let zlib = decompress_to_vec_zlib_with_limit(&bytes, MOST_PIXELS).ok();
        let pixels = zlib.or_else(|| decompress_to_vec_with_limit(&bytes, MOST_PIXELS).ok())?;
        Drawing::new(&pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reproducible picture without any pattern: the worst case for deflate.
    fn noise(count: usize) -> Vec<u8> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn the_worst_case_comes_back() {
        for count in [1, 784, MOST_PIXELS] {
            let drawing = Drawing::new(&noise(count)).unwrap();
            assert_eq!(Drawing::decode(&drawing.encode()), Some(drawing));
        }
        assert!(Drawing::new(&[]).is_none() && Drawing::new(&noise(MOST_PIXELS + 1)).is_none());
    }

    #[test]
    fn a_stroke_stays_well_below_two_kilobytes() {
        let stroke: Vec<u8> =
            (0..784).map(|i| if i % 28 > 10 && i % 28 < 14 { 255 - (i % 7) as u8 } else { 0 }).collect();
        assert!(Drawing::new(&stroke).unwrap().encode().len() < 200);
    }

    #[test]
    fn padding_and_raw_deflate_are_understood() {
        let pixels = noise(784);
        let padded = format!("{}==", Drawing::new(&[7; 784]).unwrap().encode().trim_end_matches('='));
        // Padding is right or wrong depending on the length; what is certain is that it never panics.
        let _ = Drawing::decode(&padded);
        let text = BASE64.encode(miniz_oxide::deflate::compress_to_vec(&pixels, 1));
        assert_eq!(Drawing::decode(&text).unwrap().pixels(), pixels);
    }

    #[test]
    fn a_bomb_and_a_torn_text_are_refused() {
        let bomb = BASE64.encode(compress_to_vec_zlib(&vec![0; 3_000_000], BEST));
        assert!(bomb.len() < LONGEST_TEXT, "the limit on the text must not be what stops it");
        assert_eq!(Drawing::decode(&bomb), None);
        let whole = Drawing::new(&noise(784)).unwrap().encode();
        assert_eq!(Drawing::decode(&whole[..whole.len() / 2]), None);
        assert_eq!(Drawing::decode("not base64!"), None);
        assert_eq!(Drawing::decode(""), None);
    }
}
