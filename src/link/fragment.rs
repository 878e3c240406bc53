//! A fragment's text to keys and values, or to settings, and back. Links come by way of chats, mails and course systems,
//! which change them: a text is read as it was meant.

use super::{Remark, Settings};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Longest fragment that is read at all.
const LONGEST: usize = 1 << 16;
/// How often a fragment may have been encoded as a whole.
const MOST_CODES: usize = 4;
/// What stands between pairs. A second `#` is no part of a value, which would have it encoded.
const BOUNDS: [char; 2] = ['&', '#'];
/// What ends a sentence, a bracket or a quotation, and is taken for a part of the link that stands before it.
const CLOSING: &str = ".,;:!?)]}>'\"`*…”“’‘»«";
/// Brackets, of which a value may have its own.
const BRACKETS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];
/// Left readable in a fragment.
const READABLE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b':').remove(b'/').remove(b',');

impl Settings {
    /// Settings from a fragment, with or without its `#`. Missing keys have their defaults.
    pub fn read(fragment: &str) -> (Settings, Vec<Remark>) {
        let mut settings = Settings::default();
        let remarks = settings.update_fragment(fragment);
        (settings, remarks)
    }

    /// Takes the keys of a fragment and keeps the others.
    pub fn update_fragment(&mut self, fragment: &str) -> Vec<Remark> {
        match split(fragment) {
            Ok(pairs) => self.update(pairs),
            Err(remark) => vec![remark],
        }
    }

    /// The fragment that restores these settings, without `#`.
    pub fn fragment(&self) -> String {
        join(&self.pairs())
    }
}

/// The keys and values of a fragment, percent-decoded, as they were meant.
///
/// # Errors
/// What is said of a text that is too long to be a link.
pub fn split(fragment: &str) -> Result<Vec<(String, String)>, Remark> {
    bounded(fragment.len())?;
    let text = decoded_whole(fragment);
    let mut pairs: Vec<(String, String)> = text.split(BOUNDS).map(pair).collect();
    if let Some((_, value)) = pairs.last_mut() {
        value.truncate(unclosed(value).len());
    }
    pairs.retain(|(key, _)| !key.is_empty());
    Ok(pairs)
}

/// Whether a link may have so many bytes.
///
/// # Errors
/// What is said of one that is too long.
pub fn bounded(length: usize) -> Result<(), Remark> {
    if length > LONGEST { Err(Remark::TooLong { most: LONGEST }) } else { Ok(()) }
}

/// The fragment of these keys and values.
pub fn join(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, READABLE).to_string();
    let texts: Vec<String> = pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    // What a value ends with is its own where another boundary follows.
    let guard = pairs.last().filter(|(_, value)| unclosed(value) != value).map_or("", |_| "&");
    texts.join("&") + guard
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A fragment as it was before it was encoded as a whole: one with pairs has `=`, and one with several has `&`.
fn decoded_whole(fragment: &str) -> String {
    let mut text = fragment.to_owned();
    for _ in 0..MOST_CODES {
        let signs = text.matches('=').count();
        if signs == 1 || signs > 1 && text.contains('&') {
            break;
        }
        text = decode(&text);
    }
    text.trim_start_matches('#').trim_start_matches("%23").to_owned()
}

/// A key and its value. Where `&` was written as HTML has it, its name stands before the key.
fn pair(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    let key = decode(key);
    let key = key.rsplit_once(';').map_or(&*key, |(_, key)| key);
    (key.trim_matches(closes).to_owned(), decode(value))
}

/// Whether a link keeps a key as it is.
pub(super) fn keeps(key: &str) -> bool {
    key.trim_matches(closes) == key
}

/// A value without what closes a sentence or a bracket around the link; a bracket that it opened itself is its own.
fn unclosed(value: &str) -> &str {
    let own = |letter| BRACKETS.iter().any(|&(open, close)| letter == close && value.contains(open));
    value.trim_end_matches(|letter| closes(letter) && !own(letter))
}

fn closes(letter: char) -> bool {
    letter.is_whitespace() || CLOSING.contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Drawing, Input};

    /// A drawing whose text has every kind of letter, and a link with it.
    fn link() -> (Drawing, String) {
        let drawing = Drawing::new(&(0..784).map(|at| (at * at % 251) as u8).collect::<Vec<_>>()).unwrap();
        let text = drawing.encode();
        assert!(text.contains('-') && text.contains('_'));
        (drawing, format!("v=1&page=attack&input=draw:{text}&eps=.1"))
    }

    /// F22: each is the link as some program passes it on.
    #[test]
    fn links_out_of_chats_mails_and_course_systems_are_read_as_meant() {
        let (drawing, link) = link();
        let encoded = utf8_percent_encode(&link, NON_ALPHANUMERIC).to_string();
        let mut texts = vec![
            utf8_percent_encode(&encoded, NON_ALPHANUMERIC).to_string(),
            format!("%23{encoded}"),
            encoded,
            link.replace('=', "%3D"),
            link.replace("&page", "&\n page"),
            link.replace("=attack", "=attack%0D%0A"),
        ];
        texts.extend(["%26", "&amp;", "&amp;amp;", "&#38;", "%26amp%3B", "#"].map(|and| link.replace('&', and)));
        texts.extend(["#", "##", "%23", "#%23"].map(|before| format!("{before}{link}#")));
        let ends = [
            ".",
            ").",
            "]",
            "\"",
            "'",
            ">",
            "%3E",
            "%22",
            "&gt;",
            "&gt;.",
            "&quot;",
            "…",
            "%E2%80%9C",
            "%20",
            "#",
            "&",
        ];
        texts.extend(ends.map(|end| format!("{link}{end}")));
        for text in texts {
            let (settings, remarks) = Settings::read(&text);
            assert_eq!(
                (settings.eps, settings.input, remarks),
                (Some(0.1), Input::Draw(drawing.clone()), vec![]),
                "{text}"
            );
        }
    }

    #[test]
    fn white_space_inside_a_drawing_is_no_part_of_it() {
        let (drawing, link) = link();
        let (before, behind) = link.split_at(60);
        for gap in [" ", "%20", "%0D%0A%20", "\u{200b}", "%C2%AD", "%E2%80%8B"] {
            let (settings, remarks) = Settings::read(&format!("{before}{gap}{behind}"));
            assert_eq!((settings.input, remarks), (Input::Draw(drawing.clone()), vec![]), "{gap:?}");
        }
    }

    #[test]
    fn what_a_value_ends_with_is_kept() {
        for value in ["Age (years)", "“so”", "x.", " ", "a b ", ">"] {
            let pairs = vec![("mask".to_owned(), value.to_owned())];
            let text = join(&pairs);
            assert_eq!(split(&text).as_ref(), Ok(&pairs), "{text}");
            assert_eq!(split(&format!("{text}.")).as_ref(), Ok(&pairs), "{text}.");
        }
        for value in ["Age (years)", "<script>", "[1]"] {
            assert_eq!(split(&format!("mask={value}")).unwrap()[0].1, value);
        }
    }
}
