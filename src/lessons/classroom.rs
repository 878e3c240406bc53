//! The codes of a class out of a text, with whatever stands around them, and what they say as tables and as CSV.

#[cfg(test)]
mod tests;

use super::code::{Answers, BEGINNING, GROUP, Given, Wrong, wanted};
use foolproof_core::report::quoted;

/// Longest text, in bytes.
pub const LONGEST: usize = 1 << 18;
/// Most codes of one text; more are told as left out.
pub const MOST: usize = 500;
/// Most letters that are taken for one code.
const MOST_LETTERS: usize = 5000;
/// Groups of five capitals or digits that make a word look like a code.
const LOOKS: usize = 3;
/// Letters of a wrong code that are shown, so that one finds it.
const SHOWN: usize = 24;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// What the codes say, each once.
    pub answers: Vec<Answers>,
    /// What is wrong with the others.
    pub wrong: Vec<WrongLine>,
    /// Codes that were there more than once.
    pub twice: usize,
    /// Codes beyond the most.
    pub left: usize,
}

/// A code that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongLine {
    /// The line of the text that it begins in, from 1.
    pub line: usize,
    /// How it begins.
    pub begins: String,
    /// What is wrong with it.
    pub why: Wrong,
}

/// The codes of a text.
///
/// # Errors
/// The text's length, if it is longer than [`LONGEST`].
pub fn collect(text: &str) -> Result<Collected, usize> {
    if text.len() > LONGEST {
        return Err(text.len());
    }
    let mut found = Collected::default();
    let (mut at, mut line, mut counted) = (0, 1, 0);
    while let Some(word) = next_word(text, at) {
        line += text[counted..word.start].matches('\n').count();
        counted = word.start;
        at = word.end;
        let Some(read) = word.read() else { continue };
        if found.answers.len() + found.wrong.len() + found.twice == MOST {
            found.left += 1;
            continue;
        }
        match read {
            Ok(answers) if found.answers.contains(&answers) => found.twice += 1,
            Ok(answers) => found.answers.push(answers),
            Err(why) => {
                let begins = text[word.start..word.end].chars().take(SHOWN).collect();
                found.wrong.push(WrongLine { line, begins, why });
            }
        }
    }
    Ok(found)
}

/// A run of letters, digits and dashes; a code goes on in the next line where its line ends with a dash.
struct Word {
    start: usize,
    end: usize,
    /// What stands between its dashes; of a very long one no more than a code can have.
    groups: Vec<String>,
}

impl Word {
    /// What it says; `None` if it is no code and does not look like one.
    fn read(&self) -> Option<Result<Answers, Wrong>> {
        if let Some(version) = self.groups.first().and_then(|first| version(first)).filter(|_| self.groups.len() > 1) {
            return Some(Answers::read(version, &self.letters()));
        }
        let capital = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit();
        let looks = |group: &&String| group.len() == GROUP && group.bytes().all(capital);
        (self.groups.iter().filter(looks).count() >= LOOKS).then_some(Err(Wrong::Beginning))
    }

    fn letters(&self) -> Vec<char> {
        self.groups[1..].iter().flat_map(|group| group.chars()).collect()
    }

    /// Whether it begins like a code and has, with this many letters in all, fewer than that says.
    fn goes_on(&self, letters: usize) -> bool {
        let Some((first, rest)) = self.groups.split_first().filter(|(first, _)| version(first).is_some()) else {
            return false;
        };
        let front: Vec<char> = rest.iter().flat_map(|group| group.chars()).take(GROUP).collect();
        wanted(&front).is_none_or(|wanted| letters < first.len() + wanted.min(MOST_LETTERS))
    }
}

/// The version in the first group of a code.
fn version(group: &str) -> Option<&str> {
    let (beginning, version) = group.split_at_checked(BEGINNING.len())?;
    let digits = !version.is_empty() && version.len() <= 4 && version.bytes().all(|digit| digit.is_ascii_digit());
    (beginning.eq_ignore_ascii_case(BEGINNING) && digits).then_some(version)
}

