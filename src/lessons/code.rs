//! A learner's answers as a short code, to be copied into a chat or a mail: `FP1-` with the version of the code, then
//! groups of letters. Nothing in it is secret, and nothing proves who wrote it.

mod letters;

use super::{index, progress::Progress};
use crate::i18n::{tr, tr_with};
pub use letters::{GROUP, wanted};
use std::fmt;

/// What every code begins with, before its version.
pub const BEGINNING: &str = "FP";
/// Version of the codes that are written here.
pub const VERSION: u32 = 1;
/// Longest name, in letters and in bytes.
pub const LONGEST_NAME: usize = 40;
const MOST_BYTES: usize = 4 * LONGEST_NAME;
/// Most lessons, and most steps of one.
const MOST_LESSONS: usize = 40;
const MOST_STEPS: usize = 12;
/// Largest number of tries that is told; more are told as so many.
pub const MOST_TRIES: u8 = 15;
/// Most answers of a question.
const MOST_CHOICES: u8 = 8;

/// What a learner has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The name that the learner gave.
    pub name: String,
    /// Lessons of which something was answered.
    pub lessons: Vec<Answered>,
}

/// What was answered of a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its id.
    pub id: String,
    /// One a step; `None` where nothing was answered.
    pub steps: Vec<Option<Given>>,
}

/// The newest answer to a question, or the first right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Place of the choice, from 0.
    pub choice: u8,
    /// Whether it is right.
    pub right: bool,
    /// Tries that it took, 1 to [`MOST_TRIES`].
    pub tries: u8,
}

/// Why a text is no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It looks like one and does not begin like one.
    Beginning,
    /// It is of another version.
    Version(String),
    /// It has a letter that no code has, in this group.
    Letter {
        /// The letter.
        letter: char,
        /// The group, from 1.
        group: usize,
    },
    /// Letters are missing.
    Short {
        /// So many are there.
        has: usize,
        /// So many should be.
        wants: usize,
    },
    /// There are letters too many.
    Long {
        /// So many are there.
        has: usize,
        /// So many should be at most.
        most: usize,
    },
    /// A letter is not the one that was written.
    Checksum,
    /// It was made as a code is, but says nothing that a page writes.
    Content,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Wrong::Beginning => tr_with(
                "it looks like a code, but does not begin with “{0}”",
                &[&format_args!("{BEGINNING}{VERSION}-")],
            ),
            Wrong::Version(version) => {
                tr_with("it is of version {0}, and this page reads version {1}", &[version, &VERSION])
            }
            Wrong::Letter { letter, group } => tr_with("“{0}” in group {1} is no letter of a code", &[letter, group]),
            Wrong::Short { has, wants } => tr_with("it is cut off: {0} letters of {1}", &[has, wants]),
            Wrong::Long { has, most } => tr_with("it has {0} letters and should have {1}", &[has, most]),
            Wrong::Checksum => tr("its checksum does not fit: a letter is wrong, missing or in another place").into(),
            Wrong::Content => tr("it does not hold what this page writes").into(),
        })
    }
}

impl Answers {
    /// What is known of these lessons, each with its number of steps. Lessons without an answer are left out.
    pub fn new<'a>(name: &str, progress: &Progress, lessons: impl Iterator<Item = (&'a str, u32)>) -> Answers {
        let given = |id: &str, step: u32| {
            let answer = progress.answer(id, step)?;
            let choice = u8::try_from(answer.choice).ok().filter(|choice| *choice < MOST_CHOICES)?;
            let tries = u8::try_from(answer.took()).unwrap_or(MOST_TRIES).clamp(1, MOST_TRIES);
            Some(Given { choice, right: answer.right, tries })
        };
        let lesson = |(id, last): (&str, u32)| {
            let steps: Vec<Option<Given>> = (1..=last).take(MOST_STEPS).map(|step| given(id, step)).collect();
            steps.iter().any(Option::is_some).then(|| Answered { id: id.to_owned(), steps })
        };
        Answers { name: cleaned(name), lessons: lessons.filter_map(lesson).take(MOST_LESSONS).collect() }
    }

    /// The code.
    pub fn code(&self) -> String {
        format!("{BEGINNING}{VERSION}-{}", letters::write(&self.bytes()))
    }

    /// From a code's version and the letters behind it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(version: &str, letters: &[char]) -> Result<Answers, Wrong> {
        if version.parse() != Ok(VERSION) {
            return Err(Wrong::Version(version.to_owned()));
        }
        Answers::from_bytes(&letters::read(letters)?).ok_or(Wrong::Content)
    }

    /// Texts with their length before them; a step is a byte: four bits of tries, one for right, three for the choice.
    fn bytes(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut put = |bytes: &[u8]| {
            // Names, ids and steps are shorter than 256.
            all.push(bytes.len() as u8);
            all.extend(bytes);
        };
        put(self.name.as_bytes());
        for Answered { id, steps } in &self.lessons {
            put(id.as_bytes());
            let byte = |given: &Given| given.tries << 4 | u8::from(given.right) << 3 | given.choice;
            let steps: Vec<u8> = steps.iter().map(|given| given.as_ref().map_or(0, byte)).collect();
            put(&steps);
        }
        all
    }

    fn from_bytes(mut rest: &[u8]) -> Option<Answers> {
        let mut take = |most: usize| {
            let (&length, after) = rest.split_first()?;
            let (part, after) = after.split_at_checked(usize::from(length)).filter(|_| usize::from(length) <= most)?;
            rest = after;
            Some((part, after.is_empty()))
        };
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        let name = text(take(MOST_BYTES)?.0).filter(|name| *name == cleaned(name))?;
        let mut lessons: Vec<Answered> = Vec::new();
        loop {
            let id = text(take(index::LONGEST_ID)?.0).filter(|id| index::is_id(id))?;
            let (steps, last) = take(MOST_STEPS)?;
            let steps: Vec<Option<Given>> = steps.iter().map(|&byte| given(byte)).collect::<Option<_>>()?;
            let new = lessons.iter().all(|lesson| lesson.id != id);
            if !new || lessons.len() == MOST_LESSONS || steps.iter().all(Option::is_none) {
                return None;
            }
            lessons.push(Answered { id, steps });
            if last {
                return Some(Answers { name, lessons });
            }
        }
    }
}

/// A step's answer; `None` for a byte that no page writes.
fn given(byte: u8) -> Option<Option<Given>> {
    let given = Given { choice: byte & 7, right: byte & 8 != 0, tries: byte >> 4 };
    match given.tries {
        0 => (byte == 0).then_some(None),
        _ => Some(Some(given)),
    }
}

/// A name in one line, as long as may be, without marks that turn the direction of what stands beside it.
pub fn cleaned(name: &str) -> String {
    let turns =
        |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String =
        name.chars().map(|letter| if letter.is_control() || turns(letter) { ' ' } else { letter }).collect();
    let short: String = plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect();
    short.trim_end().to_owned()
}

#[cfg(test)]
mod tests;
