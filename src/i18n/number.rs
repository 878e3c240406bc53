//! Numbers as the visitor's language writes them.
//!
//! Whatever is seen or heard on the page comes through here: [`tr_with`](super::tr_with) hands all its values to
//! [`said`], and what stands alone is written by [`said`] or [`fixed`]. Links, files, the host API and code keep the
//! point, and ask nobody.

use super::{tr, tr_mark};

/// A number for every language to write as it does: what parts its thousands, and its decimal mark, are read off that.
pub const PATTERN: &str = tr_mark("10000.5");
/// Fewest digits that are parted into groups.
const LONG: usize = 5;
/// Digits of a group.
const GROUP: usize = 3;

/// What a language writes into a number.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Marks {
    decimal: char,
    group: Option<char>,
}

impl Marks {
    fn of(pattern: &str) -> Marks {
        let mut marks = pattern.chars().filter(|letter| !letter.is_ascii_digit()).rev();
        Marks { decimal: marks.next().unwrap_or('.'), group: marks.next() }
    }

    fn now() -> Marks {
        Marks::of(tr(PATTERN))
    }

    /// A number that is written with a point, in these marks; nothing if the text is none.
    fn write(self, plain: &str) -> Option<String> {
        let (sign, rest) = plain.split_at(plain.find(|letter: char| letter.is_ascii_digit())?);
        let (rest, power) = rest.split_once('e').map_or((rest, None), |(rest, power)| (rest, Some(power)));
        let (whole, part) = rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let whole_power = |power: &str| digits(power.strip_prefix('-').unwrap_or(power));
        let fits = digits(whole) && part.is_none_or(digits) && power.is_none_or(whole_power);
        if !fits || !["", "-", "+", "−"].contains(&sign) {
            return None;
        }
        let mut text = sign.to_owned();
        for (at, digit) in whole.char_indices() {
            if at > 0 && whole.len() >= LONG && (whole.len() - at).is_multiple_of(GROUP) {
                text.extend(self.group);
            }
            text.push(digit);
        }
        part.into_iter().for_each(|part| text.extend(std::iter::once(self.decimal).chain(part.chars())));
        power.into_iter().for_each(|power| text.extend(std::iter::once('e').chain(power.chars())));
        Some(text)
    }
}

/// A number that is written with a point, as the visitor's language writes it; any other text as it is.
pub fn said(plain: String) -> String {
    let marks = Marks::now();
    if marks == Marks::of(PATTERN) { plain } else { marks.write(&plain).unwrap_or(plain) }
}

/// A number with so many digits behind its decimal mark.
pub fn fixed(value: impl Into<f64>, places: usize) -> String {
    said(format!("{:.places$}", value.into()))
}

/// A number with a point as a field shows it, with the language's decimal mark and in one piece, to be typed over; or a
/// formula with such numbers.
pub fn field(plain: &str) -> String {
    let mut mark = [0; 4];
    plain.replace('.', Marks::now().decimal.encode_utf8(&mut mark))
}

/// What was typed into a field, with the point that links have: the language's decimal mark is one too, and blanks
/// between groups are nothing.
pub fn typed(text: &str) -> String {
    pointed(text, Marks::now())
}

fn pointed(text: &str, marks: Marks) -> String {
    let digits = text.chars().filter(|letter| !letter.is_whitespace());
    digits.map(|letter| if letter == marks.decimal { '.' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: Marks = Marks { decimal: ',', group: Some('\u{202f}') };

    #[test]
    fn a_language_says_by_one_number_how_it_writes_all() {
        assert_eq!(Marks::of("10\u{202f}000,5"), GERMAN);
        assert_eq!(Marks::of(PATTERN), Marks { decimal: '.', group: None });
        let write = |plain: &str| GERMAN.write(plain).unwrap();
        assert_eq!(["0.3", "-0.25", "+1.500", "−7", "1.2e-5"].map(write), ["0,3", "-0,25", "+1,500", "−7", "1,2e-5"]);
        let long = ["1234", "12345", "1234567.25"].map(write);
        assert_eq!(long, ["1234", "12\u{202f}345", "1\u{202f}234\u{202f}567,25"]);
    }

    #[test]
    fn what_is_no_number_stays_as_it_is() {
        for text in ["", "–", "v1.5", "1.5 MB", "1.2.3", "12345.", "1.e5", "1e", "0.3x", "a", "10,5", "x.10000"] {
            assert_eq!(GERMAN.write(text), None, "{text}");
        }
        assert_eq!([said("0.3".into()), said("name 0.3".into()), fixed(0.25f32, 1)], ["0.3", "name 0.3", "0.2"]);
    }

    #[test]
    fn a_field_takes_the_languages_mark_and_the_point() {
        let read = |text| pointed(text, GERMAN);
        assert_eq!(["0,3", "0.3", "1,500", "8/255", " 10 000"].map(read), ["0.3", "0.3", "1.500", "8/255", "10000"]);
        assert_eq!([typed("0.3"), typed("0,3"), field("0.5")], ["0.3", "0,3", "0.5"]);
    }
}
