//! The header of a NumPy file: a Python literal of three keys, of which nothing is ever run.

use crate::bounds::{MOST_DIMENSIONS, brief};

/// What a header says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// The type of the numbers: `<f4`.
    pub descr: String,
    /// Whether the first index runs fastest.
    pub fortran: bool,
    /// The sizes.
    pub shape: Vec<usize>,
}

/// Reads it.
///
/// # Errors
/// A clause that says what is expected where.
pub fn header(text: &str) -> Result<Header, String> {
    let mut reader = Reader { text, rest: text };
    let (mut descr, mut fortran, mut shape) = (None, None, None);
    reader.expect('{')?;
    while !reader.takes('}') {
        let key = reader.string()?;
        reader.expect(':')?;
        match key {
            "descr" => descr = Some(reader.string()?.to_owned()),
            "fortran_order" => fortran = Some(reader.truth()?),
            "shape" => shape = Some(reader.tuple()?),
            other => return Err(format!("its header has a key “{}”", brief(other))),
        }
        if !reader.takes(',') {
            reader.expect('}')?;
            break;
        }
    }
    let (Some(descr), Some(fortran), Some(shape)) = (descr, fortran, shape) else {
        return Err("its header lacks “descr”, “fortran_order” or “shape”".into());
    };
    Ok(Header { descr, fortran, shape })
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn wrong(&self, expected: &str) -> String {
        let at = self.text.len() - self.rest.len();
        format!(
            "its header has “{}” at byte {at}, where {expected} is expected",
            brief(self.rest.get(..12).unwrap_or(self.rest))
        )
    }

    fn takes(&mut self, letter: char) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(letter);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, letter: char) -> Result<(), String> {
        if self.takes(letter) { Ok(()) } else { Err(self.wrong(&letter.to_string())) }
    }

    fn string(&mut self) -> Result<&'a str, String> {
        let quote = ['\'', '"'].into_iter().find(|&quote| self.takes(quote)).ok_or_else(|| self.wrong("a text"))?;
        let (text, rest) = self.rest.split_once(quote).ok_or_else(|| self.wrong("the end of a text"))?;
        self.rest = rest;
        Ok(text)
    }

    fn truth(&mut self) -> Result<bool, String> {
        self.rest = self.rest.trim_start();
        for (word, truth) in [("True", true), ("False", false)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(truth);
            }
        }
        Err(self.wrong("True or False"))
    }

    fn tuple(&mut self) -> Result<Vec<usize>, String> {
        self.expect('(')?;
        let mut sizes = Vec::new();
        while !self.takes(')') {
            self.rest = self.rest.trim_start();
            let end = self.rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(self.rest.len());
            let (digits, rest) = self.rest.split_at(end);
            sizes.push(digits.parse().map_err(|_| self.wrong("a size"))?);
            // Python 2 wrote long numbers so.
            self.rest = rest.strip_prefix('L').unwrap_or(rest);
            if sizes.len() > MOST_DIMENSIONS {
                return Err(format!("it has more than {MOST_DIMENSIONS} dimensions"));
            }
            if !self.takes(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numpys_own_headers_are_read() {
        let read = header("{'descr': '<f4', 'fortran_order': False, 'shape': (10, 28, 28), }   \n").unwrap();
        assert_eq!(read, Header { descr: "<f4".into(), fortran: false, shape: vec![10, 28, 28] });
        assert_eq!(header("{\"shape\": (3L,), 'descr': '|u1', 'fortran_order': True}").unwrap().shape, [3]);
        assert_eq!(header("{'descr': '<i8', 'fortran_order': False, 'shape': ()}").unwrap().shape, [0; 0]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, expected) in [
            ("", "{ is expected"),
            ("{'descr'", ": is expected"),
            ("{'descr': [('a', '<f4')]}", "a text is expected"),
            ("{'descr': '<f4}", "the end of a text"),
            ("{'fortran_order': 1}", "True or False"),
            ("{'shape': (a,)}", "a size"),
            ("{'shape': (99999999999999999999999,)}", "a size"),
            ("{'shape': (1,1,1,1,1,1,1,1,1)}", "more than 8 dimensions"),
            ("{'shape': (1,), 'descr': '<f4'}", "lacks"),
            ("{'evil': 'x'}", "key “evil”"),
        ] {
            let told = header(text).unwrap_err();
            assert!(told.contains(expected), "{text}: {told}");
        }
    }
}
