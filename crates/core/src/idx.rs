//! IDX, the format of MNIST's files: a magic number, sizes, bytes. Limits are checked before memory is taken.

use crate::fault::{Fault, FaultKind};

/// Pictures as bytes, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// Rows of one picture.
    pub rows: usize,
    /// Columns of one picture.
    pub columns: usize,
    /// 0 is background, 255 ink; `count * rows * columns` bytes.
    pub pixels: Vec<u8>,
}

/// Reads an image file (magic 2051).
///
/// # Errors
/// A [`Fault`] that says which number is wrong and what it should be.
pub fn images(bytes: &[u8]) -> Result<Images, Fault> {
    let [count, rows, columns] = header(bytes, 2051)?;
    let expected = count.checked_mul(rows).and_then(|all| all.checked_mul(columns));
    let pixels = body(bytes, 16, expected)?;
    Ok(Images { rows, columns, pixels })
}

/// Reads a label file (magic 2049): one class a byte.
///
/// # Errors
/// As [`images`].
pub fn labels(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let [count] = header(bytes, 2049)?;
    body(bytes, 8, Some(count))
}

/// Writes an image file.
pub fn write_images(images: &Images) -> Vec<u8> {
    let count = images.pixels.len() / (images.rows * images.columns).max(1);
    write(2051, &[count, images.rows, images.columns], &images.pixels)
}

/// Writes a label file.
pub fn write_labels(labels: &[u8]) -> Vec<u8> {
    write(2049, &[labels.len()], labels)
}

fn write(magic: u32, sizes: &[usize], body: &[u8]) -> Vec<u8> {
    let mut bytes = magic.to_be_bytes().to_vec();
    bytes.extend(sizes.iter().flat_map(|&size| (size as u32).to_be_bytes()));
    bytes.extend_from_slice(body);
    bytes
}

fn header<const N: usize>(bytes: &[u8], magic: usize) -> Result<[usize; N], Fault> {
    let word = |at: usize| {
        let four = bytes.get(4 * at..4 * at + 4).and_then(|four| four.first_chunk::<4>());
        let four = four.ok_or_else(|| bad(format!("it ends after {} bytes, inside its header", bytes.len())))?;
        Ok(u32::from_be_bytes(*four) as usize)
    };
    if word(0)? != magic {
        return Err(bad(format!("it starts with {} where {magic} is expected", word(0)?)));
    }
    let mut sizes = [0; N];
    for (at, size) in sizes.iter_mut().enumerate() {
        *size = word(at + 1)?;
    }
    Ok(sizes)
}

fn body(bytes: &[u8], start: usize, expected: Option<usize>) -> Result<Vec<u8>, Fault> {
    let found = &bytes[start..];
    match expected {
        Some(expected) if expected == found.len() => Ok(found.to_vec()),
        _ => Err(bad(format!("its sizes do not fit its {} bytes of content", found.len()))),
    }
}

fn bad(why: String) -> Fault {
    Fault::new(FaultKind::File, format!("The data file cannot be read: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let written = Images { rows: 2, columns: 3, pixels: (0..12).collect() };
        assert_eq!(images(&write_images(&written)).unwrap(), written);
        assert_eq!(labels(&write_labels(&[3, 1, 4])).unwrap(), [3, 1, 4]);
    }

    #[test]
    fn each_wrong_byte_is_named() {
        let good = write_images(&Images { rows: 2, columns: 2, pixels: vec![0; 8] });
        assert!(images(&[]).unwrap_err().message.contains("0 bytes"));
        assert!(images(&good[..10]).unwrap_err().message.contains("inside its header"));
        assert!(images(&good[..20]).unwrap_err().message.contains("4 bytes of content"));
        assert!(labels(&good).unwrap_err().message.contains("2051"));
        let mut huge = good.clone();
        huge[4..16].fill(0xff);
        assert!(images(&huge).unwrap_err().message.contains("do not fit"));
    }
}
