//! Arrays as NPY files, NumPy's own format, version 1.0: a magic, a header that is a Python literal, the numbers.
//!
//! After NEP 1, <https://numpy.org/neps/nep-0001-npy-format.html>.

/// The header, padding and all, is a multiple of this.
const ALIGNMENT: usize = 64;
/// Magic, version, and two bytes for the header's length.
const PREFIX: usize = 10;

/// 32-bit floating point numbers of this shape, row by row.
pub fn floats(shape: &[usize], values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    let mut file = header("<f4", shape);
    values.into_iter().for_each(|value| file.extend(value.to_le_bytes()));
    file
}

/// 64-bit whole numbers of this shape, as PyTorch takes its labels.
pub fn integers(shape: &[usize], values: impl IntoIterator<Item = i64>) -> Vec<u8> {
    let mut file = header("<i8", shape);
    values.into_iter().for_each(|value| file.extend(value.to_le_bytes()));
    file
}

fn header(kind: &str, shape: &[usize]) -> Vec<u8> {
    let sides: String = shape.iter().map(|side| format!("{side}, ")).collect();
    // A tuple of one keeps its comma.
    let sides = if shape.len() > 1 { sides.trim_end_matches(", ") } else { sides.trim_end() };
    let mut text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({sides}), }}");
    let blank = (PREFIX + text.len() + 1).next_multiple_of(ALIGNMENT) - PREFIX - text.len() - 1;
    text.push_str(&" ".repeat(blank));
    text.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    // A shape of a handful of sides is far below what 16 bits count.
    file.extend((text.len() as u16).to_le_bytes());
    file.extend(text.as_bytes());
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_numpys() {
        let file = floats(&[2, 1, 28, 28], [0.5, -1.0]);
        assert_eq!(&file[..8], b"\x93NUMPY\x01\x00");
        assert_eq!(u16::from_le_bytes([file[8], file[9]]), 118);
        let text = std::str::from_utf8(&file[10..128]).unwrap();
        assert_eq!(text.trim_end(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 28, 28), }");
        assert!(text.ends_with(" \n") && file.len() == 128 + 8);
        assert_eq!(&file[128..], [0, 0, 0, 0x3f, 0, 0, 0x80, 0xbf]);
    }

    #[test]
    fn a_list_keeps_the_comma_of_a_tuple_of_one() {
        let file = integers(&[3], [7, -2, 1]);
        let text = std::str::from_utf8(&file[10..128]).unwrap();
        assert_eq!(text.trim_end(), "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }");
        assert_eq!(file.len(), 128 + 24);
        assert_eq!(&file[136..144], [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    }

    #[test]
    fn the_numbers_begin_at_a_multiple_of_64() {
        // Headers of every length, among them those that need no blank and those that need 63.
        let long = (1..=22).flat_map(|sides| [1, 10, 100].map(|first| [&[first][..], &vec![1; sides]].concat()));
        for shape in [vec![], vec![1], vec![10_000, 3, 32, 32], vec![usize::MAX; 4]].into_iter().chain(long) {
            let file = floats(&shape, []);
            assert_eq!((file.len() % ALIGNMENT, *file.last().unwrap()), (0, b'\n'), "{shape:?}");
        }
    }
}
