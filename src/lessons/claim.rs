//! A statement of a lesson that follows from a computation, so that a test can recompute it.
//!
//! In the Markdown it is a link: `[99.4 %](claim:clean.probabilities.7)`. The address is
//! `claim:[keys|]path[=value|>value|<value][~tolerance]`: keys to set on the step's state before its job is run, and a
//! place in the job's result as the host API tells it. Without a value it is the number in the link's own words, right
//! to half of its last digit.

use crate::link::decimal;
use serde_json::Value;

/// What a claim's address begins with.
pub const SCHEME: &str = "claim:";

/// A statement about the result of a step's job.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Keys to set first, as a fragment; empty for the step as it is.
    pub keys: String,
    /// The place in the result: keys, indices, or ids of entries, between full stops.
    pub path: String,
    /// How it compares.
    pub relation: Relation,
    /// With what.
    pub value: Wanted,
    /// Largest difference of numbers that are equal.
    pub tolerance: f64,
}

/// How a result compares with the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Equal.
    Is,
    /// Larger, or as large.
    Above,
    /// Smaller, or as small.
    Below,
}

/// What is claimed.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A number; shares of one, where the text says per cent.
    Number(f64),
    /// A word, or `true` or `false`.
    Word(String),
}

impl Claim {
    /// A claim from its address without the scheme, and the words of its link.
    ///
    /// # Errors
    /// What is missing, as a clause.
    pub fn read(address: &str, words: &str) -> Result<Claim, String> {
        let (keys, rest) = address.split_once('|').unwrap_or(("", address));
        let (rest, tolerance) = match rest.split_once('~') {
            Some((rest, text)) => (rest, Some(number(text).ok_or("the claim's tolerance is no number")?)),
            None => (rest, None),
        };
        let sign = rest.find(['=', '>', '<']).map(|at| (at, &rest[at..=at]));
        let (path, relation, written) = match sign {
            Some((at, sign)) => (&rest[..at], relation(sign), &rest[at + 1..]),
            None => (rest, Relation::Is, words),
        };
        if path.is_empty() || path.split('.').any(str::is_empty) {
            return Err("the claim names no place of a result".into());
        }
        let (value, last_digit) = match figure(written) {
            Some((value, last)) => (Wanted::Number(value), last),
            None if sign.is_some() && !written.is_empty() => (Wanted::Word(written.to_owned()), 0.0),
            None => return Err("the claim has neither a number nor a value".into()),
        };
        // Beyond half of the last digit there is only what engines differ in.
        let tolerance = tolerance.map_or(0.5 * last_digit + 1e-9, |tolerance| tolerance.value);
        Ok(Claim { keys: keys.to_owned(), path: path.to_owned(), relation, value, tolerance })
    }

    /// Whether a result bears the claim out.
    ///
    /// # Errors
    /// What the result says instead.
    pub fn check(&self, result: &Value) -> Result<(), String> {
        let found = place(result, &self.path).ok_or_else(|| format!("the result has no {}", self.path))?;
        let holds = match (&self.value, found) {
            (Wanted::Number(wanted), Value::Number(number)) => {
                let found = number.as_f64().unwrap_or(f64::NAN);
                match self.relation {
                    Relation::Is => (found - wanted).abs() <= self.tolerance,
                    Relation::Above => found >= wanted - self.tolerance,
                    Relation::Below => found <= wanted + self.tolerance,
                }
            }
            (Wanted::Word(wanted), Value::String(found)) => wanted == found,
            (Wanted::Word(wanted), Value::Bool(found)) => *wanted == found.to_string(),
            (Wanted::Word(wanted), Value::Null) => wanted == "null",
            _ => false,
        };
        let said = || format!("{} is {found}, and the claim is {:?} {:?}", self.path, self.relation, self.value);
        holds.then_some(()).ok_or_else(said)
    }
}

fn relation(sign: &str) -> Relation {
    match sign {
        ">" => Relation::Above,
        "<" => Relation::Below,
        _ => Relation::Is,
    }
}

