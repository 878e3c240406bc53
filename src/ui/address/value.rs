//! One value of the link, from text, with no way for a number that is not finite to get through.

/// A finite number: `0.3`, `1e-3`, `8/255`.
pub fn number(text: &str) -> Option<f64> {
    let plain = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let value = match text.split_once('/') {
        Some((over, under)) => plain(over)? / plain(under)?,
        None => plain(text)?,
    };
    // Zero divisors end up here, and so does the sign of a negative zero.
    value.is_finite().then_some(value + 0.0)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_understood_and_nothing_infinite_passes() {
        assert_eq!(number("8/255"), Some(8.0 / 255.0));
        assert_eq!(number(" .3 "), Some(0.3));
        assert_eq!(number("1e-3"), Some(0.001));
        for bad in ["", "NaN", "nan", "inf", "-infinity", "1e999", "1/0", "0/0", "1/2/3", "0x10", "1,5", "8/", "/255"] {
            assert_eq!(number(bad), None, "{bad:?}");
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
