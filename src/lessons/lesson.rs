//! A lesson as plain data: what the panel shows, without the Markdown it came from.

use super::claim::Claim;
use std::fmt;

/// A text of several parts: a lesson, or one for teachers.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Its id: the file's name without `.md`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How long it takes, about.
    pub minutes: u32,
    /// How long each step takes, about, in minutes; in a teacher's text alone.
    pub times: Vec<u32>,
    /// What one can do afterwards, one sentence each.
    pub goals: Vec<String>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

impl Lesson {
    /// A step by its number in the link, from 1.
    pub fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// Number of the last step.
    pub fn last(&self) -> u32 {
        // The reader takes a dozen at most.
        self.steps.len() as u32
    }

    /// How many steps ask something.
    pub fn questions(&self) -> usize {
        self.steps.iter().filter(|step| step.question.is_some()).count()
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its heading.
    pub title: String,
    /// The state it begins in, as a fragment; empty where a text has none.
    pub state: String,
    /// Its text.
    pub body: Vec<Block>,
    /// What it asks.
    pub question: Option<Question>,
    /// Line of its heading in the file, from 1.
    pub line: usize,
}

/// A question whose answer is found by doing.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is asked.
    pub text: Vec<Inline>,
    /// What can be answered.
    pub choices: Vec<Choice>,
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The answer.
    pub text: Vec<Inline>,
    /// Whether it is right.
    pub right: bool,
    /// What is said to whoever chose it.
    pub feedback: Vec<Inline>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// What to try, set apart.
    Try(Vec<Vec<Inline>>),
    /// A list; whether it is numbered, and its items.
    List(bool, Vec<Vec<Inline>>),
    /// Code as it is.
    Code(String),
}

/// A run of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// The end of a line in the file, a space on the page.
    Break,
    /// Important text.
    Strong(Vec<Inline>),
    /// Stressed text.
    Emphasis(Vec<Inline>),
    /// Code, keys, names.
    Code(String),
    /// A link to a paper.
    Web(String, Vec<Inline>),
    /// A link that sets keys of the state and keeps the others.
    Keys(String, Vec<Inline>),
    /// A statement that a test recomputes.
    Claim(Box<Claim>, Vec<Inline>),
}

/// The words of a text without their form.
pub fn plain(inlines: &[Inline]) -> String {
    let word = |inline: &Inline| match inline {
        Inline::Text(text) | Inline::Code(text) => text.clone(),
        Inline::Break => " ".into(),
        Inline::Strong(inner)
        | Inline::Emphasis(inner)
        | Inline::Web(_, inner)
        | Inline::Keys(_, inner)
        | Inline::Claim(_, inner) => plain(inner),
    };
    inlines.iter().map(word).collect()
}

/// Why a file is no lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there, without a full stop.
    pub why: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: {}.", self.file, self.line, self.why)
    }
}
