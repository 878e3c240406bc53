//! Classes by name and number, and the words by which people call the parts of a dataset.

use crate::bounds::brief;
use foolproof_core::importing::dataset::CLASSES;
use std::collections::BTreeSet;

/// A part of a dataset that its source tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To be trained on.
    Train,
    /// To be looked at while training.
    Validation,
    /// Held out for the test.
    Test,
}

impl Part {
    /// The part that a name says: of a folder, an array or a table.
    pub fn of(name: &str) -> Option<Part> {
        let lower = name.to_ascii_lowercase();
        let mut words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.find_map(|word| match word {
            "train" | "training" => Some(Part::Train),
            "val" | "valid" | "validation" | "dev" => Some(Part::Validation),
            "test" | "testing" => Some(Part::Test),
            _ => None,
        })
    }

    /// Whether it is the test.
    pub fn is_test(self) -> bool {
        self == Part::Test
    }
}

/// What is said where a part for validation is trained on.
pub const JOINED: &str = "What is for validation is trained on; the page holds out some of it by itself.";

/// Names in the order in which people count, and each one's number in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes(pub Vec<String>);

impl Classes {
    /// All that are named.
    ///
    /// # Errors
    /// A clause, if there are fewer or more than [`CLASSES`].
    pub fn of<'a>(names: impl Iterator<Item = &'a str>) -> Result<Classes, String> {
        let mut all: Vec<&str> = Vec::new();
        let mut known = BTreeSet::new();
        for name in names {
            if known.insert(name) {
                all.push(name);
            }
            if all.len() > *CLASSES.end() {
                return Err(format!("it has more than {} classes", CLASSES.end()));
            }
        }
        if all.len() < *CLASSES.start() {
            let only = all.first().map(|one| format!(", “{}”", brief(one))).unwrap_or_default();
            return Err(format!("it has {} classes{only}, and at least {} are needed", all.len(), CLASSES.start()));
        }
        let number = |name: &&str| name.parse::<i64>().ok();
        match all.iter().map(number).collect::<Option<Vec<_>>>() {
            Some(_) => all.sort_by_key(number),
            None => all.sort_unstable(),
        }
        Ok(Classes(all.into_iter().map(str::to_owned).collect()))
    }

    /// A class by its name.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|known| known == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_and_words_are_sorted() {
        let of = |names: &[&str]| Classes::of(names.iter().copied()).unwrap().0;
        assert_eq!(of(&["10", "9", "-1", "9"]), ["-1", "9", "10"]);
        assert_eq!(of(&["dog", "cat", "10"]), ["10", "cat", "dog"]);
    }

    #[test]
    fn too_few_and_too_many_are_told() {
        let one = Classes::of(["cat"; 3].into_iter()).unwrap_err();
        assert!(one.contains("1 classes, “cat”"), "{one}");
        let many: Vec<String> = (0..200).map(|class| class.to_string()).collect();
        assert!(Classes::of(many.iter().map(String::as_str)).unwrap_err().contains("more than 100"));
    }

    #[test]
    fn parts_are_known_by_their_words() {
        let part = |name: &str| Part::of(name);
        assert_eq!(
            [part("x_train"), part("Test"), part("val_images")],
            [Some(Part::Train), Some(Part::Test), Some(Part::Validation)]
        );
        assert_eq!([part("trains"), part("contest"), part("arr_0")], [None; 3]);
    }
}
