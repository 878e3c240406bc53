//! How large a JSON text of a visitor's may be: looked at before it is parsed, since parsing costs many times its length.
//! And how much of a file a sentence quotes.

use std::fmt::Display;

/// Most characters that a sentence quotes of a file.
const MOST_QUOTED: usize = 200;
/// Most values of a text. What a report of ten thousand inputs and several models has, and what fits a tab's memory.
const MOST_VALUES: usize = 8_000_000;
/// Deepest nesting of a text that goes into nothing else.
pub const DEEPEST: usize = 64;
/// Deepest nesting of a part that becomes one of a larger whole, which is read again.
pub const DEEPEST_PART: usize = 16;

/// Whether a JSON text is nested no deeper than `deepest`, and has no more values than a tab can hold. Of what is no
/// JSON the parser will say so.
///
/// # Errors
/// A clause that names the bound.
pub fn check(text: &str, deepest: usize) -> Result<(), String> {
    let (mut depth, mut values, mut quoted, mut escaped) = (0usize, 1usize, false, false);
    for byte in text.bytes() {
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'[' | b'{' => (depth, values) = (depth + 1, values + 1),
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > deepest {
            return Err(format!("it is nested deeper than {deepest} levels"));
        }
        if values > MOST_VALUES {
            return Err(format!("it has more than {MOST_VALUES} values"));
        }
    }
    Ok(())
}

/// What a sentence quotes of a file: its beginning, if it is long.
pub fn brief(text: impl Display) -> String {
    let text = text.to_string();
    match text.char_indices().nth(MOST_QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F38: bounds that are named before anything is parsed.
    #[test]
    fn what_is_too_deep_or_too_much_is_told() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&nested(DEEPEST), DEEPEST), Ok(()));
        assert_eq!(check(&nested(65), DEEPEST).unwrap_err(), "it is nested deeper than 64 levels");
        assert_eq!(check(&nested(100_000), DEEPEST_PART).unwrap_err(), "it is nested deeper than 16 levels");
        let many = format!("[{}0]", "0,".repeat(MOST_VALUES));
        assert_eq!(check(&many, DEEPEST).unwrap_err(), "it has more than 8000000 values");
    }

    #[test]
    fn texts_in_it_are_no_structure() {
        for text in [r#"["[[[[,,,,", "\"[[[[", "\\", {"[[[": 1}]"#, "", "{", "\"[[[[[[["] {
            assert_eq!(check(text, 2), Ok(()), "{text}");
        }
        assert!(check(r#"["\\", [[]]]"#, 2).is_err());
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(brief("ä".repeat(200)), "ä".repeat(200));
        assert_eq!(brief("ä".repeat(201)), "ä".repeat(200) + "…");
    }
}