/// The value at a path: keys of objects, indices of lists, or the ids of their entries.
fn place<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| match value {
        Value::Array(items) => match key.parse::<usize>() {
            Ok(at) => items.get(at),
            Err(_) => items.iter().find(|item| item.get("id").and_then(Value::as_str) == Some(key)),
        },
        other => other.get(key),
    })
}

/// A number as it is written.
struct Figure {
    value: f64,
    last: f64,
}

/// A whole text that is a number.
fn number(text: &str) -> Option<Figure> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = plain(whole) && plain(part) && !digits.is_empty() && digits != "." && digits.len() <= 16;
    let value = decimal(text).filter(|_| fits)?;
    Some(Figure { value, last: 0.1f64.powi(part.len() as i32) })
}

/// Decimal marks of the languages that lessons are in.
const MARKS: [char; 2] = ['.', ','];

/// The first number in a text and the size of its last digit; of per cents, as a share of one.
fn figure(text: &str) -> Option<(f64, f64)> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let rest = &text[start..];
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && !MARKS.contains(&letter)).unwrap_or(rest.len());
    let found = number(&rest[..end].trim_end_matches(MARKS).replacen(',', ".", 1))?;
    let share = rest[end..].trim_start_matches([' ', '\u{a0}', '\u{202f}']).starts_with('%');
    let unit = if share { 0.01 } else { 1.0 };
    Some((found.value * unit, found.last * unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(address: &str, words: &str) -> Result<(), String> {
        let result = json!({
            "success": true, "clean": { "label": 7, "probabilities": [0.001, 0.9949] }, "stopped": "early", "truth": null,
            "models": [{ "id": "natural", "clean": { "value": 0.98 } }, { "id": "robust", "clean": { "value": 0.97 } }],
        });
        Claim::read(address, words).and_then(|claim| claim.check(&result))
    }

    #[test]
    fn the_number_in_the_words_is_what_is_claimed() {
        assert_eq!(check("clean.label", "a 7"), Ok(()));
        assert_eq!(check("clean.probabilities.1", "99.5 %"), Ok(()));
        assert!(check("clean.probabilities.1", "99.6 %").unwrap_err().contains("0.9949"));
        assert!(check("clean.probabilities.1", "99.4 %").is_err());
        assert_eq!(check("clean.probabilities.1", "99,5 %, und"), Ok(()), "as German writes it");
        assert_eq!(check("clean.probabilities.1~0.01", "99 %"), Ok(()));
    }

    #[test]
    fn words_flags_and_bounds_can_be_claimed() {
        assert_eq!(check("success=true", "fooled"), Ok(()));
        assert_eq!(check("stopped=early", "stops"), Ok(()));
        assert_eq!(check("truth=null", "nobody knows"), Ok(()));
        assert_eq!(check("models.robust.clean.value>0.9", "better"), Ok(()));
        assert_eq!(check("models.natural.clean.value<0.98", "no more"), Ok(()));
        assert!(check("success=false", "holds").is_err());
        assert!(check("models.natural.clean.value<0.9", "worse").is_err());
        assert!(check("models.other.clean.value>0", "there").unwrap_err().contains("has no"));
        assert!(check("success", "1").is_err(), "a flag is no number");
    }

    #[test]
    fn keys_come_before_the_bar() {
        let claim = Claim::read("model=robust&eps=.3|success=false", "holds").unwrap();
        assert_eq!((claim.keys.as_str(), claim.path.as_str()), ("model=robust&eps=.3", "success"));
    }

    #[test]
    fn claims_of_nothing_are_refused() {
        for (address, words) in
            [("", "3"), ("clean..label", "3"), ("clean.label", "many"), ("success=", "yes"), ("a~b", "3"), ("=3", "3")]
        {
            assert!(Claim::read(address, words).is_err(), "{address:?} {words:?}");
        }
    }
}
