//! An address as a QR code: the path of a drawing that prints sharp at any size.

use fast_qr::{ECL, QRBuilder};
use std::fmt::Write;

/// Most squares of a side. A phone reads so many off a code that is 4 cm wide on paper, and they hold 412 letters.
const LARGEST: usize = 77;
/// Light squares around a code, as the standard has them.
pub const MARGIN: usize = 4;

/// A code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Squares of a side, the margin left out.
    pub side: usize,
    /// The dark squares as an SVG path in units of a square, row by row.
    pub path: String,
}

/// The code of a text; `None` for one that is too long for a code of a sensible size. Fifteen per cent of the squares may
/// be lost.
pub fn code(text: &str) -> Option<Code> {
    let squares = QRBuilder::new(text).ecl(ECL::M).build().ok().filter(|squares| squares.size <= LARGEST)?;
    let mut path = String::new();
    for row in 0..squares.size {
        let line = &squares[row];
        let mut column = 0;
        while column < squares.size {
            let dark = (column..squares.size).take_while(|&at| line[at].value()).count();
            if dark > 0 {
                // Writing to memory does not fail.
                let _ = write!(path, "M{column} {row}h{dark}v1h-{dark}z");
            }
            column += dark + 1;
        }
    }
    Some(Code { side: squares.size, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pixels of a square.
    const SCALE: usize = 5;

    /// The squares that a path fills.
    fn filled(code: &Code) -> Vec<bool> {
        let mut squares = vec![false; code.side * code.side];
        for run in code.path.split('M').filter(|run| !run.is_empty()) {
            let (column, rest) = run.split_once(' ').unwrap();
            let (row, rest) = rest.split_once('h').unwrap();
            let (length, end) = rest.split_once('v').unwrap();
            assert_eq!(end, format!("1h-{length}z"));
            let [column, row, length] = [column, row, length].map(|number| number.parse::<usize>().unwrap());
            squares[row * code.side + column..][..length].fill(true);
        }
        squares
    }

    /// What somebody else's reader makes of the drawing, seen as a camera sees it.
    fn read(code: &Code) -> String {
        let (squares, side) = (filled(code), (code.side + 2 * MARGIN) * SCALE);
        let dark = |x: usize, y: usize| {
            let at = |pixel: usize| (pixel / SCALE).checked_sub(MARGIN).filter(|&at| at < code.side);
            at(x).zip(at(y)).is_some_and(|(column, row)| squares[row * code.side + column])
        };
        let mut seen = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| if dark(x, y) { 0 } else { 255 });
        let grids = seen.detect_grids();
        assert_eq!(grids.len(), 1, "there is one code");
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_code_is_read_by_another_program() {
        for address in [
            "https://example.org/#page=learn&lesson=what-is/1",
            "http://127.0.0.1:8080/course/foolproof/#page=learn&lesson=fgsm-to-pgd/5&embed=1&lock=attack,eps,norm&hide=details",
            "https://example.org/Ä/#lesson=a/1",
        ] {
            assert_eq!(read(&code(address).unwrap()), address);
        }
    }

    #[test]
    fn what_does_not_fit_has_no_code() {
        let longest = "a".repeat(412);
        let whole = code(&longest).unwrap();
        assert_eq!((whole.side, read(&whole)), (LARGEST, longest.clone()));
        assert_eq!(code(&(longest + "a")), None);
        assert_eq!(code(&"a".repeat(100_000)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn any_address_is_read_as_it_was(address in "https://[a-z]{1,20}\\.org/[a-zA-Z0-9/_-]{0,60}#[a-z0-9=&,.:/_-]{0,200}") {
            prop_assert_eq!(read(&code(&address).unwrap()), address);
        }
    }
}