/// Whether a code begins behind line ends and the marks of what a mail quotes.
fn begins(text: &str) -> bool {
    let text = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '>');
    text.split_once('-').is_some_and(|(first, _)| version(first).is_some())
}

/// The first word at or behind a place.
fn next_word(text: &str, from: usize) -> Option<Word> {
    let start = from + text[from..].find(char::is_alphanumeric)?;
    let mut word = Word { start, end: start, groups: vec![String::new()] };
    let (mut letters, mut dashed) = (0, false);
    for (at, letter) in text[start..].char_indices() {
        let end = start + at + letter.len_utf8();
        match letter {
            _ if letter.is_alphanumeric() => {
                // What follows a broken line is another word where the code is whole.
                if letters < MOST_LETTERS
                    && let Some(group) = word.groups.last_mut()
                {
                    group.push(letter);
                }
                (letters, dashed, word.end) = (letters + 1, false, end);
            }
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {
                if !dashed && letters < MOST_LETTERS {
                    word.groups.push(String::new());
                }
                (dashed, word.end) = (true, end);
            }
            // Put in by programs that break lines.
            '\u{ad}' | '\u{200b}' | '\u{2060}' => {}
            _ if (letter.is_whitespace() || letter == '>')
                && dashed
                && word.goes_on(letters)
                && !begins(&text[end..]) => {}
            _ => break,
        }
    }
    Some(word)
}

/// What a class has answered of one lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<'a> {
    /// The lesson's id.
    pub lesson: &'a str,
    /// Questions: the most that any code has.
    pub questions: usize,
    /// Names with what each answered, as long as the code has it.
    pub rows: Vec<(&'a str, &'a [Option<Given>])>,
}

impl Table<'_> {
    /// How many have answered a question right.
    pub fn right(&self, question: usize) -> usize {
        self.rows
            .iter()
            .filter(|(_, steps)| steps.get(question).copied().flatten().is_some_and(|given| given.right))
            .count()
    }
}

/// A table a lesson, in the order of the lessons; those that are not among these come last.
pub fn tables<'a>(answers: &'a [Answers], order: &[String]) -> Vec<Table<'a>> {
    let mut tables: Vec<Table> = Vec::new();
    for one in answers {
        for lesson in &one.lessons {
            let row = (&*one.name, &*lesson.steps);
            match tables.iter_mut().find(|table| table.lesson == lesson.id) {
                Some(table) => {
                    table.questions = table.questions.max(lesson.steps.len());
                    table.rows.push(row);
                }
                None => {
                    tables.push(Table { lesson: &lesson.id, questions: lesson.steps.len(), rows: vec![row] });
                }
            }
        }
    }
    let place = |table: &Table| order.iter().position(|id| id == table.lesson).unwrap_or(order.len());
    tables.sort_by_key(place);
    tables
}

/// A line for each question of each lesson that somebody has answered something of: `words` gives a question's text and its
/// answers' where the lesson is known.
pub fn csv(answers: &[Answers], words: impl Fn(&str, usize) -> Option<(String, Vec<String>)>) -> String {
    let mut text = String::from("name,lesson,step,result,tries,question,answer\r\n");
    for one in answers {
        for lesson in &one.lessons {
            for (at, given) in lesson.steps.iter().enumerate() {
                let (question, choices) = words(&lesson.id, at).unwrap_or_default();
                let answer = given.and_then(|given| choices.get(usize::from(given.choice)).cloned());
                let result = given.map_or("open", |given| if given.right { "right" } else { "wrong" });
                let tries = given.map_or_else(String::new, |given| given.tries.to_string());
                let fields = [
                    cell(&one.name),
                    cell(&lesson.id),
                    (at + 1).to_string(),
                    result.to_owned(),
                    tries,
                    cell(&question),
                    cell(&answer.unwrap_or_default()),
                ];
                text += &(fields.join(",") + "\r\n");
            }
        }
    }
    text
}

/// A field that no spreadsheet takes for a formula: a name is whatever somebody wrote.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@']);
    quoted(&if formula { format!("'{text}") } else { text.to_owned() })
}
