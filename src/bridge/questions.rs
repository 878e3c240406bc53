//! The questions that a side has asked and that have no answer yet. Numbers are never used twice, so that a late answer
//! finds its own question or none.

/// What is done with an answer. Boxed, so that one copy of the machinery serves every question.
pub type Then<A> = Box<dyn FnOnce(A)>;

/// Who waits for which answer.
pub struct Questions<A> {
    newest: u32,
    open: Vec<(u32, Then<A>)>,
}

impl<A> Questions<A> {
    /// None.
    pub const fn new() -> Questions<A> {
        Questions { newest: 0, open: Vec::new() }
    }

    /// A number for a question that is about to be asked.
    pub fn number(&mut self) -> u32 {
        self.newest = self.newest.wrapping_add(1);
        self.newest
    }

    /// The question with this number waits for its answer.
    pub fn wait(&mut self, number: u32, then: Then<A>) {
        self.open.push((number, then));
    }

    /// What is to be done with the answer to a question, which waits no more; nothing if nobody asked it, or it has been
    /// answered.
    pub fn answered(&mut self, number: u32) -> Option<Then<A>> {
        let place = self.open.iter().position(|(open, _)| *open == number)?;
        Some(self.open.swap_remove(place).1)
    }
}

impl<A> Default for Questions<A> {
    fn default() -> Questions<A> {
        Questions::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::RefCell, rc::Rc};

    #[test]
    fn each_answer_goes_to_its_own_question_and_only_once() {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let mut questions = Questions::new();
        let numbers = ["a", "b", "c"].map(|name| {
            let (number, heard) = (questions.number(), heard.clone());
            questions.wait(number, Box::new(move |answer: u8| heard.borrow_mut().push((name, answer))));
            number
        });
        for (number, answer) in [(numbers[1], 2), (numbers[0], 1), (numbers[1], 9), (99, 9)] {
            if let Some(then) = questions.answered(number) {
                then(answer);
            }
        }
        assert_eq!(*heard.borrow(), [("b", 2), ("a", 1)]);
        assert!(!numbers.contains(&questions.number()));
        assert!(questions.answered(numbers[2]).is_some());
    }
}
