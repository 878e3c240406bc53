//! IDX, the format of MNIST's files: a magic number, sizes, then bytes, or 32-bit numbers with the highest byte first.
//! Limits are checked before memory is taken.

use crate::fault::{Fault, FaultKind};
use crate::values::Values;

/// What a file of bytes has in its third byte.
const BYTES: u8 = 0x08;
/// What a file of 32-bit numbers has there.
const FLOATS: u8 = 0x0d;
/// What MNIST's own files start with, pictures and labels.
const IMAGES: u32 = 2051;
const LABELS: u32 = 2049;

/// Inputs of one shape: pictures, or rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    /// `[channel, row, column]` of one input.
    pub shape: [usize; 3],
    /// All of them, in [0, 1]; of a picture in bytes 0 is background and 255 ink.
    pub values: Values,
}

/// Reads a file of inputs: `[count, row, column]`, `[count, channel, row, column]`, or `[count, column]` for a table.
///
/// # Errors
/// A [`Fault`] that says which number is wrong and what it should be.
pub fn images(bytes: &[u8]) -> Result<Images, Fault> {
    let [first, second, kind, dimensions] = word(bytes, 0)?.to_be_bytes();
    if [first, second] != [0, 0] || ![BYTES, FLOATS].contains(&kind) {
        return Err(starts(bytes, IMAGES));
    }
    let shape = match dimensions {
        2 => [1, 1, size(bytes, 2)?],
        3 => [1, size(bytes, 2)?, size(bytes, 3)?],
        4 => [size(bytes, 2)?, size(bytes, 3)?, size(bytes, 4)?],
        _ => return Err(bad(format!("it has {dimensions} dimensions, and can have 2 to 4"))),
    };
    // Of one input first: also where there is none, its size is computed with later.
    let one = shape.iter().try_fold(1usize, |all, &side| all.checked_mul(side));
    let count = size(bytes, 1)?;
    let expected = one.and_then(|one| one.checked_mul(count));
    let start = 4 + 4 * usize::from(dimensions);
    let values = match kind {
        BYTES => body(bytes, start, expected)?.to_vec().into(),
        _ => floats(body(bytes, start, expected.and_then(|count| count.checked_mul(4)))?, start)?.into(),
    };
    Ok(Images { shape, values })
}

/// Reads a label file (magic 2049): one class a byte.
///
/// # Errors
/// As [`images`].
pub fn labels(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    if word(bytes, 0)? != LABELS {
        return Err(starts(bytes, LABELS));
    }
    body(bytes, 8, Some(size(bytes, 1)?)).map(<[u8]>::to_vec)
}

/// Writes a file of inputs with as few dimensions as their shape needs.
pub fn write_images(images: &Images) -> Vec<u8> {
    let count = images.values.len() / images.shape.iter().product::<usize>().max(1);
    let sizes = sizes(count, images.shape);
    match &images.values {
        Values::Bytes(bytes) => write(BYTES, &sizes, bytes),
        Values::Floats(floats) => {
            let body: Vec<[u8; 4]> = floats.iter().map(|value| value.to_be_bytes()).collect();
            write(FLOATS, &sizes, body.as_flattened())
        }
    }
}

/// Writes a label file.
pub fn write_labels(labels: &[u8]) -> Vec<u8> {
    write(BYTES, &[labels.len()], labels)
}

/// Length in bytes of a written file of so many inputs of this `[channel, row, column]`: of bytes, and of 32-bit numbers.
pub fn lengths(count: usize, shape: [usize; 3]) -> [usize; 2] {
    let head = 4 + 4 * sizes(count, shape).len();
    let values = shape.iter().fold(count, |all, &side| all.saturating_mul(side));
    [head.saturating_add(values), head.saturating_add(values.saturating_mul(4))]
}

fn sizes(count: usize, shape: [usize; 3]) -> Vec<usize> {
    let ones = shape.iter().take(2).take_while(|&&side| side == 1).count();
    [&[count], &shape[ones..]].concat()
}

fn write(kind: u8, sizes: &[usize], body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, kind, sizes.len() as u8];
    bytes.extend(sizes.iter().flat_map(|&size| (size as u32).to_be_bytes()));
    bytes.extend_from_slice(body);
    bytes
}

fn word(bytes: &[u8], at: usize) -> Result<u32, Fault> {
    let four = bytes.get(4 * at..4 * at + 4).and_then(|four| four.first_chunk::<4>());
    let four = four.ok_or_else(|| bad(format!("it ends after {} bytes, inside its header", bytes.len())))?;
    Ok(u32::from_be_bytes(*four))
}

