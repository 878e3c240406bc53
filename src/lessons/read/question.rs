//! A question: a heading of the third level, and below it a list of answers with boxes, the right one ticked. What
//! follows an answer's first line is said to whoever chose it.

use super::Reader;
use crate::lessons::lesson::{Choice, Inline, Question, Wrong};
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

/// Most answers of a question.
const MOST: usize = 6;

impl<'a> Reader<'a> {
    /// The question whose heading has begun.
    pub(super) fn question(&mut self) -> Result<Question, Wrong> {
        let text = self.inlines(TagEnd::Heading(HeadingLevel::H3), 0)?;
        if !matches!(self.next(), Some(Event::Start(Tag::List(None)))) {
            return Err(self.wrong("a question is followed by a list of answers"));
        }
        let mut choices = Vec::new();
        loop {
            match self.next() {
                Some(Event::End(TagEnd::List(_))) | None => break,
                Some(Event::Start(Tag::Item)) if choices.len() < MOST => choices.push(self.choice()?),
                Some(Event::Start(Tag::Item)) => {
                    return Err(self.wrong(format!("a question has {MOST} answers at most")));
                }
                Some(other) => return Err(self.stranger(&other)),
            }
        }
        let right = choices.iter().filter(|choice| choice.right).count();
        if choices.len() < 2 || right != 1 {
            return Err(self.wrong("a question has two answers or more, and one of them is right"));
        }
        Ok(Question { text, choices })
    }

    fn choice(&mut self) -> Result<Choice, Wrong> {
        self.mark = None;
        let all = self.inlines(TagEnd::Item, 0)?;
        let Some(right) = self.mark.take() else {
            return Err(self.wrong("an answer begins with a box, “[ ]” or “[x]”"));
        };
        let mut text = all;
        let at = text.iter().position(|inline| *inline == Inline::Break).unwrap_or(text.len());
        let mut feedback = text.split_off(at);
        if feedback.len() < 2 {
            return Err(self.wrong("an answer's second line says why it is right or wrong"));
        }
        feedback.remove(0);
        Ok(Choice { text, right, feedback })
    }
}
