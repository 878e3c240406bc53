//! One array of NumPy: version, header and numbers of an `.npy` file.
//!
//! After NEP 1, <https://numpy.org/neps/nep-0001-npy-format.html>.

use super::literal::{Header, header};
use crate::bounds::brief;
use half::f16;

/// Longest header taken, in bytes; NumPy itself stops at as many.
const LONGEST_HEADER: usize = 10_000;

/// An array, its numbers where they lie in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Its sizes.
    pub shape: Vec<usize>,
    /// From one item to the next along each dimension, in numbers.
    pub steps: Vec<usize>,
    /// The type of its numbers.
    pub number: Number,
    bytes: Vec<u8>,
    start: usize,
}

/// A type of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// What they are.
    pub kind: Kind,
    /// Bytes of one.
    pub size: usize,
    big: bool,
}

/// What numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Truth,
    /// Whole, not negative.
    Unsigned,
    /// Whole.
    Signed,
    /// Floating point.
    Float,
}

impl Number {
    /// From NumPy's word.
    fn of(descr: &str) -> Result<Number, String> {
        let (big, rest) = match descr.split_at_checked(1) {
            Some(("<" | "|" | "=", rest)) => (false, rest),
            Some((">", rest)) => (true, rest),
            _ => (false, descr),
        };
        let (kind, size) = match rest {
            "b1" | "?" => (Kind::Truth, 1),
            "u1" | "u2" | "u4" | "u8" => (Kind::Unsigned, 0),
            "i1" | "i2" | "i4" | "i8" => (Kind::Signed, 0),
            "f2" | "f4" | "f8" => (Kind::Float, 0),
            _ if rest.starts_with('O') => {
                return Err("it holds Python objects, which are never run here; save it with dtype=\"uint8\"".into());
            }
            _ => return Err(format!("its numbers are of the type “{}”, which is not read", brief(descr))),
        };
        let digit = rest.bytes().last().map_or(1, |digit| usize::from(digit.wrapping_sub(b'0')));
        Ok(Number { kind, size: if size == 0 { digit } else { size }, big })
    }

    fn read(self, bytes: &[u8]) -> Option<f64> {
        let mut eight = [0; 8];
        let taken = eight.get_mut(..self.size)?;
        taken.copy_from_slice(bytes.get(..self.size)?);
        if self.big {
            taken.reverse();
        }
        let whole = u64::from_le_bytes(eight);
        let spare = 64 - 8 * self.size as u32;
        Some(match (self.kind, self.size) {
            (Kind::Truth, _) => f64::from(u8::from(whole != 0)),
            (Kind::Unsigned, _) => whole as f64,
            (Kind::Signed, _) => ((whole << spare) as i64 >> spare) as f64,
            (Kind::Float, 2) => f16::from_bits(whole as u16).to_f64(),
            (Kind::Float, 4) => f32::from_bits(whole as u32).into(),
            (Kind::Float, _) => f64::from_bits(whole),
        })
    }
}

impl Array {
    /// Reads a file.
    ///
    /// # Errors
    /// A clause, if it is none, its type is not read, or its sizes are not those of its content.
    pub fn read(bytes: Vec<u8>) -> Result<Array, String> {
        let (Header { descr, fortran, shape }, start) = head(&bytes)?;
        let number = Number::of(&descr)?;
        let content = bytes.len().saturating_sub(start);
        let needed = shape.iter().try_fold(number.size, |all, &size| all.checked_mul(size));
        if needed != Some(content) {
            return Err(format!("its shape {shape:?} does not fit its {content} bytes of content"));
        }
        let mut steps = vec![1; shape.len()];
        let mut step = 1usize;
        let order: Vec<usize> = if fortran { (0..shape.len()).collect() } else { (0..shape.len()).rev().collect() };
        for at in order {
            if let Some((place, &size)) = steps.get_mut(at).zip(shape.get(at)) {
                *place = step;
                step = step.saturating_mul(size);
            }
        }
        Ok(Array { shape, steps, number, bytes, start })
    }

    /// A number by its place.
    pub fn at(&self, place: usize) -> Option<f64> {
        let from = place.checked_mul(self.number.size)?.checked_add(self.start)?;
        self.number.read(self.bytes.get(from..)?)
    }

    /// How many numbers it has.
    pub fn count(&self) -> usize {
        self.bytes.len().saturating_sub(self.start).checked_div(self.number.size).unwrap_or(0)
    }

    /// Least and greatest finite number; `None` if there is none.
    pub fn range(&self) -> Option<(f64, f64)> {
        let finite = (0..self.count()).filter_map(|at| self.at(at)).filter(|value| value.is_finite());
        finite.fold(None, |range, value| {
            let (low, high) = range.unwrap_or((value, value));
            Some((value.min(low), value.max(high)))
        })
    }
}

