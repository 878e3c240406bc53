//! One value of the link or of a field, from text, with no way for a number that is not finite to get through.

use super::{Drawing, Input, Lesson};
use std::collections::BTreeSet;

/// A finite number: `0.3`, `1e-3`, `8/255`.
pub fn number(text: &str) -> Option<f64> {
    let value = match text.split_once('/') {
        Some((over, under)) => decimal(over)? / decimal(under)?,
        None => decimal(text)?,
    };
    // Zero divisors end up here, and so does the sign of a negative zero.
    value.is_finite().then_some(value + 0.0)
}

/// A finite decimal number with an optional sign and exponent, and nothing else that a parser may take for one.
pub fn decimal(text: &str) -> Option<f64> {
    let text = &*pointed(text.trim());
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let unsigned = |part: &str| part.strip_prefix(['+', '-']).unwrap_or(part).to_owned();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, rest) = unsigned(mantissa)
        .split_once('.')
        .map_or((unsigned(mantissa), String::new()), |(whole, rest)| (whole.into(), rest.into()));
    let exponent = unsigned(exponent);
    let plain = digits(&whole) && digits(&rest) && digits(&exponent) && !exponent.is_empty();
    (plain && whole.len() + rest.len() > 0).then(|| parse(text)).filter(|value| value.is_finite())
}

/// With a point where a decimal comma stands. In `1,500` it may as well part the thousands, so that stays as it is.
fn pointed(text: &str) -> String {
    let thousands = |(whole, rest): (&str, &str)| {
        rest.len() == 3
            && rest.bytes().all(|byte| byte.is_ascii_digit())
            && !whole.trim_matches(['+', '-', '0']).is_empty()
    };
    let parted = text.contains('.') || text.split_once(',').is_some_and(thousands);
    if parted { text.to_owned() } else { text.replacen(',', ".", 1) }
}

#[cfg(not(target_arch = "wasm32"))]
fn parse(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// The browser's own parser: the one of the standard library weighs 14 kB in each program.
#[cfg(target_arch = "wasm32")]
fn parse(text: &str) -> f64 {
    js_sys::parse_float(text)
}

/// A whole number in a range: `Ok(value)`, or `Err(nearest)` where the text is a number that is not one of them.
pub fn whole(text: &str, least: u32, most: u32) -> Option<Result<u32, u32>> {
    let value = number(text)?;
    // The cast saturates.
    let nearest = (value.round() as u32).clamp(least, most);
    Some(if f64::from(nearest) == value { Ok(nearest) } else { Err(nearest) })
}

/// Longest id taken.
const LONGEST_ID: usize = 64;

/// An id of a model, an attack, a control: lower-case letters, digits and `-_.:`.
pub fn id(text: &str) -> Option<&str> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.:".contains(&byte);
    (!text.is_empty() && text.len() <= LONGEST_ID && text.bytes().all(fits)).then_some(text)
}

/// Most values of a row.
const LONGEST_ROW: usize = 1000;

impl Input {
    /// The input behind a text: `test:7`, `draw:...`, `row:5.1,2`.
    pub fn read(text: &str) -> Option<Input> {
        match text.split_once(':')? {
            ("test", index) => index.parse().ok().map(Input::Test),
            ("draw", drawing) => Drawing::decode(drawing).map(Input::Draw),
            ("row", values) => {
                let row: Vec<f32> = values.split(',').take(LONGEST_ROW).map(single).collect::<Option<_>>()?;
                Some(Input::Row(row))
            }
            _ => None,
        }
    }

    /// The text in the link.
    pub fn text(&self) -> String {
        match self {
            Input::Test(index) => format!("test:{index}"),
            Input::Draw(drawing) => format!("draw:{}", drawing.encode()),
            Input::Row(row) => format!("row:{}", row.iter().map(f32::to_string).collect::<Vec<_>>().join(",")),
        }
    }
}

/// A number that 32 bits can hold.
fn single(text: &str) -> Option<f32> {
    number(text).map(|value| value as f32).filter(|value| value.is_finite())
}

/// A place in a lesson: `fgsm/2`.
pub fn lesson(text: &str) -> Option<Lesson> {
    let (name, step) = text.split_once('/').unwrap_or((text, "1"));
    let step = step.parse().ok().filter(|&step| step >= 1)?;
    Some(Lesson { id: id(name)?.to_owned(), step, uses: BTreeSet::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_understood_and_nothing_infinite_passes() {
        assert_eq!(number("8/255"), Some(8.0 / 255.0));
        assert_eq!(number(" .3 "), Some(0.3));
        assert_eq!(number("1e-3"), Some(0.001));
        for bad in [
            "",
            "NaN",
            "nan",
            "inf",
            "-infinity",
            "1e999",
            "1/0",
            "0/0",
            "1/2/3",
            "0x10",
            "1,5,2",
            "1,000",
            "-12,345",
            "1.234,5",
            "1,234.5",
            ",",
            "8/",
            "/255",
            ".",
            "-",
            "1e",
            "e5",
            "1e+",
            "--1",
            "1 2",
            "1_0",
            "١",
        ] {
            assert_eq!(number(bad), None, "{bad:?}");
        }
        // F23: a decimal comma, as people write and type it.
        for (text, value) in
            [("0,15", 0.15), (" ,5", 0.5), ("-0,150", -0.15), ("1,5e-1", 0.15), ("8,5/255", 8.5 / 255.0)]
        {
            assert_eq!(number(text), Some(value), "{text:?}");
        }
        for (text, value) in [("+.5", 0.5), ("5.", 5.0), ("-1.5E+2", -150.0), ("1e-400", 0.0)] {
            assert_eq!(number(text), Some(value), "{text:?}");
        }
        assert!(number("-0").is_some_and(f64::is_sign_positive));
    }

    #[test]
    fn whole_numbers_are_rounded_into_their_range() {
        assert_eq!(whole("40", 1, 100), Some(Ok(40)));
        assert_eq!(whole("40.6", 1, 100), Some(Err(41)));
        assert_eq!(whole("1e30", 1, 100), Some(Err(100)));
        assert_eq!(whole("-3", 1, 100), Some(Err(1)));
        assert_eq!(whole("many", 1, 100), None);
    }

    #[test]
    fn rows_are_finite_numbers_and_survive_their_text() {
        let row = Input::Row(vec![5.1, -2.0, 1e-7]);
        assert_eq!(Input::read(&row.text()), Some(row));
        assert_eq!(Input::read("row:1/4, 2"), Some(Input::Row(vec![0.25, 2.0])));
        for bad in ["row:", "row:1,,2", "row:a", "row:1e39", "row", "rows:1"] {
            assert_eq!(Input::read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn ids_are_short_and_plain() {
        assert_eq!(id("mnist-cnn"), Some("mnist-cnn"));
        assert_eq!(id("mine:my_model.2"), Some("mine:my_model.2"));
        for bad in ["", "PGD", "a b", "<script>", &"x".repeat(65)] {
            assert_eq!(id(bad), None, "{bad:?}");
        }
    }
}
