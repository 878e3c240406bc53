//! One value of the link, from text, with no way for a number that is not finite to get through.

use super::{Drawing, Input, Lesson};

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
    let text = text.trim();
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

/// What is attacked: `test:7`, `draw:...`.
pub fn input(text: &str) -> Option<Input> {
    match text.split_once(':')? {
        ("test", index) => index.parse().ok().map(Input::Test),
        ("draw", drawing) => Drawing::decode(drawing).map(Input::Draw),
        _ => None,
    }
}

/// A place in a lesson: `fgsm/2`.
pub fn lesson(text: &str) -> Option<Lesson> {
    let (name, step) = text.split_once('/').unwrap_or((text, "1"));
    Some(Lesson { id: id(name)?.to_owned(), step: step.parse().ok().filter(|&step| step >= 1)? })
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
            "1,5",
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
    fn ids_are_short_and_plain() {
        assert_eq!(id("mnist-cnn"), Some("mnist-cnn"));
        assert_eq!(id("mine:my_model.2"), Some("mine:my_model.2"));
        for bad in ["", "PGD", "a b", "<script>", &"x".repeat(65)] {
            assert_eq!(id(bad), None, "{bad:?}");
        }
    }
}