/// The header, and where the numbers begin.
fn head(bytes: &[u8]) -> Result<(Header, usize), String> {
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or("it is no NumPy array: it does not begin with NumPy's mark")?;
    let cut = || format!("it ends after {} bytes, inside its header", bytes.len());
    let (length, start) = match rest {
        [1, _, low, high, ..] => (usize::from(u16::from_le_bytes([*low, *high])), 10),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 12),
        [version, ..] if !(1..=3).contains(version) => {
            return Err(format!("it is of NumPy's version {version}, not 1 to 3"));
        }
        _ => return Err(cut()),
    };
    if length > LONGEST_HEADER {
        return Err(format!("its header is longer than {LONGEST_HEADER} bytes"));
    }
    let text = bytes.get(start..start + length).ok_or_else(cut)?;
    let text = std::str::from_utf8(text).map_err(|_| "its header is no text")?;
    Ok((header(text)?, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(descr: &str, fortran: bool, shape: &str, content: &[u8]) -> Vec<u8> {
        let fortran = if fortran { "True" } else { "False" };
        let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes.extend(content);
        bytes
    }

    #[test]
    fn every_type_is_read() {
        let cases: [(&str, &[u8], f64); 13] = [
            ("|b1", &[1], 1.0),
            ("|u1", &[200], 200.0),
            ("<u2", &[1, 2], 513.0),
            (">u2", &[1, 2], 258.0),
            ("|i1", &[0xff], -1.0),
            ("<i2", &[0xfe, 0xff], -2.0),
            ("<i4", &[0xfd, 0xff, 0xff, 0xff], -3.0),
            (">i4", &[0, 0, 1, 0], 256.0),
            ("<i8", &[7, 0, 0, 0, 0, 0, 0, 0], 7.0),
            ("<u8", &[7, 0, 0, 0, 0, 0, 0, 0], 7.0),
            ("<f2", &[0, 0x3c], 1.0),
            ("<f4", &0.5f32.to_le_bytes(), 0.5),
            (">f8", &0.25f64.to_be_bytes(), 0.25),
        ];
        for (descr, content, value) in cases {
            let array = Array::read(file(descr, false, "(1,)", content)).unwrap();
            assert_eq!((array.at(0), array.at(1)), (Some(value), None), "{descr}");
        }
    }

    #[test]
    fn both_orders_and_every_version_are_read() {
        let c = Array::read(file("|u1", false, "(2, 3)", &[0, 1, 2, 3, 4, 5])).unwrap();
        let f = Array::read(file("|u1", true, "(2, 3)", &[0, 3, 1, 4, 2, 5])).unwrap();
        assert_eq!((&c.steps[..], &f.steps[..]), (&[3, 1][..], &[1, 2][..]));
        assert_eq!(c.at(c.steps[0] + 2 * c.steps[1]), f.at(f.steps[0] + 2 * f.steps[1]));
        let one = file("|u1", false, "(1,)", &[9]);
        let mut two = b"\x93NUMPY\x02\x00".to_vec();
        two.extend(((one.len() - 11) as u32).to_le_bytes());
        two.extend(&one[10..]);
        assert_eq!(Array::read(two).unwrap().at(0), Some(9.0));
    }

    #[test]
    fn what_is_not_read_is_told() {
        let good = file("<f4", false, "(2,)", &[0; 8]);
        let mut late = good.clone();
        late[6] = 9;
        for (bytes, expected) in [
            (b"PK\x03\x04".to_vec(), "no NumPy array"),
            (good[..9].to_vec(), "inside its header"),
            (good[..30].to_vec(), "inside its header"),
            (good[..good.len() - 1].to_vec(), "7 bytes of content"),
            (late, "version 9"),
            (file("|O", false, "(1,)", &[0; 8]), "never run"),
            (file("<U5", false, "(1,)", &[0; 20]), "“<U5”"),
            (file("<c8", false, "(1,)", &[0; 8]), "“<c8”"),
            (file("<f4", false, "(4611686018427387904, 4)", &[]), "does not fit"),
        ] {
            let told = Array::read(bytes).unwrap_err();
            assert!(told.contains(expected), "{expected}: {told}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), marked: bool) {
            if marked {
                bytes.splice(0..0, *b"\x93NUMPY\x01\x00");
            }
            if let Ok(array) = Array::read(bytes) {
                prop_assert!(array.range().is_some() || array.count() == 0 || array.number.kind == Kind::Float);
            }
        }

        #[test]
        fn no_header_panics(text in "[{}()',:a-z0-9<| ]{0,80}") {
            let _ = header(&text);
        }
    }
}
