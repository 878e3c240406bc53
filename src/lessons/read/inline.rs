//! Runs of text: words, stress, code, and the three kinds of links.

use super::Reader;
use crate::lessons::{
    claim::{Claim, SCHEME},
    lesson::{Inline, Wrong, plain},
};

/// Deepest nesting of a run of text.
const DEEPEST: usize = 6;
/// Most parts of one run.
const MOST: usize = 400;
/// Longest address of a link.
const LONGEST: usize = 600;

/// A part of a run, and the text behind it.
type Found<'t> = Option<(Inline, &'t str)>;

impl Reader<'_> {
    /// The parts of a text; its lines become breaks.
    pub(super) fn inlines(&mut self, text: &str, depth: usize) -> Result<Vec<Inline>, Wrong> {
        let mut all: Vec<Inline> = Vec::new();
        if depth > DEEPEST {
            return Err(self.wrong("the text is nested too deep"));
        }
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            if all.len() == MOST {
                return Err(self.wrong("the paragraph is too long"));
            }
            let before = text[..text.len() - rest.len()].chars().next_back();
            let behind = &rest[letter.len_utf8()..];
            let found = match letter {
                '\n' => {
                    self.line += 1;
                    Some((Inline::Break, behind))
                }
                '`' => code(rest),
                '*' => self.stress(rest, letter, depth)?,
                '_' if !before.is_some_and(char::is_alphanumeric) => self.stress(rest, letter, depth)?,
                '[' => self.link(rest, depth)?,
                '<' => self.angle(rest)?,
                '!' if behind.starts_with('[') => {
                    return Err(self.wrong("pictures are made live, not pasted"));
                }
                '&' if is_entity(behind) => {
                    return Err(self.wrong("a character is written itself, not by its name"));
                }
                _ => None,
            };
            match found {
                Some((inline, behind)) => {
                    all.push(inline);
                    rest = behind;
                }
                None => {
                    let text = if letter == '\\' { escaped(behind).unwrap_or(letter) } else { letter };
                    rest = if text == letter { behind } else { &behind[text.len_utf8()..] };
                    push(&mut all, text);
                }
            }
        }
        Ok(all)
    }

    /// Stressed text, or nothing where the mark has no partner.
    fn stress<'t>(&mut self, rest: &'t str, mark: char, depth: usize) -> Result<Found<'t>, Wrong> {
        let strong = rest[1..].starts_with(mark);
        let width = if strong { 2 } else { 1 };
        let Some(end) = stress_end(&rest[width..], mark, width) else { return Ok(None) };
        let inner = self.inlines(&rest[width..width + end], depth + 1)?;
        let inline = if strong { Inline::Strong(inner) } else { Inline::Emphasis(inner) };
        Ok(Some((inline, &rest[end + 2 * width..])))
    }

    /// A link `[text](address)`, or nothing where it is none.
    fn link<'t>(&mut self, rest: &'t str, depth: usize) -> Result<Found<'t>, Wrong> {
        let parts = closing(&rest[1..], '[', ']').and_then(|end| {
            let (text, behind) = (&rest[1..1 + end], rest[2 + end..].strip_prefix('(')?);
            let end = closing(behind, '(', ')')?;
            Some((text, &behind[..end], &behind[end + 1..]))
        });
        let Some((text, address, behind)) = parts else { return Ok(None) };
        let inner = self.inlines(text, depth + 1)?;
        Ok(Some((self.address(address, inner)?, behind)))
    }

    /// An address between angles, or nothing where there is only a smaller-than.
    fn angle<'t>(&mut self, rest: &'t str) -> Result<Found<'t>, Wrong> {
        let Some((inner, behind)) = rest[1..].split_once('>') else { return Ok(None) };
        if inner.starts_with("https://") {
            return Ok(Some((self.address(inner, vec![Inline::Text(inner.to_owned())])?, behind)));
        }
        if inner.starts_with(|letter: char| letter.is_ascii_alphabetic() || "/!?".contains(letter)) {
            return Err(self.wrong("raw HTML is not taken"));
        }
        Ok(None)
    }

    fn address(&self, address: &str, inner: Vec<Inline>) -> Result<Inline, Wrong> {
        let clean = !address.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        if address.len() > LONGEST || !clean {
            return Err(self.wrong("the link's address is too long or has blanks"));
        }
        if let Some(claim) = address.strip_prefix(SCHEME) {
            let claim = Claim::read(claim, &plain(&inner)).map_err(|why| self.wrong(why))?;
            if !claim.keys.is_empty() {
                self.keys(&claim.keys)?;
            }
            return Ok(Inline::Claim(Box::new(claim), inner));
        }
        if let Some(keys) = address.strip_prefix('#') {
            self.keys(keys)?;
            return Ok(Inline::Keys(keys.to_owned(), inner));
        }
        if address.starts_with("https://") {
            return Ok(Inline::Web(address.to_owned(), inner));
        }
        Err(self.wrong(format!("the link “{address}” is none of https:, # and {SCHEME}")))
    }
}

