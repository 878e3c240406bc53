//! From Markdown to a lesson.
//!
//! A lesson needs a few kinds of Markdown alone: headings of the second and third level, paragraphs, lists, quotations,
//! code, and in them stress, code and links. Whatever else there is (raw HTML, pictures, nested lists) is refused with its
//! line. A parser of all of Markdown knows tables, footnotes and two thousand names of characters; it would be a
//! fifteenth of the lab.

mod begin;
mod inline;
mod question;
#[cfg(test)]
mod tests;

use super::{
    front_matter,
    lesson::{Block, Inline, Lesson, Step, Wrong, plain},
};
use crate::link::Settings;
use begin::{Begin, begin};

/// Longest file, in bytes.
pub const LONGEST: u64 = 64 << 10;
/// Most steps of a lesson.
const MOST_STEPS: usize = 12;
/// Most parts of a step's text.
const MOST_BLOCKS: usize = 40;
/// Keys that belong to the visitor or the host, not to a step.
const FOREIGN: [&str; 8] = ["v", "lesson", "theme", "lang", "engine", "embed", "hide", "lock"];

/// A lesson: every step sets a state and asks something.
///
/// # Errors
/// What is wrong and where.
pub fn lesson(id: &str, text: &str) -> Result<Lesson, Wrong> {
    let lesson = document(id, text)?;
    let wrong = |line: usize, why: &str| Wrong { file: file(id), line, why: why.to_owned() };
    if lesson.minutes == 0 {
        return Err(wrong(1, "the front matter has no minutes"));
    }
    for step in &lesson.steps {
        if step.state.is_empty() {
            return Err(wrong(step.line, "the step has no block of code “state”"));
        }
        if step.question.is_none() {
            return Err(wrong(step.line, "the step asks nothing"));
        }
    }
    Ok(lesson)
}

/// A text with or without states and questions.
///
/// # Errors
/// What is wrong and where.
pub fn document(id: &str, text: &str) -> Result<Lesson, Wrong> {
    let file = file(id);
    if text.len() as u64 > LONGEST {
        return Err(Wrong { file, line: 1, why: format!("it is longer than {LONGEST} bytes") });
    }
    let (front, body) = front_matter::read(&file, text)?;
    let mut reader = Reader { file, lines: body.lines().collect(), before: front.lines, at: 0, line: front.lines + 1 };
    let steps = reader.steps()?;
    if steps.is_empty() {
        return Err(reader.wrong("there is no step, a heading of the second level"));
    }
    Ok(Lesson { id: id.to_owned(), title: front.title, minutes: front.minutes, goals: front.goals, steps })
}

/// An item of a list, and its box.
type Item = (Option<bool>, Vec<Inline>);

fn file(id: &str) -> String {
    format!("{id}.md")
}

/// The lines of a text, or of a quotation or an item in it, without the marks that make it one.
struct Reader<'a> {
    file: String,
    lines: Vec<&'a str>,
    /// Lines of the file before these.
    before: usize,
    /// The next line, from 0.
    at: usize,
    /// The line of the file that is being read, from 1.
    line: usize,
}

