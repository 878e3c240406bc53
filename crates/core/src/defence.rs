//! Defences as data: what stands in front of a network or inside it, in the order in which an input meets it.
//!
//! One is written `median:size:3`, its id and then its knobs; several are joined by `+` in the link. A model with defences
//! that it did not come with is named `mnist-cnn~bits:bits:1~median:size:3`, so that whoever is told of a model is told what
//! stands in front of it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most defences of one model.
pub const MOST: usize = 8;
/// Between a model's id and the first defence, and between two defences.
const BEFORE: char = '~';
/// Between two defences of a list in the link.
const BETWEEN: char = '+';

/// A defence with its knobs set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DefenceSpec {
    /// Id in the catalog: lower-case letters, digits and `-`.
    pub id: String,
    /// Knobs by key; a missing one has its default.
    pub knobs: BTreeMap<String, f64>,
}

impl DefenceSpec {
    /// A defence with these knobs.
    pub fn new(id: &str, knobs: &[(&str, f64)]) -> DefenceSpec {
        let mut defence = DefenceSpec { id: id.into(), knobs: BTreeMap::new() };
        // A map that is collected brings a sort into the page's program.
        for &(key, value) in knobs {
            defence.knobs.insert(key.into(), value);
        }
        defence
    }

    /// Reads `id:knob:value:...`; `None` if it is no such text. Whether there is such a defence is for the catalog to say.
    pub fn read(text: &str) -> Option<DefenceSpec> {
        DefenceSpec::read_with(text, |number| number.parse().ok().filter(|value: &f64| value.is_finite()))
    }

    /// The same by another reader of finite numbers: the page has the browser's, and std's has long tables.
    pub fn read_with(text: &str, number: fn(&str) -> Option<f64>) -> Option<DefenceSpec> {
        let mut parts = text.split(':');
        let id = parts.next().filter(|id| is_word(id))?.to_owned();
        let mut knobs = BTreeMap::new();
        while let Some(key) = parts.next() {
            let value = number(parts.next()?)?;
            if !is_word(key) || knobs.insert(key.to_owned(), value).is_some() {
                return None;
            }
        }
        Some(DefenceSpec { id, knobs })
    }

    /// As [`DefenceSpec::read`] takes it.
    pub fn text(&self) -> String {
        self.knobs.iter().fold(self.id.clone(), |text, (key, value)| format!("{text}:{key}:{value}"))
    }
}

/// Defence that makes many channels of one: one a level, whether the value is above it.
pub const THERMOMETER: &str = "thermometer";
/// Its levels where nothing else is said.
pub const LEVELS: f64 = 16.0;

/// What is left of an input of this `[channel, row, column]` once it has met these defences.
pub fn shape(defences: &[DefenceSpec], input: [usize; 3]) -> [usize; 3] {
    defences.iter().filter(|defence| defence.id == THERMOMETER).fold(input, |[channels, rows, columns], defence| {
        // The cast saturates; the card's range is checked where the defence is made.
        let levels = defence.knobs.get("levels").map_or(LEVELS, |&levels| levels) as usize;
        [channels.saturating_mul(levels), rows, columns]
    })
}

/// The link's text for a list of defences.
pub fn list_text(defences: &[DefenceSpec]) -> String {
    let mut text = String::new();
    for defence in defences {
        let between = if text.is_empty() { String::new() } else { BETWEEN.into() };
        text = format!("{text}{between}{}", defence.text());
    }
    text
}

/// The entries of a list in the link, each as it stands there.
pub fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty())
}

/// The id of a model behind these defences, the first of which an input meets first.
pub fn defended(model: &str, defences: &[DefenceSpec]) -> String {
    defences.iter().fold(model.to_owned(), |id, defence| format!("{id}{BEFORE}{}", defence.text()))
}

/// The model of an id without the defences that the id names.
pub fn bare(id: &str) -> &str {
    id.split(BEFORE).next().unwrap_or(id)
}

/// The defences that an id names, each as it stands there.
pub fn texts_of(id: &str) -> impl Iterator<Item = &str> {
    id.split(BEFORE).skip(1)
}

/// The same as they are read; `None` if one of them is no such text, or there are more than [`MOST`].
pub fn of_id(id: &str) -> Option<Vec<DefenceSpec>> {
    let list: Vec<DefenceSpec> = texts_of(id).map(DefenceSpec::read).collect::<Option<_>>()?;
    (list.len() <= MOST).then_some(list)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

impl From<DefenceSpec> for String {
    fn from(defence: DefenceSpec) -> String {
        defence.text()
    }
}

impl TryFrom<String> for DefenceSpec {
    type Error = String;

    fn try_from(text: String) -> Result<DefenceSpec, String> {
        DefenceSpec::read(&text).ok_or_else(|| format!("“{text}” is no defence with knobs"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_is_written() {
        let list = vec![DefenceSpec::new("bits", &[("bits", 1.0)]), DefenceSpec::new("median", &[])];
        assert_eq!(list_text(&list), "bits:bits:1+median");
        let read: Option<Vec<DefenceSpec>> = entries("bits:bits:1 + median+").map(DefenceSpec::read).collect();
        assert_eq!(read, Some(list.clone()));
        let id = defended("mnist-cnn", &list);
        assert_eq!((id.as_str(), bare(&id), of_id(&id)), ("mnist-cnn~bits:bits:1~median", "mnist-cnn", Some(list)));
        assert_eq!((bare("plain"), of_id("plain")), ("plain", Some(vec![])));
        assert_eq!(texts_of(&id).collect::<Vec<_>>(), ["bits:bits:1", "median"]);
    }

    #[test]
    fn what_is_no_defence_is_refused() {
        for text in ["", "Bits", "bits:bits", "bits:bits:x", "bits:bits:inf", "bits:bits:1:bits:2", "a b", "bits::1"] {
            assert_eq!(DefenceSpec::read(text), None, "{text}");
        }
        assert_eq!(of_id(&"~bits".repeat(MOST + 1)), None);
        assert_eq!(serde_json::from_str::<DefenceSpec>("\"noise:sigma:.5\"").unwrap().knobs["sigma"], 0.5);
        assert!(serde_json::from_str::<DefenceSpec>("\"noise:sigma\"").is_err());
    }
}
