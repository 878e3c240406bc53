//! Reads the keys that the link keeps as text for one page, each with its range; what cannot be taken is a remark. Keys
//! that were asked for are known, so that no second list says which there are.

use super::{Page, Remark, Settings, number};
use crate::{i18n::tr, share::embed};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;

/// How a page's keys are read.
pub struct Manner {
    /// What they begin with, dot included.
    pub prefix: &'static str,
    /// What stands in for what is no number, in a remark.
    pub usual: &'static str,
    /// Whether an empty value is as good as none.
    pub blank_is_none: bool,
}

/// The keys of one link.
pub struct Reader<'a> {
    settings: &'a Settings,
    manner: Manner,
    asked: BTreeSet<String>,
    /// What could not be taken.
    pub remarks: Vec<Remark>,
}

impl<'a> Reader<'a> {
    /// A reader of these settings' keys.
    pub fn new(settings: &'a Settings, manner: Manner) -> Reader<'a> {
        Reader { settings, manner, asked: BTreeSet::new(), remarks: Vec::new() }
    }

    /// A key's text; nothing if it is missing.
    pub fn text(&mut self, key: &str) -> Option<&'a str> {
        if !self.asked.contains(key) {
            self.asked.insert(key.to_owned());
        }
        let text = self.settings.extra.get(key)?;
        if self.manner.blank_is_none { Some(text.trim()).filter(|text| !text.is_empty()) } else { Some(text) }
    }

    /// Says that something else is taken.
    pub fn refuse(&mut self, key: &str, given: &str, taken: impl ToString) {
        self.remarks.push(Remark::Clamped { key: key.into(), given: given.into(), taken: taken.to_string() });
    }

    /// One of a few words.
    pub fn word(&mut self, key: &str, words: &[&'static str], usual: &'static str) -> &'static str {
        let Some(text) = self.text(key) else { return usual };
        words.iter().find(|word| **word == text).copied().unwrap_or_else(|| {
            self.refuse(key, text, usual);
            usual
        })
    }

    /// One of the words that a type is written as.
    pub fn serde<T: Serialize + DeserializeOwned>(&mut self, key: &str, usual: T) -> T {
        let Some(text) = self.text(key) else { return usual };
        serde_json::from_value(serde_json::Value::String(text.into())).unwrap_or_else(|_| {
            let taken = serde_json::to_value(&usual).ok();
            self.refuse(key, text, taken.as_ref().and_then(|word| word.as_str()).unwrap_or(self.manner.usual));
            usual
        })
    }

    /// Yes unless the link says no.
    pub fn flag(&mut self, key: &str) -> bool {
        match self.text(key) {
            None | Some("1" | "true") => true,
            Some("0" | "false") => false,
            Some(other) => {
                self.refuse(key, other, 1);
                true
            }
        }
    }

    /// A number in a range.
    pub fn real(&mut self, key: &str, least: f64, most: f64, usual: f64) -> f64 {
        self.real_if_given(key, least, most).unwrap_or(usual)
    }

    /// The same, where there is no usual one.
    pub fn real_if_given(&mut self, key: &str, least: f64, most: f64) -> Option<f64> {
        let usual = self.manner.usual;
        self.fitted(key, usual, |value| value.clamp(least, most))
    }

    /// A whole number in a range.
    pub fn count(&mut self, key: &str, least: usize, most: usize, usual: usize) -> usize {
        self.count_if_given(key, least, most).unwrap_or(usual)
    }

    /// The same, where there is no usual one.
    pub fn count_if_given(&mut self, key: &str, least: usize, most: usize) -> Option<usize> {
        let usual = self.manner.usual;
        // The casts saturate.
        let whole = |value: f64| (value.round() as usize).clamp(least, most) as f64;
        self.fitted(key, usual, whole).map(|value| value as usize)
    }

    /// A number, moved to where it may be; a remark says so, or that `usual` is taken for what is no number.
    pub fn fitted(&mut self, key: &str, usual: &str, fit: impl Fn(f64) -> f64) -> Option<f64> {
        let text = self.text(key)?;
        let given = number(text);
        let fitted = given.map(fit);
        if given.is_none() || given != fitted {
            self.refuse(key, text, fitted.map_or(usual.into(), |fitted| fitted.to_string()));
        }
        fitted
    }

    /// Remarks on keys that nobody asked for, except those that are known elsewhere, and on controls of the page that there
    /// are not.
    pub fn strangers(&mut self, elsewhere: impl Fn(&str) -> bool) {
        let prefix = self.manner.prefix;
        let known = |key: &str| self.asked.contains(key) || elsewhere(key);
        let unknown = self.settings.extra.keys().filter(|key| key.starts_with(prefix) && !known(key));
        self.remarks.extend(unknown.map(|key| Remark::Ignored { key: key.clone() }));
        let pages = [Page::Train, Page::Measure];
        let listed = |name: &str| pages.iter().any(|&page| embed::has(page, name));
        let control = |name: &str| known(name) || listed(name);
        let used = self.settings.lesson.as_ref().map(|lesson| ("lesson.uses", &lesson.uses));
        for (list, names) in [("hide", &self.settings.hide), ("lock", &self.settings.lock)].into_iter().chain(used) {
            let unknown = names.iter().filter(|name| name.starts_with(prefix) && !control(name));
            self.remarks.extend(unknown.map(|name| Remark::clamped(list, name, tr("left out"))));
        }
    }
}

/// What a comma list names.
pub fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_nobody_asked_for_are_named() {
        let (settings, _) = Settings::read("measure.n=7&measure.m=7&measure.k=7&train.eps=1");
        let manner = Manner { prefix: "measure.", usual: "the default", blank_is_none: false };
        let mut reader = Reader::new(&settings, manner);
        assert_eq!((reader.count("measure.n", 1, 5, 3), reader.count("measure.o", 1, 5, 3)), (5, 3));
        reader.strangers(|key| key == "measure.k");
        let clamped = Remark::Clamped { key: "measure.n".into(), given: "7".into(), taken: "5".into() };
        assert_eq!(reader.remarks, [clamped, Remark::Ignored { key: "measure.m".into() }]);
    }

    /// F34, for what only the lab knows.
    #[test]
    fn controls_that_there_are_not_are_named() {
        let (settings, remarks) =
            Settings::read("hide=train.settings,train.rate,train.rates&lock=train.rate,measure.x");
        assert_eq!(remarks, vec![]);
        let mut reader =
            Reader::new(&settings, Manner { prefix: "train.", usual: "the preset's own", blank_is_none: true });
        reader.text("train.rate");
        reader.strangers(|_| false);
        assert_eq!(reader.remarks, [Remark::clamped("hide", "train.rates", "left out")]);
    }
}
