//! What a visitor or a host is told of a link that could not be taken as it was.

use crate::i18n::tr_with;

/// Something in a link that could not be taken as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A key nobody knows.
    Ignored {
        /// The key.
        key: String,
    },
    /// A text too long to be a link; nothing of it was taken.
    TooLong {
        /// Most bytes of one.
        most: usize,
    },
    /// A value out of its range, or none at all.
    Clamped {
        /// The key.
        key: String,
        /// What the link said.
        given: String,
        /// What is used instead.
        taken: String,
    },
}

impl Remark {
    /// A value that was replaced. Long values are cut, so that the sentence stays readable.
    pub(super) fn clamped(key: &str, given: &str, taken: impl ToString) -> Remark {
        let short = |text: &str| match text.char_indices().nth(24) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        Remark::Clamped { key: short(key), given: short(given), taken: short(&taken.to_string()) }
    }

    /// Adds what was found later; a value that was replaced twice is one remark, from what was given to what is used.
    pub fn merge(all: &mut Vec<Remark>, later: Vec<Remark>) {
        for remark in later {
            if all.contains(&remark) {
                continue;
            }
            let before = all.iter_mut().find(|known| known.continues_in(&remark));
            match (before, remark) {
                (Some(Remark::Clamped { taken, .. }), Remark::Clamped { taken: last, .. }) => *taken = last,
                (_, remark) => all.push(remark),
            }
        }
    }

    fn continues_in(&self, later: &Remark) -> bool {
        match (self, later) {
            (Remark::Clamped { key, taken, .. }, Remark::Clamped { key: same, given, .. }) => {
                key == same && taken == given
            }
            _ => false,
        }
    }

    /// One clear sentence.
    pub fn sentence(&self) -> String {
        match self {
            Remark::Ignored { key } => tr_with("The link's “{0}” is not known here and was ignored.", &[&key]),
            Remark::TooLong { most } => tr_with("The link is longer than {0} characters and was ignored.", &[most]),
            Remark::Clamped { key, given, taken } if key == "data" && given.starts_with(super::OWN) => {
                tr_with("This browser keeps no data “{0}”; they are {1} instead.", &[&given, &taken])
            }
            Remark::Clamped { given, taken, .. } if given.starts_with(super::OWN) => {
                tr_with("This browser keeps no model “{0}” for these data; it is {1} instead.", &[&given, &taken])
            }
            Remark::Clamped { key, given, taken } => {
                tr_with("The link's {0} “{1}” cannot be used; it is {2} instead.", &[&key, &given, &taken])
            }
        }
    }
}