impl<'a> Reader<'a> {
    /// What the next line begins; nothing after the last.
    fn peek(&mut self) -> Option<Begin<'a>> {
        let line = self.lines.get(self.at)?;
        self.line = self.before + self.at + 1;
        Some(begin(line))
    }

    fn wrong(&self, why: impl Into<String>) -> Wrong {
        Wrong { file: self.file.clone(), line: self.line, why: why.into() }
    }

    fn stranger(&self) -> Wrong {
        self.wrong("this kind of Markdown is not taken here")
    }

    fn steps(&mut self) -> Result<Vec<Step>, Wrong> {
        let mut steps: Vec<Step> = Vec::new();
        while let Some(begin) = self.peek() {
            self.at += 1;
            if let Begin::Heading(2, title) = begin {
                if steps.len() == MOST_STEPS {
                    return Err(self.wrong(format!("a lesson has {MOST_STEPS} steps at most")));
                }
                let line = self.line;
                let title = plain(&self.inlines(title, 0)?);
                steps.push(Step { title, state: String::new(), body: Vec::new(), question: None, line });
                continue;
            }
            if begin == Begin::Nothing {
                continue;
            }
            let Some(step) = steps.last_mut() else {
                return Err(self.wrong("a text before the first step, a heading of the second level"));
            };
            if step.question.is_some() {
                return Err(self.wrong("something comes after the step's question"));
            }
            if step.body.len() == MOST_BLOCKS {
                return Err(self.wrong(format!("a step has {MOST_BLOCKS} paragraphs at most")));
            }
            match begin {
                Begin::Heading(3, text) => step.question = Some(self.question(text)?),
                Begin::Fence(fence, "state") => {
                    if !step.state.is_empty() {
                        return Err(self.wrong("the step has two states"));
                    }
                    step.state = self.state(fence)?;
                }
                begin => step.body.push(self.block(begin)?),
            }
        }
        Ok(steps)
    }

    /// What a line begins that has been passed.
    fn block(&mut self, begin: Begin<'a>) -> Result<Block, Wrong> {
        Ok(match begin {
            Begin::Words => Block::Paragraph(self.words()?),
            Begin::Quote(first) => Block::Try(self.quote(first)?),
            Begin::Fence(fence, _) => Block::Code(self.code(fence)),
            Begin::Item(ordered, first) => {
                let items = self.items(ordered, first)?;
                Block::List(ordered, items.into_iter().map(|(_, item)| item).collect())
            }
            _ => return Err(self.stranger()),
        })
    }

    /// The paragraph whose first line has been passed.
    fn words(&mut self) -> Result<Vec<Inline>, Wrong> {
        let first = self.at - 1;
        while self.lines.get(self.at).is_some_and(|line| begin::goes_on(line)) {
            self.at += 1;
        }
        let lines: Vec<&str> = self.lines[first..self.at].iter().map(|line| line.trim()).collect();
        self.inlines(&lines.join("\n"), 0)
    }

    /// A reader of what stands in the line that has been passed and below it, from this part of that line on.
    fn inside(&self, first: &'a str) -> Reader<'a> {
        let before = self.before + self.at - 1;
        Reader { file: self.file.clone(), lines: vec![first], before, at: 0, line: before + 1 }
    }

    /// All that is left, which is paragraphs.
    fn paragraphs(&mut self) -> Result<Vec<Vec<Inline>>, Wrong> {
        let mut paragraphs = Vec::new();
        while let Some(begin) = self.peek() {
            self.at += 1;
            match begin {
                Begin::Nothing => {}
                Begin::Words if paragraphs.len() < MOST_BLOCKS => paragraphs.push(self.words()?),
                Begin::Item(..) => return Err(self.wrong("a list in a list is not taken")),
                _ => return Err(self.stranger()),
            }
        }
        Ok(paragraphs)
    }

    fn quote(&mut self, first: &'a str) -> Result<Vec<Vec<Inline>>, Wrong> {
        let mut inside = self.inside(first);
        while let Some(&line) = self.lines.get(self.at) {
            match begin(line) {
                Begin::Quote(rest) => inside.lines.push(rest),
                // A line that only goes on needs no mark.
                Begin::Words => inside.lines.push(line),
                _ => break,
            }
            self.at += 1;
        }
        inside.paragraphs()
    }

    /// The items of a list, with breaks between their paragraphs; of each, whether it has a box, and whether that is
    /// ticked.
    fn items(&mut self, ordered: bool, first: &'a str) -> Result<Vec<Item>, Wrong> {
        let (mut items, mut next) = (Vec::new(), Some(first));
        while let Some(first) = next {
            if items.len() == MOST_BLOCKS {
                return Err(self.stranger());
            }
            let (mark, first) = begin::mark(first);
            let mut inside = self.inside(first);
            while let Some(&line) = self.lines.get(self.at) {
                let goes_on = match line.trim() {
                    "" => self.lines.get(self.at + 1).is_some_and(|next| begin::is_inside(next)),
                    _ => begin::is_inside(line) || begin(line) == Begin::Words,
                };
                if !goes_on {
                    break;
                }
                inside.lines.push(line.trim());
                self.at += 1;
            }
            items.push((mark, inside.paragraphs()?.join(&Inline::Break)));
            let empty = self.lines[self.at..].iter().take_while(|line| line.trim().is_empty()).count();
            next = match self.lines.get(self.at + empty).map(|line| begin(line)) {
                Some(Begin::Item(kind, rest)) if kind == ordered => {
                    self.at += empty + 1;
                    Some(rest)
                }
                _ => None,
            };
        }
        Ok(items)
    }

    /// The code below a fence that has been passed.
    fn code(&mut self, fence: &str) -> String {
        let lines = self.lines[self.at..].iter().take_while(|line| !begin::closes(line, fence));
        let end = self.at + lines.clone().count();
        let code = lines.flat_map(|line| [line, "\n"]).collect();
        self.at = self.lines.len().min(end + 1);
        code
    }

    /// A state, in one line or several.
    fn state(&mut self, fence: &str) -> Result<String, Wrong> {
        let code = self.code(fence);
        let parts: Vec<&str> = code.lines().map(|line| line.trim().trim_matches('&')).collect();
        let state = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("&");
        self.keys(&state)?;
        Ok(state)
    }

    /// Makes sure that keys are what the state link knows.
    fn keys(&self, keys: &str) -> Result<(), Wrong> {
        let (_, remarks) = Settings::read(keys);
        if let Some(remark) = remarks.first() {
            return Err(self.wrong(remark.sentence().trim_end_matches('.')));
        }
        let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
        match keys.split('&').map(name).find(|key| FOREIGN.contains(&key.as_str())) {
            Some(key) => Err(self.wrong(format!("{key} is the visitor's own, not a step's"))),
            None if keys.is_empty() => Err(self.wrong("the state is empty")),
            None => Ok(()),
        }
    }
}
