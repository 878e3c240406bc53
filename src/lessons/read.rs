//! From Markdown to a lesson. What a lesson has no use for (raw HTML, pictures, nested lists) is refused with its line.

mod inline;
mod question;
#[cfg(test)]
mod tests;

use super::{
    front_matter,
    lesson::{Block, Inline, Lesson, Step, Wrong, plain},
};
use crate::link::Settings;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, OffsetIter, Options, Parser, Tag, TagEnd};

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
    let events = Parser::new_ext(body, Options::ENABLE_TASKLISTS).into_offset_iter();
    let mut reader = Reader { file, body, lines: front.lines, events, at: 0, mark: None };
    let steps = reader.steps()?;
    if steps.is_empty() {
        return Err(reader.wrong("there is no step, a heading of the second level"));
    }
    let front_matter::Front { title, minutes, times, goals, .. } = front;
    Ok(Lesson { id: id.to_owned(), title, minutes, times, goals, steps })
}

fn file(id: &str) -> String {
    format!("{id}.md")
}

/// The Markdown's events, and where they stand.
struct Reader<'a> {
    file: String,
    body: &'a str,
    /// Lines of the front matter.
    lines: usize,
    events: OffsetIter<'a>,
    /// Where the last event began, in bytes of the body.
    at: usize,
    /// Whether the item being read has a box, and whether that is ticked.
    mark: Option<bool>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Event<'a>> {
        let (event, range) = self.events.next()?;
        self.at = range.start;
        Some(event)
    }

    fn line(&self) -> usize {
        let before = self.body.get(..self.at).unwrap_or_default();
        self.lines + 1 + before.bytes().filter(|&byte| byte == b'\n').count()
    }

    fn wrong(&self, why: impl Into<String>) -> Wrong {
        Wrong { file: self.file.clone(), line: self.line(), why: why.into() }
    }

    /// What cannot be used here.
    fn stranger(&self, event: &Event) -> Wrong {
        self.wrong(match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) => "raw HTML is not taken".to_owned(),
            Event::Start(Tag::Image { .. }) => "pictures are made live, not pasted".to_owned(),
            Event::Start(Tag::List(_)) => "a list in a list is not taken".to_owned(),
            _ => "this kind of Markdown is not taken here".to_owned(),
        })
    }

    fn steps(&mut self) -> Result<Vec<Step>, Wrong> {
        let mut steps: Vec<Step> = Vec::new();
        while let Some(event) = self.next() {
            if let Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) = event {
                if steps.len() == MOST_STEPS {
                    return Err(self.wrong(format!("a lesson has {MOST_STEPS} steps at most")));
                }
                let line = self.line();
                let title = plain(&self.inlines(TagEnd::Heading(HeadingLevel::H2), 0)?);
                steps.push(Step { title, state: String::new(), body: Vec::new(), question: None, line });
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
            match event {
                Event::Start(Tag::Heading { level: HeadingLevel::H3, .. }) => step.question = Some(self.question()?),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if &*info == "state" => {
                    if !step.state.is_empty() {
                        return Err(self.wrong("the step has two states"));
                    }
                    step.state = self.state()?;
                }
                event => step.body.push(self.block(event)?),
            }
        }
        Ok(steps)
    }

    fn block(&mut self, event: Event<'a>) -> Result<Block, Wrong> {
        match event {
            Event::Start(Tag::Paragraph) => Ok(Block::Paragraph(self.inlines(TagEnd::Paragraph, 0)?)),
            Event::Start(Tag::BlockQuote(_)) => Ok(Block::Try(self.quote()?)),
            Event::Start(Tag::List(first)) => Ok(Block::List(first.is_some(), self.items(first.is_some())?)),
            Event::Start(Tag::CodeBlock(_)) => Ok(Block::Code(self.code()?)),
            other => Err(self.stranger(&other)),
        }
    }

    /// The paragraphs of a quotation, whose beginning has been read.
    fn quote(&mut self) -> Result<Vec<Vec<Inline>>, Wrong> {
        let mut paragraphs = Vec::new();
        loop {
            match self.next() {
                Some(Event::End(TagEnd::BlockQuote(_))) | None => return Ok(paragraphs),
                Some(Event::Start(Tag::Paragraph)) if paragraphs.len() < MOST_BLOCKS => {
                    paragraphs.push(self.inlines(TagEnd::Paragraph, 0)?);
                }
                Some(other) => return Err(self.stranger(&other)),
            }
        }
    }

    /// The items of a list, whose beginning has been read.
    fn items(&mut self, ordered: bool) -> Result<Vec<Vec<Inline>>, Wrong> {
        let mut items = Vec::new();
        loop {
            match self.next() {
                Some(Event::End(TagEnd::List(end))) if end == ordered => return Ok(items),
                Some(Event::Start(Tag::Item)) if items.len() < MOST_BLOCKS => {
                    items.push(self.inlines(TagEnd::Item, 0)?);
                }
                Some(other) => return Err(self.stranger(&other)),
                None => return Ok(items),
            }
        }
    }

    /// The text of a block of code, whose beginning has been read.
    fn code(&mut self) -> Result<String, Wrong> {
        let mut code = String::new();
        loop {
            match self.next() {
                Some(Event::Text(text)) => code.push_str(&text),
                Some(Event::End(TagEnd::CodeBlock)) | None => return Ok(code),
                Some(other) => return Err(self.stranger(&other)),
            }
        }
    }

    /// A state, in one line or several.
    fn state(&mut self) -> Result<String, Wrong> {
        let code = self.code()?;
        let parts: Vec<&str> = code.lines().map(|line| line.trim().trim_matches('&')).collect();
        let state = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("&");
        // What a step uses is a part of its place in a lesson.
        self.known(&state, "lesson=a/1&")?;
        Ok(state)
    }

    /// Makes sure that keys to set are what the state link knows.
    fn keys(&self, keys: &str) -> Result<(), Wrong> {
        self.known(keys, "")
    }

    /// The same of keys that come after a place.
    fn known(&self, keys: &str, place: &str) -> Result<(), Wrong> {
        let (_, remarks) = Settings::read(&format!("{place}{keys}"));
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
