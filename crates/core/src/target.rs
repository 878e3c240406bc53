//! What a targeted attack aims at.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The class that an attack is to reach: one for all inputs, or one that each input's clean answer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// This class.
    Class(u32),
    /// The least likely class.
    Least,
    /// The second most likely class: the most likely one beside the answer.
    Second,
    /// A class other than the answer, drawn by the seed.
    Random,
}

impl Target {
    /// Every way to choose a class by the input, as links name it.
    pub const MODES: [(Target, &'static str); 3] =
        [(Target::Least, "least"), (Target::Second, "second"), (Target::Random, "random")];

    /// The target of a word in a link: a class's number, or a mode.
    pub fn from_word(word: &str) -> Option<Target> {
        let mode = Target::MODES.iter().find(|(_, known)| *known == word).map(|(mode, _)| *mode);
        mode.or_else(|| word.parse().ok().map(Target::Class))
    }

    /// The one class for all inputs; `None` where each input has its own.
    pub fn class(self) -> Option<u32> {
        match self {
            Target::Class(class) => Some(class),
            _ => None,
        }
    }

    /// The mode's word; `None` for one class.
    pub fn mode(self) -> Option<&'static str> {
        Target::MODES.iter().find(|(mode, _)| *mode == self).map(|(_, word)| *word)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self.mode() {
            Some(word) => formatter.write_str(word),
            None => self.class().unwrap_or_default().fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for target in Target::MODES.map(|(mode, _)| mode).into_iter().chain([0, 9, u32::MAX].map(Target::Class)) {
            assert_eq!(Target::from_word(&target.to_string()), Some(target));
            assert_ne!(target.mode().is_some(), target.class().is_some());
        }
        for wrong in ["", "none", "Least", "-1", "1.5", "4294967296"] {
            assert_eq!(Target::from_word(wrong), None, "{wrong}");
        }
    }
}