/// Code between as many ticks before as behind.
fn code(rest: &str) -> Found<'_> {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let inner = &rest[ticks..];
    let mut at = 0;
    loop {
        at += inner[at..].find('`')?;
        let run = inner[at..].len() - inner[at..].trim_start_matches('`').len();
        if run == ticks {
            break;
        }
        at += run;
    }
    let code = inner[..at].replace('\n', " ");
    let padded = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' '));
    let code = padded.filter(|code| !code.trim().is_empty()).unwrap_or(&code).to_owned();
    Some((Inline::Code(code), &inner[at + ticks..]))
}

/// Where the mark stands again that ends a stress; the text may begin and end with no blank.
fn stress_end(text: &str, mark: char, width: usize) -> Option<usize> {
    let mut at = 0;
    let blank = |letter: Option<char>| letter.is_none_or(char::is_whitespace);
    while !blank(text.chars().next()) && at < text.len() {
        let rest = &text[at..];
        let run = rest.len() - rest.trim_start_matches(mark).len();
        let behind = rest[run..].chars().next();
        let word = mark == '_' && behind.is_some_and(char::is_alphanumeric);
        let fits = if width == 1 { run % 2 == 1 } else { run > 1 };
        if at > 0 && fits && !word && !blank(text[..at].chars().next_back()) {
            return Some(at + run - width);
        }
        at += if run > 0 { run } else { step(rest) };
    }
    None
}

/// Where a bracket is closed that was opened before this text.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let (mut at, mut depth) = (0, 0);
    loop {
        let rest = &text[at..];
        match rest.chars().next()? {
            letter if letter == close && depth == 0 => return Some(at),
            letter if letter == close => depth -= 1,
            letter if letter == open => depth += 1,
            _ => {}
        }
        at += step(rest);
    }
}

/// How long the first letter is, with what belongs to it: the code behind a tick, the letter behind a backslash.
fn step(rest: &str) -> usize {
    let mut letters = rest.chars();
    let first = letters.next();
    let length = first.map_or(0, char::len_utf8);
    match first {
        Some('`') => code(rest).map_or(length, |(_, behind)| rest.len() - behind.len()),
        Some('\\') => length + letters.next().map_or(0, char::len_utf8),
        _ => length,
    }
}

/// The letter behind a backslash, if it is one that Markdown has a use for.
fn escaped(behind: &str) -> Option<char> {
    behind.chars().next().filter(char::is_ascii_punctuation)
}

/// Whether an ampersand begins the name or the number of a character.
fn is_entity(behind: &str) -> bool {
    let name = behind.split_once(';').map(|(name, _)| name.strip_prefix('#').unwrap_or(name));
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric()))
}

/// Adds a letter to the text.
fn push(all: &mut Vec<Inline>, letter: char) {
    match all.last_mut() {
        Some(Inline::Text(before)) => before.push(letter),
        _ => all.push(Inline::Text(letter.to_string())),
    }
}
