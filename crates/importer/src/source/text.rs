//! The words and signs of a Python text, each with its line.

use crate::bounds::brief;

/// A word or sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token<'a> {
    /// Its line, from 1.
    pub line: usize,
    /// What it is.
    pub kind: Kind<'a>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind<'a> {
    /// A name, with all before its last point: `torch.nn.Conv2d`.
    Name(&'a str),
    /// A whole number.
    Whole(usize),
    /// Any other number.
    Real(f64),
    /// A text between quotation marks.
    Text(&'a str),
    /// A sign; `//` is two of them.
    Sign(char),
}

/// The tokens of a text, without comments, imports and the classes before the model.
///
/// # Errors
/// A clause that names the line of a sign that no list of layers has.
pub fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut found = Vec::new();
    let mut classes = None;
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        let indented = line.starts_with([' ', '\t']) || line.trim().is_empty();
        if inside && indented {
            continue;
        }
        inside = false;
        if found.is_empty() && ["import ", "from "].iter().any(|word| line.trim_start().starts_with(word)) {
            continue;
        }
        if line.starts_with("class ") || line.starts_with("def ") {
            classes = classes.or(Some(at + 1));
            inside = true;
            continue;
        }
        of_line(line, at + 1, &mut found)?;
    }
    match classes {
        Some(line) if found.is_empty() => Err(format!(
            "line {line}: it is a class, of which no list of layers can be read; write them as one nn.Sequential"
        )),
        _ => Ok(found),
    }
}

fn of_line<'a>(line: &'a str, number: usize, found: &mut Vec<Token<'a>>) -> Result<(), String> {
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            '#' => return Ok(()),
            '"' | '\'' => text(rest, first).ok_or_else(|| format!("line {number}: a text has no end"))?,
            _ if first.is_ascii_digit() => number_of(rest).map_err(|why| format!("line {number}: {why}"))?,
            _ if first.is_alphabetic() || first == '_' => name(rest),
            '(' | ')' | '[' | ']' | '{' | '}' | ',' | '=' | ':' | '.' | '*' | '/' | '+' | '-' => (Kind::Sign(first), 1),
            '\\' | ';' => (Kind::Sign(';'), 1),
            other => return Err(format!("line {number}: the sign “{other}” is not understood")),
        };
        if kind != Kind::Sign(';') {
            found.push(Token { line: number, kind });
        }
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(())
}

fn text(rest: &str, quote: char) -> Option<(Kind<'_>, usize)> {
    let inner = rest.get(1..)?;
    let end = inner.find(quote)?;
    Some((Kind::Text(inner.get(..end)?), end + 2))
}

fn name(rest: &str) -> (Kind<'_>, usize) {
    let end = rest.find(|one: char| !(one.is_alphanumeric() || one == '_' || one == '.')).unwrap_or(rest.len());
    (Kind::Name(rest.get(..end).unwrap_or(rest)), end)
}

fn number_of(rest: &str) -> Result<(Kind<'_>, usize), String> {
    let mut before = ' ';
    let end = rest.find(|one: char| {
        let inside =
            one.is_ascii_alphanumeric() || ['.', '_'].contains(&one) || (['-', '+'].contains(&one) && before == 'e');
        before = one.to_ascii_lowercase();
        !inside
    });
    let end = end.unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or(rest);
    let plain = word.replace('_', "");
    if let Ok(number) = plain.parse() {
        return Ok((Kind::Whole(number), end));
    }
    match plain.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((Kind::Real(number), end)),
        _ => Err(format!("“{}” is no number", brief(word))),
    }
}
