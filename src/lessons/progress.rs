//! What a visitor has answered, kept as a text in the browser's storage.

use super::lesson::Lesson;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where it is kept.
pub const KEY: &str = "foolproof-lessons";
/// Longest text taken.
const LONGEST: usize = 1 << 16;
/// Most lessons and most steps of one that are kept.
const MOST: usize = 64;

/// The newest answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Place of the choice, from 0.
    pub choice: usize,
    /// Whether it was right.
    pub right: bool,
    /// How often it was answered.
    pub tries: u32,
    /// Which of these was the first right one; 0 if none was, and in what was kept before this was noted.
    #[serde(default)]
    pub found: u32,
}

impl Answer {
    /// The tries that it took: up to the first right one, or all so far.
    pub fn took(&self) -> u32 {
        if self.found > 0 { self.found } else { self.tries }
    }
}

/// All answers by lesson and step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress(BTreeMap<String, BTreeMap<u32, Answer>>);

impl Progress {
    /// From a text; an unreadable one gives no progress.
    pub fn read(text: &str) -> Progress {
        let read = if text.len() <= LONGEST { serde_json::from_str::<Progress>(text).ok() } else { None };
        read.filter(|all| all.0.len() <= MOST && all.0.values().all(|steps| steps.len() <= MOST)).unwrap_or_default()
    }

    /// As a text.
    pub fn text(&self) -> String {
        // Words and whole numbers are always a JSON text.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Takes what another tab has noted in the meantime; what both know is as `self` has it.
    pub fn join(&mut self, other: Progress) {
        for (lesson, steps) in other.0 {
            let own = self.0.entry(lesson).or_default();
            for (step, answer) in steps {
                own.entry(step).or_insert(answer);
            }
        }
    }

    /// Notes an answer, and says what is known of it now. A question answered right stays so.
    pub fn note(&mut self, lesson: &str, step: u32, choice: usize, right: bool) -> Answer {
        let steps = self.0.entry(lesson.to_owned()).or_default();
        let answer = steps.entry(step).or_insert(Answer { choice, right: false, tries: 0, found: 0 });
        answer.tries = answer.tries.saturating_add(1);
        if right && !answer.right {
            answer.found = answer.tries;
        }
        if right || !answer.right {
            (answer.choice, answer.right) = (choice, right);
        }
        *answer
    }

    /// The newest answer to a step's question.
    pub fn answer(&self, lesson: &str, step: u32) -> Option<Answer> {
        self.0.get(lesson)?.get(&step).copied()
    }

    /// How many questions of a lesson are answered right.
    pub fn right(&self, lesson: &Lesson) -> usize {
        let steps = 1..=lesson.last();
        steps.filter(|&step| self.answer(&lesson.id, step).is_some_and(|answer| answer.right)).count()
    }

    /// The first step whose question is not answered right; the first of all once all are.
    pub fn next(&self, lesson: &Lesson) -> u32 {
        let open = |step: &u32| !self.answer(&lesson.id, *step).is_some_and(|answer| answer.right);
        (1..=lesson.last()).find(open).unwrap_or(1)
    }

    /// The lessons of which something was answered.
    pub fn lessons(&self) -> impl Iterator<Item = &String> {
        self.0.iter().filter(|(_, steps)| !steps.is_empty()).map(|(id, _)| id)
    }

    /// Whether anything was answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::lesson::Step;

    fn lesson(steps: usize) -> Lesson {
        let step = Step { title: "S".into(), state: "eps=1".into(), body: vec![], question: None, line: 1 };
        Lesson { id: "a".into(), title: "A".into(), minutes: 1, times: vec![], goals: vec![], steps: vec![step; steps] }
    }

    #[test]
    fn answers_survive_the_storage() {
        let mut all = Progress::default();
        all.note("a", 1, 2, false);
        assert_eq!(all.note("a", 1, 0, true), Answer { choice: 0, right: true, tries: 2, found: 2 });
        all.note("b", 3, 1, true);
        assert_eq!(Progress::read(&all.text()), all);
        assert_eq!((all.right(&lesson(3)), all.next(&lesson(3)), all.next(&lesson(1))), (1, 2, 1));
    }

    #[test]
    fn what_was_right_stays_right() {
        let mut all = Progress::default();
        all.note("a", 1, 0, true);
        assert_eq!(all.note("a", 1, 2, false), Answer { choice: 0, right: true, tries: 2, found: 1 });
        assert_eq!(all.note("a", 1, 0, true).took(), 1, "asked again, it still took one try");
        assert_eq!((all.note("a", 2, 1, false).took(), all.note("a", 2, 1, false).took()), (1, 2));
    }

    #[test]
    fn what_an_older_page_kept_is_read() {
        let all = Progress::read("{\"a\":{\"1\":{\"choice\":2,\"right\":true,\"tries\":3}}}");
        assert_eq!(all.answer("a", 1).map(|answer| (answer.choice, answer.took())), Some((2, 3)));
    }

    #[test]
    fn two_tabs_add_up() {
        let (mut one, mut two) = (Progress::default(), Progress::default());
        one.note("a", 1, 0, true);
        two.note("a", 1, 1, false);
        two.note("a", 2, 1, true);
        one.join(two);
        assert_eq!((one.right(&lesson(2)), one.answer("a", 1).map(|answer| answer.choice)), (2, Some(0)));
    }

    #[test]
    fn what_is_no_progress_is_none() {
        let many: Vec<String> = (0..100).map(|at| format!("\"{at}\":{{}}")).collect();
        for text in ["", "null", "[]", "{\"a\":1}", "{\"a\":{\"x\":{}}}", &format!("{{{}}}", many.join(","))] {
            assert!(Progress::read(text).is_empty(), "{text}");
        }
        assert!(Progress::read(&" ".repeat(LONGEST + 1)).is_empty());
    }
}