fn starts(bytes: &[u8], expected: u32) -> Fault {
    let found = word(bytes, 0).unwrap_or_default();
    bad(format!("it starts with {found} where {expected} is expected"))
}

fn size(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    word(bytes, at).map(|size| size as usize)
}

fn body(bytes: &[u8], start: usize, expected: Option<usize>) -> Result<&[u8], Fault> {
    let found = &bytes[start..];
    match expected {
        Some(expected) if expected == found.len() => Ok(found),
        _ => Err(bad(format!("its sizes do not fit its {} bytes of content", found.len()))),
    }
}

/// Numbers in [0, 1] that begin at byte `start` of their file.
fn floats(body: &[u8], start: usize) -> Result<Vec<f32>, Fault> {
    let (chunks, _) = body.as_chunks::<4>();
    let read = |(at, four): (usize, &[u8; 4])| {
        let value = f32::from_be_bytes(*four);
        let wrong = || format!("the number at byte {} is {value}, and must be between 0 and 1", start + 4 * at);
        if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(bad(wrong())) }
    };
    chunks.iter().enumerate().map(read).collect()
}

fn bad(why: String) -> Fault {
    Fault::new(FaultKind::File, format!("The data file cannot be read: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            count in 1usize..4,
            shape in [1usize..4, 1usize..4, 1usize..4],
            grey: u8,
            value in 0.0f32..=1.0,
        ) {
            let all = count * shape.iter().product::<usize>();
            for (at, values) in [vec![grey; all].into(), Values::Floats(vec![value; all])].into_iter().enumerate() {
                let written = Images { shape, values };
                let bytes = write_images(&written);
                prop_assert_eq!(bytes.len(), lengths(count, shape)[at]);
                prop_assert_eq!(images(&bytes).unwrap(), written);
            }
        }

        #[test]
        fn no_bytes_are_read_as_what_they_are_not(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(read) = images(&bytes) {
                prop_assert_eq!(images(&write_images(&read)).unwrap(), read);
            }
        }
    }

    #[test]
    fn labels_and_mnists_own_header_are_as_ever() {
        assert_eq!(labels(&write_labels(&[3, 1, 4])).unwrap(), [3, 1, 4]);
        let mnist = write_images(&Images { shape: [1, 2, 3], values: vec![7u8; 12].into() });
        assert_eq!(mnist[..16], [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3]);
        let table = write_images(&Images { shape: [1, 1, 2], values: Values::Floats(vec![0.5, 1.0]) });
        assert_eq!(table, [[0, 0, 13, 2], [0, 0, 0, 1], [0, 0, 0, 2], [0x3f, 0, 0, 0], [0x3f, 0x80, 0, 0]].concat());
    }

    #[test]
    fn each_wrong_byte_is_named() {
        let good = write_images(&Images { shape: [1, 2, 2], values: vec![0u8; 8].into() });
        assert!(images(&[]).unwrap_err().message.contains("0 bytes"));
        assert!(images(&good[..10]).unwrap_err().message.contains("inside its header"));
        assert!(images(&good[..20]).unwrap_err().message.contains("4 bytes of content"));
        assert!(labels(&good).unwrap_err().message.contains("2051"));
        assert!(images(&write_labels(&[1])).unwrap_err().message.contains("1 dimensions"));
        let mut huge = good.clone();
        huge[4..16].fill(0xff);
        assert!(images(&huge).unwrap_err().message.contains("do not fit"));
        (huge[2], huge[3]) = (0x0d, 3);
        assert!(images(&huge).unwrap_err().message.contains("do not fit"));
        // None at all, each larger than any count of bytes.
        let none = [[0, 0, 8, 4], [0; 4], [0xff; 4], [0xff; 4], [0xff; 4]].concat();
        assert!(images(&none).unwrap_err().message.contains("do not fit"));
        huge[2] = 0x0b;
        assert!(images(&huge).unwrap_err().message.contains("2051 is expected"));
        for wrong in [f32::NAN, f32::INFINITY, -1.0] {
            let bytes = write_images(&Images { shape: [1, 1, 3], values: Values::Floats(vec![0.0, wrong, 1.0]) });
            let told = images(&bytes).unwrap_err().message;
            assert!(told.contains(&format!("byte 16 is {wrong}")), "{told}");
        }
    }
}
