//! A question: a heading of the third level, and below it a list of answers with boxes, the right one ticked. What
//! follows an answer's first line is said to whoever chose it.

use super::{Item, Reader, begin::Begin};
use crate::lessons::lesson::{Choice, Inline, Question, Wrong};

/// Most answers of a question.
const MOST: usize = 6;

impl Reader<'_> {
    /// The question whose heading has been passed.
    pub(super) fn question(&mut self, text: &str) -> Result<Question, Wrong> {
        let text = self.inlines(text, 0)?;
        while self.peek() == Some(Begin::Nothing) {
            self.at += 1;
        }
        let Some(Begin::Item(false, first)) = self.peek() else {
            return Err(self.wrong("a question is followed by a list of answers"));
        };
        self.at += 1;
        let items = self.items(false, first)?;
        if items.len() > MOST {
            return Err(self.wrong(format!("a question has {MOST} answers at most")));
        }
        let choices: Vec<Choice> = items.into_iter().map(|item| self.choice(item)).collect::<Result<_, _>>()?;
        let right = choices.iter().filter(|choice| choice.right).count();
        if choices.len() < 2 || right != 1 {
            return Err(self.wrong("a question has two answers or more, and one of them is right"));
        }
        Ok(Question { text, choices })
    }

    fn choice(&self, (mark, mut text): Item) -> Result<Choice, Wrong> {
        let Some(right) = mark else {
            return Err(self.wrong("an answer begins with a box, “[ ]” or “[x]”"));
        };
        let at = text.iter().position(|inline| *inline == Inline::Break).unwrap_or(text.len());
        let mut feedback = text.split_off(at);
        if feedback.len() < 2 {
            return Err(self.wrong("an answer's second line says why it is right or wrong"));
        }
        feedback.remove(0);
        Ok(Choice { text, right, feedback })
    }
}
